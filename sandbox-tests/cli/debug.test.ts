// `vivarium debug`, with a real client of the DevTools protocol: breakpoints in the TypeScript, variables of the sandbox, and nobody else at the door.
// timeout: 600s
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { generatedPositionFor, originalPositionFor, TraceMap } from '@jridgewell/trace-mapping'
import connect, { type ProtocolClient } from 'chrome-remote-interface'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { WebSocket } from 'ws'
import { type TempDirectory, tempDirectory } from '../harness/temp-directory.ts'
import { startVivarium, vivarium } from './vivarium.ts'

const HELLO = `interface Order { items: { price: number }[] }

function total(order: Order): number {
  let sum = 0
  for (const { price } of order.items) sum += price
  return sum
}

export default {
  needs: { kv: true },
  on: {
    async go(order: Order, ctx: any) {
      const sum = total(order)
      ctx.log.info('total', { sum })
      await new Promise((resolve) => setTimeout(resolve, 20))
      const times = await ctx.kv.increment('times')
      return { sum, times }
    },
  },
}
`
const FILES = {
  'hello.ts': HELLO,
  'greedy.ts': 'export default { on: { go() { const all: string[] = []; for (;;) all.push("x".repeat(1e6) + all.length) } } }',
  'order.json': '{"items":[{"price":2},{"price":3}]}',
  'policy.yaml': 'version: 1\ndefaults:\n  limits: { cpu: 10ms, wall: 100ms }\n  allow: { kv: true }\n',
}

const NIGHTLY = `export default { on: { swept() {} }, every: { '5m': () => 1, '0 8 * * 1': () => 2 } }`

interface Started {
  readonly url: string
  /** Ends the command; without an outcome, where it was ended before there was one. */
  outcome(): Promise<{
    readonly outcome: { readonly status: string; readonly value?: unknown; readonly logs: readonly unknown[] }
    readonly code: number
  }>
  kill(): void
}

async function start(directory: TempDirectory, script = 'hello', ...said: readonly string[]): Promise<Started> {
  const what = said.length > 0 ? said : ['go', '--data', 'order.json']
  const { child } = startVivarium(['debug', script, ...what, '--dir', '.', '--json'], { cwd: directory.path })
  child.stdin.end()
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const ended = once(child, 'close')
  const first = await lines.next()
  const { debugger: place } = JSON.parse(first.value as string) as {
    readonly debugger: { readonly url: string; readonly devtools: string }
  }
  assert.match(place.url, /^ws:\/\/127\.0\.0\.1:\d+\/[\w-]{32}$/)
  assert.ok(place.devtools.endsWith(`ws=${place.url.slice(5)}`))
  return {
    url: place.url,
    async outcome() {
      const { value } = await lines.next()
      const [code] = (await ended) as [number]
      return { ...JSON.parse(value as string), code }
    },
    kill: () => child.kill('SIGKILL'),
  }
}

/** Attaches; each pause is handed out once. */
async function attach(url: string) {
  const client = await connect({ target: url, local: true })
  const pauses: Record<string, unknown>[] = []
  const waiting: ((pause: Record<string, unknown>) => void)[] = []
  let script: { readonly url: string; readonly map: TraceMap } | undefined
  client.on('Debugger.scriptParsed', (params) => {
    const { url: found, sourceMapURL } = params as { readonly url: string; readonly sourceMapURL: string }
    const [, base64] = sourceMapURL.split('base64,')
    if (base64 !== undefined) script = { url: found, map: new TraceMap(Buffer.from(base64, 'base64').toString()) }
  })
  client.on('Debugger.paused', (params) => {
    const next = waiting.shift()
    if (next === undefined) pauses.push(params)
    else next(params)
  })
  const paused = (): Promise<Record<string, unknown>> => {
    const known = pauses.shift()
    return known === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(known)
  }
  await client.send('Runtime.enable')
  await client.send('Debugger.enable')
  return { client, paused, script: () => script as NonNullable<typeof script> }
}

/** Where a pause is, in the user's file. */
function placeOf(pause: Record<string, unknown>, map: TraceMap) {
  const [frame] = pause['callFrames'] as { callFrameId: string; location: { lineNumber: number; columnNumber: number } }[]
  assert.ok(frame)
  const { lineNumber, columnNumber } = frame.location
  return { ...originalPositionFor(map, { line: lineNumber + 1, column: columnNumber }), frame: frame.callFrameId }
}

async function evaluate(client: ProtocolClient, callFrameId: string, expression: string): Promise<unknown> {
  const { result } = await client.send('Debugger.evaluateOnCallFrame', { callFrameId, expression, returnByValue: true })
  return (result as { readonly value?: unknown }).value
}

test('a breakpoint in the TypeScript stops the run there; variables are read, and it goes on to its end', async () => {
  using directory = tempDirectory(FILES)
  const debug = await start(directory)
  const { client, paused, script } = await attach(debug.url)
  await client.send('Debugger.setInstrumentationBreakpoint', { instrumentation: 'beforeScriptWithSourceMapExecution' })
  await client.send('Runtime.runIfWaitingForDebugger')
  assert.is((await paused())['reason'], 'instrumentation')

  const { url, map } = script()
  const source = map.resolvedSources.find((path) => path?.endsWith('/hello.ts')) as string
  assert.ok(source.startsWith('file://') && source.includes(directory.path), 'the debugger is told where the file is')
  const line = HELLO.split('\n').findIndex((text) => text.includes('sum += price')) + 1
  const target = generatedPositionFor(map, {
    source: map.sources[map.resolvedSources.indexOf(source)] as string,
    line,
    column: HELLO.split('\n')[line - 1]?.indexOf('sum +=') ?? 0,
  })
  assert.ok(target.line !== null)
  const { breakpointId } = await client.send('Debugger.setBreakpointByUrl', {
    url,
    lineNumber: target.line - 1,
    columnNumber: target.column,
  })
  await client.send('Debugger.resume')

  const first = placeOf(await paused(), map)
  assert.is(first.line, line)
  assert.equal(await evaluate(client, first.frame, '({ sum, price })'), { sum: 0, price: 2 })
  const stack = (await evaluate(client, first.frame, 'new Error("x").stack')) as string
  assert.not.match(stack, directory.path, 'the sandbox knows no path of the host')
  assert.is(await evaluate(client, first.frame, 'typeof process + typeof require'), 'undefinedundefined')
  await client.send('Debugger.resume')
  const second = placeOf(await paused(), map)
  assert.equal(await evaluate(client, second.frame, 'sum'), 2)

  // Out of the helper, into the handler: never into what the script stands on.
  await client.send('Debugger.removeBreakpoint', { breakpointId })
  await client.send('Debugger.stepOut')
  const third = placeOf(await paused(), map)
  assert.match(HELLO.split('\n')[(third.line ?? 0) - 1] ?? '', /const sum = total|ctx\.log/)
  await new Promise((resolve) => setTimeout(resolve, 300)) // longer than wall allows: whoever debugs has time
  await client.send('Debugger.resume')

  const { outcome, code } = await debug.outcome()
  assert.equal([outcome.status, outcome.value, code], ['ok', { sum: 5, times: 1 }, 0])
  assert.is(outcome.logs.length, 1)
})

test('a debugger that leaves at a breakpoint lets the run go on', async () => {
  using directory = tempDirectory({ ...FILES, 'hello.ts': HELLO.replace('let sum = 0', 'debugger; let sum = 0') })
  const debug = await start(directory)
  const { client, paused } = await attach(debug.url)
  await client.send('Runtime.runIfWaitingForDebugger')
  await paused()
  await client.close()
  const { outcome } = await debug.outcome()
  assert.is(outcome.status, 'ok')
})

test('the limit of memory holds under a debugger, too, which is shown where it is reached', async () => {
  using directory = tempDirectory(FILES)
  const debug = await start(directory, 'greedy')
  const { client, paused } = await attach(debug.url)
  await client.send('Runtime.runIfWaitingForDebugger')
  assert.is((await paused())['reason'], 'OOM')
  client.send('Debugger.resume').catch(() => undefined) // the isolate may be gone before it answers
  const { outcome, code } = await debug.outcome()
  assert.equal([outcome.status, code], ['memory_exceeded', 1])
})

test('nobody gets in without the token, from a page, or beside another debugger', async () => {
  using directory = tempDirectory(FILES)
  const debug = await start(directory)
  const address = new URL(debug.url)
  const statusOf = (url: string, headers: { readonly [name: string]: string } = {}): Promise<number> =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(url, { headers })
      socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0))
      socket.once('open', () => {
        socket.close()
        resolve(101)
      })
      socket.once('error', reject)
    })
  assert.is(await statusOf(`ws://${address.host}/`), 404)
  assert.is(await statusOf(`ws://${address.host}/${'x'.repeat(32)}`), 404)
  assert.is(await statusOf(debug.url, { origin: 'https://example.com' }), 403)
  assert.is(await statusOf(debug.url, { host: 'rebound.example.com' }), 403)
  assert.is((await fetch(`http://${address.host}/json/list`)).status, 404, 'the token is not listed')
  const { client } = await attach(debug.url)
  assert.is(await statusOf(debug.url), 409)
  await client.close()
  await debug.outcome()
})

test('who sends what is no message is sent away', async () => {
  using directory = tempDirectory(FILES)
  const debug = await start(directory)
  const socket = new WebSocket(debug.url)
  await once(socket, 'open')
  socket.send('no JSON')
  assert.is((await once(socket, 'close'))[0], 1007)
  assert.is((await debug.outcome()).outcome.status, 'ok', 'as when any debugger leaves: the run goes on')
})

test('bindings that ask the engine for something get it', async () => {
  using directory = tempDirectory({
    'hello.ts': `export default { needs: { events: true }, on: { go: async (_: unknown, ctx: any) => await ctx.events.emit('more', 1) } }`,
    'policy.yaml': 'version: 1\ndefaults: { allow: { events: true } }\n',
    'order.json': '{}',
  })
  const debug = await start(directory)
  const { client } = await attach(debug.url)
  await client.send('Runtime.runIfWaitingForDebugger')
  const { outcome } = await debug.outcome()
  assert.equal([outcome.status, outcome.value], ['ok', 0], 'under a debugger nobody else is told')
})

test('a schedule is given what it gets when it is due, unless another payload is said', async () => {
  using directory = tempDirectory({
    'nightly.ts': `export default { every: { '5m': (tick) => ({ ...tick, isNow: Math.abs(Date.now() - tick.at) < 600_000, isOne: tick.at === tick.scheduled }) } }`,
    'tick.json': '{ "scheduled": 1, "at": 2, "missed": 3 }',
  })
  const values: unknown[] = []
  for (const data of [[], ['--data', 'tick.json']]) {
    const debug = await start(directory, 'nightly', 'every 5m', ...data)
    const { client } = await attach(debug.url)
    await client.send('Runtime.runIfWaitingForDebugger')
    values.push((await debug.outcome()).outcome.value)
  }
  const [tick, said] = values as readonly { readonly [key: string]: unknown }[]
  assert.equal(Object.keys(tick ?? {}).sort(), ['at', 'isNow', 'isOne', 'missed', 'scheduled'])
  assert.equal([tick?.['isNow'], tick?.['isOne'], tick?.['missed']], [true, true, 0])
  assert.equal(said, { scheduled: 1, at: 2, missed: 3, isNow: false, isOne: false })
})

test('an event that the script emits is told of, and its name cannot drive the terminal', async () => {
  using directory = tempDirectory({
    'hello.ts': String.raw`export default { needs: { events: true }, on: { go: (_: unknown, ctx: any) => ctx.events.emit('a\u009b31m\u202e\u2028b', 1) } }`,
    'policy.yaml': 'version: 1\ndefaults: { allow: { events: true } }\n',
    'order.json': '{}',
  })
  const { child, end } = startVivarium(['debug', 'hello', 'go', '--dir', '.', '--data', 'order.json'], { cwd: directory.path })
  const url = await new Promise<string>((resolve) => {
    let told = ''
    child.stderr.on('data', (text: string) => {
      told += text
      const found = /on (ws:\S+)\n/.exec(told)?.[1]
      if (found !== undefined) resolve(found)
    })
  })
  const { client } = await attach(url)
  await client.send('Runtime.runIfWaitingForDebugger')
  const { stderr, code } = await end
  assert.is(code, 0)
  assert.match(stderr, String.raw`The event "a\x9b31m\u202e\u2028b" was emitted: under a debugger, no other script is told.`)
  assert.not.match(stderr, /[\u0080-\u009f\u2028-\u202e]/)
})

test('what cannot be debugged is refused before a door is opened', async () => {
  using directory = tempDirectory({ ...FILES, 'broken.ts': 'export default {', 'nightly.ts': NIGHTLY, 'many.jsonl': '{"n":1}\n{"n":2}\n' })
  const rows: readonly (readonly [readonly string[], RegExp])[] = [
    [['helo', 'go'], /no script "helo" in "\."\.\nDid you mean "hello"\? There are broken, greedy, hello, nightly\./],
    [['./hello.ts', 'gone'], /"hello" does not handle "gone"/],
    [['hello', 'gone'], /does not handle "gone".*"go"/s],
    [['nightly', 'go'], /does not handle "go"\.\nIt handles "every 0 8 \* \* 1", "every 5m", "swept"\./],
    [['nightly', '5m'], /does not handle "5m"\.\nDid you mean "every 5m"\? It handles/],
    [['nightly', 'every 6m'], /Did you mean "every 5m"\?/],
    [['broken', 'go'], /"broken" is not ready/],
    [['hello', 'go', '--port', 'x'], /0 to 65535/],
    [['hello', 'go', '--data', 'many.jsonl'], /debug takes one payload, and many\.jsonl has several\./],
  ]
  for (const [args, message] of rows) {
    const { code, stderr } = await vivarium(['debug', ...args, '--dir', '.'], { cwd: directory.path })
    assert.is.not(code, 0)
    assert.match(stderr, message)
  }
})

test.run()
