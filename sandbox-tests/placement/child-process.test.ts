// timeout: 300s
// What a child process is given and what it is refused, and what becomes of one that is not what it should be.
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isEngineError } from '../../engine/errors/engine-error.ts'
import { DEFAULT_LIMITS } from '../../engine/model/limits.ts'
import { childCommand } from '../../engine/placement/child-command.ts'
import { ChildChannel, processPlacement } from '../../engine/placement/child-process.ts'
import { buildOf, FRAME, FrameReader } from '../../engine/placement/framing.ts'
import { Guardian } from '../../engine/placement/guardian.ts'
import { PROTOCOL_VERSION } from '../../engine/runner/protocol.ts'
import { RunnerClient } from '../../engine/runner/runner-client.ts'
import { ImageArena } from '../../engine/sandbox/image-arena.ts'
import { skip, until } from '../harness/engines.ts'
import { rejectionOf } from '../harness/rejection-of.ts'
import { childrenOf, factsOf, runnersOf, TELLS, untilGone } from './children.ts'

const { memory: arena } = new ImageArena()

/** Runs a program as a child would be run, instead of the entry, or after it has started (`start` is in its reach). What it wrote, by stream. */
async function runAsChild(code: string, input?: Buffer): Promise<{ stdout: Buffer; stderr: string; status: number | null }> {
  const { file, args } = childCommand({ runtime: 'quickjs', jitless: false })
  const entry = args.at(-3) as string
  const source = `const start = () => import(${JSON.stringify(`file://${entry}`)})\n${code}`
  const program = [...args.slice(0, -3), '--input-type=module', '-e', source, 'entry', ...args.slice(-2)]
  const child = spawn(file, program, { env: { TZ: 'UTC' }, cwd: '/', stdio: 'pipe' })
  const stdout: Buffer[] = []
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  child.stdin.on('error', () => undefined)
  if (input !== undefined) child.stdin.write(input)
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { stdout: Buffer.concat(stdout), stderr, status }
}

/** What a program may, as one word each. */
const PROBE = `
const fs = (await import('node:fs')).default
const attempt = (act) => { try { act(); return 'may' } catch (error) { return error.code ?? error.message } }
const { Worker } = await import('node:worker_threads')
const { execFileSync } = await import('node:child_process')
const probe = () => ({
  reads: attempt(() => fs.readFileSync('/etc/passwd')),
  readsItself: attempt(() => fs.readFileSync(new URL(ENTRY))),
  lists: attempt(() => fs.readdirSync('/')),
  writes: attempt(() => fs.writeFileSync('/tmp/vivarium-probe', '')),
  starts: attempt(() => execFileSync('/bin/true')),
  threads: attempt(() => new Worker('', { eval: true })),
  loads: attempt(() => process.dlopen({ exports: {} }, '/nowhere.node')),
  environment: Object.keys(process.env).join(),
  drops: typeof process.permission.drop,
})`.replace('ENTRY', JSON.stringify(`file://${childCommand({ runtime: 'quickjs', jitless: false }).args.at(-3)}`))

test('a child reads the files of the engine and no others; it writes nothing, starts nothing, and its environment is empty', async () => {
  const { stderr } = await runAsChild(`${PROBE}; console.error(JSON.stringify(probe())); process.exit()`)
  const denied = 'ERR_ACCESS_DENIED'
  const { drops: _, ...said } = JSON.parse(stderr) as Record<string, string>
  assert.equal(said, {
    reads: denied,
    readsItself: 'may',
    lists: denied,
    writes: denied,
    starts: denied,
    threads: denied,
    loads: 'ERR_DLOPEN_DISABLED',
    environment: 'TZ',
  })
})

test('once it has started, a child may read nothing at all, and what prints does not get among the frames', async () => {
  const { stdout, stderr } = await runAsChild(`${PROBE}
    await start()
    for (const until = Date.now() + 30_000; process.permission.drop && probe().readsItself === 'may' && Date.now() < until; )
      await new Promise((wake) => setTimeout(wake, 50))
    setTimeout(() => {
      console.log('by the console')
      process.stdout.write('by the stream')
      fs.writeSync(1, 'by the descriptor')
      console.error(JSON.stringify(probe()))
      process.exit()
    }, 1_000)`)
  assert.match(stderr, /by the console/)
  assert.match(stderr, /by the stream/)
  assert.match(stderr, /by the descriptor/)
  const said = JSON.parse(/\{.*\}/.exec(stderr)?.[0] ?? '{}') as Record<string, string>
  if (said['drops'] === 'function') assert.is(said['readsItself'], 'ERR_ACCESS_DENIED')
  else skip('reading nothing', 'this version of Node cannot give permissions back')
  assert.is(said['threads'], 'ERR_ACCESS_DENIED')
  const kinds: number[] = []
  new FrameReader((kind) => kinds.push(kind)).push(stdout)
  assert.equal(kinds, [FRAME.greeting, FRAME.text])
})

test('a child that is sent something else than a frame says so and ends', async () => {
  const { stdout, status } = await runAsChild('await start()', Buffer.from('GET / HTTP/1.1\r\n'))
  const failures: string[] = []
  new FrameReader((kind, body) => {
    if (kind === FRAME.failure) failures.push(body.toString())
  }).push(stdout)
  assert.is(failures.length, 1)
  assert.match(failures[0] ?? '', /FRAME_BROKEN/)
  assert.is(status, 1)
})

test('a child has a session, a name and limits of its own', async () => {
  if (!TELLS) return skip('the facts of a child', 'only Linux tells')
  const client = await RunnerClient.open(processPlacement({ runtime: 'quickjs', arena }).start('runner'), 'process', {
    baseHash: undefined,
  })
  const [child] = runnersOf()
  assert.ok(child)
  const read = (what: string): string => readFileSync(`/proc/${child.pid}/${what}`, 'utf8')
  assert.is(child.session, child.pid)
  assert.is(child.command, 'vivarium-runner')
  assert.is(read('environ').replaceAll('\0', ''), 'TZ=UTC')
  assert.match(read('limits'), /Max core file size +0 /)
  assert.match(read('limits'), /Max open files +64 /)
  assert.match(read('limits'), /Max file size +1048576 /)
  assert.match(read('limits'), /Max stack size +67108864 /)
  // Others may be told by the superuser only.
  if (process.getuid?.() === 0) assert.is(read('timerslack_ns').trim(), '500000')
  assert.ok(readdirSync(`/proc/${child.pid}/fd`).length < 40)
  const before = await client.cpuMs()
  assert.ok((before ?? 0) > 10, `${before} ms`)
  await client.kill()
  assert.is(factsOf(child.pid), undefined, 'it is gone, and nothing is left of it')
  await until(() => childrenOf().length === 0, 'the guardian goes with the last child')
})

/** A channel to a program of the test's own. */
function startProgram(source: string): ChildChannel {
  const args = ['--input-type=module', '-e', `${SAY}\n${source}`]
  return new ChildChannel({
    build: 'the build',
    arena,
    rssBytes: 1e12,
    command: { file: process.execPath, args },
    guardian: new Guardian(),
  })
}

const SAY = `
const { writeSync } = await import('node:fs')
const say = (kind, text) => {
  const body = Buffer.from(typeof text === 'string' ? text : JSON.stringify(text))
  const frame = Buffer.concat([Buffer.from([kind, 0, 0, 0, 0]), body])
  frame.writeUInt32LE(body.length, 1)
  writeSync(1, frame)
}
const text = (message) => say(${FRAME.text}, '["other"]\\n' + JSON.stringify(message))
const greet = (build = 'the build') => say(${FRAME.greeting}, { build })
const hello = () => text({ kind: 'hello', version: ${PROTOCOL_VERSION}, runtime: 'quickjs', baseHash: 'hash' })
const wait = () => setTimeout(() => undefined, 60_000)
`

const FAMILY = { baseHash: undefined }

const MISFITS: readonly { title: string; program: string; code: string; message: RegExp }[] = [
  {
    title: 'is of another build',
    program: `greet('another build'); hello(); wait()`,
    code: 'RUNNER_BUILD_MISMATCH',
    message: /another build/,
  },
  { title: 'does not greet', program: 'hello(); wait()', code: 'FRAME_BROKEN', message: /greeting/ },
  { title: 'greets twice', program: 'greet(); greet(); wait()', code: 'FRAME_BROKEN', message: /second greeting/ },
  { title: 'writes something else', program: `process.stdout.write('Warning: hello'); wait()`, code: 'FRAME_BROKEN', message: /kind 87/ },
  {
    title: 'speaks another protocol',
    program: `greet(); text({ kind: 'hello', version: 99, runtime: '', baseHash: '' }); wait()`,
    code: 'RUNNER_MISMATCH',
    message: /99/,
  },
  {
    title: 'says what no runner says',
    program: `greet(); text({ kind: 'hello', version: {}, baseHash: [] }); wait()`,
    code: 'FRAME_BROKEN',
    message: /no runner/,
  },
  {
    title: 'says that V8 is not there',
    program: `greet(); say(${FRAME.failure}, { code: 'V8_UNAVAILABLE', message: 'install it' })`,
    code: 'V8_UNAVAILABLE',
    message: /install it/,
  },
  {
    title: 'says a code that there is not',
    program: `greet(); say(${FRAME.failure}, { code: 'constructor', message: 'why' })`,
    code: 'RUNNER_START_FAILED',
    message: /why/,
  },
  { title: 'ends at once', program: 'process.exit(3)', code: 'RUNNER_START_FAILED', message: /code 3/ },
  { title: 'does not even start', program: 'this is no program', code: 'RUNNER_START_FAILED', message: /code 1/ },
]

for (const { title, program, code, message } of MISFITS) {
  test(`a child that ${title} is refused with ${code}, and ended`, async () => {
    const error = await rejectionOf(RunnerClient.open(startProgram(program), 'process', { ...FAMILY }))
    assert.ok(isEngineError(error), String(error))
    assert.is(error.code, code, error.message)
    assert.match(error.message, message)
    if (TELLS) await until(() => childrenOf().length === 0, 'nothing is left')
  })
}

test('what a child wrote before it ended is told, its end, and not to everybody', async () => {
  const error = await rejectionOf(
    RunnerClient.open(startProgram(`process.stderr.write('x'.repeat(100_000) + ' at /srv/somebody'); process.exitCode = 9`), 'process', {
      ...FAMILY,
    }),
  )
  assert.not.match(error.message, /somebody/)
  const cause = String(error.cause)
  assert.match(cause, /at \/srv\/somebody$/)
  assert.ok(cause.length <= 8 * 1024)
})

const TERMS = { event: 'e', runId: 'r', payload: '1', limits: DEFAULT_LIMITS, wallMs: 60_000, now: 0, seed: '', roomBytes: 1, state: '' }

test('a child that misbehaves later is ended, and why is told', async () => {
  const ways: [string, RegExp][] = [
    [`text({ kind: 'ended', id: 1, state: {}, end: { status: 'nonsense', usage: {}, logs: [] } })`, /no runner/],
    [`text({ kind: 'ended', id: 1, state: {}, end: { status: 'ok', value: 5, usage: {}, logs: [] } })`, /no runner/],
    [`say(${FRAME.text}, 'no header')`, /./],
    [`say(${FRAME.want}, 'somebody else’s image')`, /no run needs/],
    ['writeSync(1, Buffer.from([3, 255, 255, 255, 255]))', /4294967295 bytes/],
    [`greet()`, /second greeting/],
  ]
  for (const [way, reason] of ways) {
    const program = `greet(); hello(); process.stdin.once('data', () => { ${way} }); wait()`
    const client = await RunnerClient.open(startProgram(program), 'process', { ...FAMILY })
    const closed = new Promise<{ kind: string; reason: string | undefined }>((resolve) =>
      client.onClose((kind, { reason: why }) => resolve({ kind, reason: why })),
    )
    client.run({
      message: (id) => ({ kind: 'run', id, key: 'k', image: { offset: 0, length: 4 }, ...TERMS }),
      onCall: () => undefined,
      onEnd: () => undefined,
      onGone: () => undefined,
    })
    const facts = await closed
    assert.is(facts.kind, 'lost')
    assert.match(facts.reason ?? '', reason, way)
  }
})

test('a child that asks for an image again and again is sent it once, and ended', async () => {
  const program = `greet(); hello(); process.stdin.once('data', () => { for (let i = 0; i < 3; i++) say(${FRAME.want}, 'k') }); wait()`
  const client = await RunnerClient.open(startProgram(program), 'process', { ...FAMILY })
  const gone = new Promise<string>((resolve) => {
    client.run({
      message: (id) => ({ kind: 'run', id, key: 'k', image: { offset: 0, length: 4 }, ...TERMS }),
      onCall: () => undefined,
      onEnd: () => undefined,
      onGone: ({ reason }) => resolve(reason),
    })
  })
  assert.match(await gone, /no run needs/)
})

test('runs of one script are each sent their image, in whatever order they end', async () => {
  const program = `
    greet(); hello()
    const ended = (id) => text({ kind: 'ended', id, state: {}, end: { status: 'ok', value: '1', logs: [],
      usage: { cpuMs: 0, wallMs: 0, memoryBytes: 0, hostCalls: 0, logBytes: 0, outputBytes: 0 } } })
    process.stdin.once('data', (data) => {
      const [other, first, second] = [...String(data).matchAll(/"run",(\\d+)/g)].map(([, id]) => Number(id))
      ended(other)
      say(${FRAME.want}, 'k')
      ended(first)
      say(${FRAME.want}, 'k') // it had no room for the image any more
      ended(second)
    })
    wait()`
  const client = await RunnerClient.open(startProgram(program), 'process', { ...FAMILY })
  const endOf = (key: string): Promise<string> =>
    new Promise((resolve) => {
      client.run({
        message: (id) => ({ kind: 'run', id, key, image: { offset: 0, length: 4 }, ...TERMS }),
        onCall: () => undefined,
        onEnd: ({ status }) => resolve(status),
        onGone: ({ reason }) => resolve(reason),
      })
    })
  assert.equal(await Promise.all([endOf('other'), endOf('k'), endOf('k')]), ['ok', 'ok', 'ok'])
  await client.kill()
})

test('a program that is not there is told as that', async () => {
  const channel = new ChildChannel({
    build: '',
    arena,
    rssBytes: 1,
    command: { file: '/nowhere/node', args: [] },
    guardian: new Guardian(),
  })
  const error = await rejectionOf(RunnerClient.open(channel, 'process', { ...FAMILY }))
  assert.is((error as { code?: string }).code, 'RUNNER_START_FAILED')
  await channel.kill()
})

test('a child that says nothing can be ended while it starts', async () => {
  const { client, opened } = RunnerClient.start(startProgram('wait()'), 'process', { ...FAMILY })
  const refused = rejectionOf(opened)
  await client.kill()
  assert.is(((await refused) as { code?: string }).code, 'RUNNER_START_FAILED')
  if (TELLS) await untilGone(childrenOf().map(({ pid }) => pid))
})

test('QuickJS without a compiler is refused: it is WebAssembly', () => {
  assert.throws(() => processPlacement({ runtime: 'quickjs', arena, jitless: true }), /jitless/)
})

test('what both sides call the build is the same on both sides', () => {
  assert.is(buildOf('quickjs'), buildOf('quickjs'))
})

test.run()
