// The test runner, tried on small test files that pass, fail, hang, crash and leave things behind.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

const RUNNER = join(import.meta.dirname, '..', 'run.ts')
const UVU = `import { test } from ${JSON.stringify(import.meta.resolve('uvu'))}\n`
const PASSING = `${UVU}test('one', () => {}); test('two', () => {}); test.run()`

let root = ''
test.before.each(() => {
  root = mkdtempSync(join(tmpdir(), 'run-'))
})
test.after.each(() => rmSync(root, { recursive: true, force: true }))

function write(name: string, text: string): string {
  const path = join(root, name)
  writeFileSync(path, text)
  return path
}

function start(...filters: string[]): ChildProcess {
  return spawn(process.execPath, [RUNNER, '--root', root, ...filters], { stdio: ['ignore', 'pipe', 'pipe'] })
}

async function run(...filters: string[]): Promise<{ code: number | null; lines: string[]; output: string }> {
  const child = start(...filters)
  let output = ''
  child.stdout?.on('data', (chunk) => {
    output += chunk
  })
  child.stderr?.on('data', (chunk) => {
    output += chunk
  })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, output, lines: output.trimEnd().split('\n') }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

async function until(condition: () => boolean): Promise<boolean> {
  for (let turn = 0; turn < 500 && !condition(); turn++) await sleep(20)
  return condition()
}

test('passing files end with the line "N passed, N failed" and exit code 0', async () => {
  write('a.test.ts', PASSING)
  write('b.test.ts', PASSING)
  const { code, lines } = await run()
  assert.is(lines.at(-1), '4 passed, 0 failed')
  assert.is(code, 0)
  assert.is(lines.filter((line) => line.startsWith('ok')).length, 2)
})

test('a failing test is counted, its output shown, and the exit code is 1', async () => {
  write('a.test.ts', PASSING)
  write('b.test.ts', `${UVU}test('fine', () => {}); test('the culprit', () => { throw new TypeError('no such luck') }); test.run()`)
  const { code, lines, output } = await run()
  assert.is(lines.at(-1), '3 passed, 1 failed')
  assert.is(code, 1)
  assert.match(output, 'the culprit')
  assert.match(output, 'no such luck')
  assert.match(output, /^FAIL {2}b {2}1 passed, 1 failed/m)
  assert.match(output, /^Failing: b$/m)
})

test('skipped tests are counted apart', async () => {
  write('a.test.ts', `${UVU}test('one', () => {}); test.skip('two', () => {}); test.run()`)
  const { code, lines } = await run()
  assert.is(lines.at(-1), '1 passed, 0 failed, 1 skipped')
  assert.is(code, 0)
})

test('a file that hangs is killed at the limit that it states, and fails', async () => {
  write('a.test.ts', `// timeout: 1s\n${UVU}test('hang', () => { setInterval(() => {}, 1000); return new Promise(() => {}) }); test.run()`)
  const { code, lines, output } = await run()
  assert.match(output, 'did not end within 1 s')
  assert.is(lines.at(-1), '0 passed, 1 failed')
  assert.is(code, 1)
})

test('a file that loops for ever without a turn is killed too', async () => {
  write('a.test.ts', `// timeout: 1s\n${UVU}test('spin', () => { for (;;); }); test.run()`)
  const { lines } = await run()
  assert.is(lines.at(-1), '0 passed, 1 failed')
})

test('a file that crashes while it is imported fails, with its error shown', async () => {
  write('a.test.ts', `${UVU}throw new Error('broken at import')`)
  const { code, lines, output } = await run()
  assert.match(output, 'broken at import')
  assert.match(output, 'printed no summary')
  assert.is(lines.at(-1), '0 passed, 1 failed')
  assert.is(code, 1)
})

test('a file whose process dies in the middle fails', async () => {
  write('a.test.ts', `${UVU}test('die', () => process.kill(process.pid, 'SIGKILL')); test.run()`)
  const { lines, output } = await run()
  assert.match(output, 'was ended by SIGKILL')
  assert.is(lines.at(-1), '0 passed, 1 failed')
})

test('a file without tests, or without test.run(), fails', async () => {
  write('none.test.ts', `${UVU}test.run()`)
  write('never.test.ts', `${UVU}test('one', () => {})`)
  const { lines, output } = await run()
  assert.match(output, 'has no tests')
  assert.match(output, 'is test.run() missing?')
  assert.is(lines.at(-1), '0 passed, 2 failed')
})

test('an error after the last test fails the file', async () => {
  write('a.test.ts', `${UVU}test('one', () => {}); test.run(); setTimeout(() => { throw new Error('late') }, 300)`)
  const { lines, output } = await run()
  assert.match(output, 'ended with exit code 1')
  assert.is(lines.at(-1), '1 passed, 1 failed')
})

test('a process that a test leaves behind is killed, and fails the file', async () => {
  const pidFile = join(root, 'pid')
  const child = `require('fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => {}, 1000)`
  write(
    'a.test.ts',
    `${UVU}import { spawn } from 'node:child_process'
     import { statSync } from 'node:fs'
     const written = () => (statSync(${JSON.stringify(pidFile)}, { throwIfNoEntry: false })?.size ?? 0) > 0
     test('leave', async () => {
       spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'ignore' }).unref()
       while (!written()) await new Promise((resolve) => setTimeout(resolve, 20))
     })
     test.run()`,
  )
  const { code, lines, output } = await run()
  assert.match(output, 'left a process running')
  assert.is(lines.at(-1), '1 passed, 1 failed')
  assert.is(code, 1)
  assert.ok(await until(() => !isAlive(Number(readFileSync(pidFile, 'utf8')))))
})

test('flags of node come from the header comment', async () => {
  write('a.test.ts', `// Needs the collector.\n// node: --expose-gc\n${UVU}test('gc', () => { globalThis.gc() }); test.run()`)
  assert.is((await run()).lines.at(-1), '1 passed, 0 failed')
})

test('every file has a temporary directory of its own, which is removed', async () => {
  const note = join(root, 'note')
  write(
    'a.test.ts',
    `${UVU}import { mkdtempSync, writeFileSync } from 'node:fs'
     import { tmpdir } from 'node:os'
     test('litter', () => { writeFileSync(${JSON.stringify(note)}, mkdtempSync(tmpdir() + '/litter-')) })
     test.run()`,
  )
  assert.is((await run()).lines.at(-1), '1 passed, 0 failed')
  assert.not(existsSync(readFileSync(note, 'utf8')))
})

test('filters choose files by a part of their name, and none that match is a failure', async () => {
  write('policy.test.ts', PASSING)
  write('other.test.ts', `${UVU}throw new Error('not asked for')`)
  assert.is((await run('poli')).lines.at(-1), '2 passed, 0 failed')
  const none = await run('nothing-like-it')
  assert.is(none.code, 1)
  assert.is(none.lines.at(-1), '0 passed, 0 failed')
})

test('lines that start with "# " are shown of files that pass', async () => {
  write('a.test.ts', `${UVU}test('one', () => {}); test('two', () => console.log('# because of this')); test.run()`)
  const { lines } = await run()
  assert.ok(lines.includes('      # because of this'))
})

test('an interrupt of the runner ends the tests that run', async () => {
  const pidFile = join(root, 'pid')
  write(
    'a.test.ts',
    `${UVU}import { writeFileSync } from 'node:fs'
     test('wait', () => { writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => {}, 1000); return new Promise(() => {}) })
     test.run()`,
  )
  const runner = start()
  const ended = new Promise<number | null>((resolve) => runner.once('close', resolve))
  assert.ok(await until(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== ''))
  runner.kill('SIGINT')
  assert.is(await ended, 130)
  assert.ok(await until(() => !isAlive(Number(readFileSync(pidFile, 'utf8')))))
})

test.run()
