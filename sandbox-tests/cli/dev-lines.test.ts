// `vivarium dev` without a screen: lines for people and JSON for programs, commands from a pipe, filters, exit codes.
// timeout: 600s
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { fail } from '../harness/expect-none.ts'
import { tempDirectory } from '../harness/temp-directory.ts'
import { startVivarium } from './vivarium.ts'

const GREET = `export default { on: { greet: ({ name }, ctx) => { ctx.log.debug('looking'); ctx.log.warn('greeting', { name }); return 'Hello, ' + name } } }`
const OTHER = `export default { on: { greet: ({ list }) => list.length } }`
const FILES = {
  'greet.js': GREET,
  'other.js': OTHER,
  'fixtures/greet.json': '{ "name": "Ada" }',
  'fixtures/bob.json': '{ "event": "greet", "payload": { "name": "Bob", "list": [1] } }',
}
/** It only ends what hangs: a busy machine may take its time. */
const PATIENCE_MS = 90_000

/** The command, and what it printed so far. */
function startDev(cwd: string, args: readonly string[] = []) {
  const command = startVivarium(['dev', ...args], { cwd })
  let printed = ''
  command.child.stdout.on('data', (text: string) => {
    printed += text
  })
  let seen = 0
  /** Resolves when it printed this after what was asked for before. */
  const prints = async (what: string | RegExp): Promise<void> => {
    const deadline = performance.now() + PATIENCE_MS
    for (;;) {
      const fresh = printed.slice(seen)
      const found = typeof what === 'string' ? { index: fresh.indexOf(what), text: what } : findIn(fresh, what)
      if (found.index >= 0) {
        seen += found.index + found.text.length
        return
      }
      if (performance.now() > deadline) fail(`It never printed ${String(what)}:\n${fresh}`)
      await sleep(20)
    }
  }
  const say = (line: string): void => void command.child.stdin.write(`${line}\n`)
  return { ...command, prints, say }
}

function findIn(text: string, what: RegExp): { readonly index: number; readonly text: string } {
  const match = what.exec(text)
  return { index: match?.index ?? -1, text: match?.[0] ?? '' }
}

test('what happens is printed as it comes; commands from a pipe do what keys do', async () => {
  using directory = tempDirectory(FILES)
  const dev = startDev(directory.path, ['--no-types'])
  await dev.prints('Watching ".": 2 scripts.')
  await dev.prints('Commands on standard input, one a line: fire NAME [SCRIPT], fire every SCHEDULE [SCRIPT], again, rerun, quit.')
  dev.say('fire greet greet')
  await dev.prints("value  'Hello, Ada'")
  dev.say('fire greet')
  await dev.prints(/other on greet: exception at other\.js:1:\d+/)
  await dev.prints('> 1 | export default')
  directory.write('other.js', 'export default { on: { greet( } }')
  await dev.prints('other: failed at other.js:1:31')
  await dev.prints('the last good version stays in force')
  directory.write('other.js', OTHER)
  await dev.prints('other: ready')
  directory.write('other.js', OTHER.replace('list.length', 'list ?? "nothing"'))
  await dev.prints('other: ready')
  dev.say('rerun')
  await dev.prints(/other on greet: ok\n {2}value {2}'nothing'/)
  dev.say('fire bob other')
  await dev.prints('value  [ 1 ]')
  dev.say('again')
  for (const [line, answer] of [
    ['fire nobody', 'There is no fixture "fixtures/nobody.json".'],
    ['fire bob nobody', 'No script ran for "greet" of "nobody".'],
    ['jump', 'There are fire NAME [SCRIPT], fire every SCHEDULE [SCRIPT], again, rerun, quit.'],
  ] as const) {
    dev.say(line)
    await dev.prints(answer)
  }
  dev.say('quit')
  const { code, stdout } = await dev.end
  assert.is(code, 0)
  assert.not.match(stdout, '\u001b')
  assert.is(stdout.match(/value {2}\[ 1 \]/g)?.length, 2)
})

test('a schedule need not be waited for: a tick is fired by the name of its event, at all scripts or one', async () => {
  using directory = tempDirectory({
    'report.js': `export default { every: { '0 8 * * 1-5': ({ missed }) => 'report ' + missed, '366d': () => 'rare' } }`,
    'clean.js': `export default { every: { '0 8 * * 1-5': () => 'clean' } }`,
  })
  const dev = startDev(directory.path, ['--no-types'])
  await dev.prints('Watching')
  dev.say('fire every 0 8 * * 1-5')
  await dev.prints(/value {2}'clean'[\s\S]*value {2}'report 0'|value {2}'report 0'[\s\S]*value {2}'clean'/) // they run at once
  dev.say('fire every 0 8 * * 1-5 report')
  await dev.prints("value  'report 0'")
  for (const [line, answer] of [
    ['fire every 365d', 'No script has the schedule "every 365d".'],
    ['fire every 365d', 'Did you mean "every 366d"? There are every 0 8 * * 1-5, every 366d.'],
    ['fire every 366d nobody', 'No script ran for "every 366d" of "nobody".'],
  ] as const) {
    dev.say(line)
    await dev.prints(answer)
  }
  dev.say('fire every 366d')
  await dev.prints("value  'rare'")
  dev.say('quit')
  const { code, stdout } = await dev.end
  assert.is(code, 0)
  assert.is(stdout.match(/value {2}'clean'/g)?.length, 1)
})

test('--json prints a line for each thing that happens; the log is filtered', async () => {
  using directory = tempDirectory({ ...FILES, 'policy.yaml': 'version: 1\nscripts: { nobody: {} }\n' })
  const dev = startDev(directory.path, ['--json', '--level', 'warn', '--script', 'greet', '--no-types'])
  await dev.prints('"kind":"started"')
  dev.say('fire bob greet')
  await dev.prints('"Hello, Bob"')
  directory.write('extra.js', GREET)
  await dev.prints('"kind":"script-loaded"')
  directory.write('policy.yaml', 'version: 1\ndefaults: { limits: { cpu: 20ms } }\n')
  await dev.prints('"kind":"policy-loaded"')
  directory.write('policy.yaml', 'version: 1\ndefaults: { limits: { cpu: 20 } }\n')
  await dev.prints('"kind":"problem"')
  dev.child.kill('SIGTERM')
  const { code, stdout } = await dev.end
  assert.is(code, 143)
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.equal(
    lines[0].scripts.map(({ id }: { id: string }) => id),
    ['greet', 'other'],
  )
  assert.is(lines[0].warnings.length, 1)
  assert.match(lines[0].warnings[0], 'nobody')
  const { outcome, at } = lines.find(({ kind }) => kind === 'run')
  assert.equal([outcome.status, outcome.value], ['ok', 'Hello, Bob'])
  assert.equal(outcome.logs, [{ level: 'warn', message: 'greeting', data: { name: 'Bob' } }])
  assert.ok(Date.parse(at) > 0)
  assert.is(lines.find(({ kind }) => kind === 'problem').error.code, 'LIMIT_INVALID')
})

test('types are looked at when it starts and after each save, and written for editors', async () => {
  const script = (result: string): string =>
    `import { defineScript } from 'vivarium/script'\nexport default defineScript({ on: { greet: (event: { n: number }) => ${result} } })\n`
  using directory = tempDirectory({ 'typed.ts': script('event.m') })
  const dev = startDev(directory.path)
  await dev.prints(/typed\.ts:2:\d+: type error Property 'm' does not exist/)
  directory.write('typed.ts', script('event.n'))
  await dev.prints('Types are right again.')
  dev.say('quit')
  assert.is((await dev.end).code, 0)
  assert.match(readFileSync(join(directory.path, '.vivarium', 'env.d.ts'), 'utf8'), "declare module 'vivarium/script'")
})

test('of a file that does not parse, what types say is no news: why it does not load says it', async () => {
  const script = (result: string): string =>
    `import { defineScript } from 'vivarium/script'\nexport default defineScript({ on: { greet: (event: { n: number }) => ${result} } })\n`
  using directory = tempDirectory({ 'typed.ts': script('event.n') })
  const dev = startDev(directory.path)
  await dev.prints('Watching')
  // It loads until it is cut: what is wrong with types is known before that.
  directory.write('slow.js', 'for (;;);\nexport default () => 1')
  directory.write('typed.ts', 'export default {\n  on: { go( }\n} : : {\n')
  await dev.prints('typed: failed at typed.ts:2:13')
  directory.write('other.ts', script('event.m'))
  await dev.prints(/other\.ts:2:\d+: type error Property 'm' does not exist/)
  directory.write('typed.ts', script('event.n'))
  await dev.prints('typed: ready')
  directory.write('other.ts', script('event.n'))
  await dev.prints('Types are right again.')
  dev.say('quit')
  const { stdout } = await dev.end
  assert.not.match(stdout, /typed\.ts:\d+:\d+: type error/)
})

test('a filter whose result the application refuses is told of as it sees it', async () => {
  using directory = tempDirectory({
    'scripts/price.js': `export default { on: { price: () => 'free', greet: () => 1 } }`,
    'scripts/fixtures/price.json': '10',
    'scripts/fixtures/greet.json': '1',
    'package.json': '{ "type": "module" }',
    'vivarium.config.js': `const number = { '~standard': { version: 1, vendor: 'x', validate: (value) => typeof value === 'number' ? { value } : { issues: [{ message: 'no number' }] } } }
      export const events = { price: { kind: 'filter', payload: number }, greet: { payload: number } }`,
  })
  const dev = startDev(directory.path, ['--no-types'])
  await dev.prints('1 script.')
  dev.say('fire price')
  await dev.prints('price on price: exception')
  await dev.prints('RESULT_INVALID')
  dev.say('fire greet')
  await dev.prints('price on greet: ok')
  directory.write('scripts/fixtures/greet.json', '"text"')
  dev.say('fire greet')
  await dev.prints('PAYLOAD_INVALID')
  dev.say('quit')
  assert.is((await dev.end).code, 0)
})

test('it ends when its reader goes, with the exit code of other commands when it cannot start', async () => {
  using directory = tempDirectory(FILES)
  const dev = startDev(directory.path, ['--no-types'])
  await dev.prints('Watching')
  dev.child.stdout.destroy()
  // One run each: the first finds out that nobody reads, and by the second that is still known.
  dev.say('fire greet greet')
  dev.say('fire greet greet')
  await once(dev.child, 'exit')
  assert.is(dev.child.exitCode, 0)
  for (const [args, code] of [
    [['--dir', 'nowhere'], 3],
    [['--level', 'loud'], 2],
    [['--policy', 'nowhere.yaml'], 2],
  ] as const) {
    const refused = startDev(directory.path, args)
    refused.child.stdin.end()
    const end = await refused.end
    assert.is(end.code, code, end.stderr)
    assert.not.match(end.stderr, /^ +at /m)
  }
})

test.run()
