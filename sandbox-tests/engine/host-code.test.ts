// timeout: 300s
// The host's own code around an engine: listeners, observers, loggers, audits, clocks and stores that fail in every way harm neither engine nor host.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import {
  type CreateEngineOptions,
  createEngine,
  defineBinding,
  type EngineAnnouncements,
  memoryStore,
  type ScriptStore,
} from '../../engine/index.ts'
import { emitOne, expectStatus, openEngine, PATIENT, PLACEMENTS } from '../harness/engines.ts'
import { rejectionOf } from '../harness/rejection-of.ts'

const ALLOW = { version: 1, defaults: { ...PATIENT.defaults, allow: { host: true } } }
const host = defineBinding('host', {
  echo: { input: z.tuple([z.unknown()]), output: z.unknown(), handler: (_call, value) => value },
})
const ASKS = 'export default { needs: { host: true }, on: { go: async (p, ctx) => { ctx.log.info("hi"); return ctx.host.echo(p) } } }'
const ANNOUNCEMENTS: readonly (keyof EngineAnnouncements)[] = [
  'script-loaded',
  'script-failed',
  'script-removed',
  'denied',
  'run',
  'policy-loaded',
  'policy-failed',
  'problem',
]

/** Rejections that nobody handles, which would end the host. */
const unhandled: unknown[] = []
process.on('unhandledRejection', (reason) => void unhandled.push(reason))
test.after.each(async () => {
  await new Promise((resolve) => setTimeout(resolve, 10))
  assert.equal(unhandled.splice(0), [])
})

const NOTHING: unknown = undefined
const THEN = ['th', 'en'].join('')
const ways: { readonly [way: string]: () => unknown } = {
  throws: () => {
    throw new Error('the host broke')
  },
  'throws nothing': () => {
    throw NOTHING
  },
  rejects: async () => {
    throw new Error('the host broke later')
  },
  'answers with a thenable that throws': () =>
    Object.defineProperty({}, THEN, {
      value() {
        throw new Error('then broke')
      },
    }),
}

for (const placement of PLACEMENTS)
  for (const [way, break_] of Object.entries(ways))
    test(`${placement}: host code that ${way} harms nobody`, async () => {
      const fail = break_ as () => never
      const store = memoryStore({ 'a.ts': ASKS, 'b.ts': 'export default () => 1', 'bad.ts': 'export default (' })
      const options: CreateEngineOptions = {
        scripts: store,
        placement,
        policy: ALLOW,
        bindings: [host],
        workers: 1,
        observer: { run: fail, hostCall: fail, runner: fail },
        logger: { debug: fail, info: fail, warn: fail, error: fail },
        audit: fail,
      }
      const engine = await createEngine(options)
      for (const announcement of ANNOUNCEMENTS) engine.on(announcement, fail)
      const heard: string[] = []
      engine.on('run', ({ script }) => heard.push(script))
      for (const n of [1, 2]) {
        const { outcomes } = await engine.emit('go', n)
        assert.equal(
          outcomes.map(({ value }) => value),
          [n, 1],
        )
      }
      assert.equal(heard.sort(), ['a', 'a', 'b', 'b'])
      store.write('b.ts', 'export default (((')
      store.remove('bad.ts')
      store.write('c.ts', 'export default { needs: { nobody: true }, on: { x: () => 1 } }')
      await engine.reload()
      assert.is((await engine.emit('go', 3)).outcomes.length, 2)
      await engine.close()
    })

test('what a listener throws or rejects with is logged, and a listener that was taken away hears nothing', async () => {
  const logged: string[] = []
  const nothing = (): void => undefined
  const error = (fields: object, message: string): void => void logged.push(`${message}: ${(fields as { err?: Error }).err?.message}`)
  await using engine = await openEngine(
    { 'a.ts': 'export default () => 1' },
    { logger: { debug: nothing, info: nothing, warn: nothing, error } },
  )
  const heard: number[] = []
  const stop = engine.on('run', () => heard.push(1))
  const stopOther = engine.on('run', () => heard.push(2))
  engine.on('run', () => stop())
  engine.on('run', () => {
    throw new Error('sync')
  })
  engine.on('run', (async () => {
    throw new Error('later')
  }) as () => void)
  await emitOne(engine, 'x')
  assert.equal(heard, [1, 2])
  stopOther()
  stopOther()
  await emitOne(engine, 'x')
  assert.equal(heard, [1, 2])
  assert.equal(logged.sort(), ['a listener threw: later', 'a listener threw: later', 'a listener threw: sync', 'a listener threw: sync'])
})

test('listening to what is never announced, or with what is no function, throws', async () => {
  await using engine = await openEngine({})
  const misspelt = await rejectionOf(Promise.resolve().then(() => engine.on('script-loadd' as never, () => undefined)))
  assert.is(misspelt.code, 'OPTIONS_INVALID')
  assert.match(misspelt.message, 'Did you mean "script-loaded"?')
  assert.is((await rejectionOf(Promise.resolve().then(() => engine.on('run', 7 as never)))).code, 'OPTIONS_INVALID')
})

for (const placement of PLACEMENTS) {
  test(`${placement}: a listener may use the engine, even close it`, async () => {
    const engine = await openEngine({ 'a.ts': 'export default { on: { first: () => 1, second: () => 2 } }' }, { placement })
    const values: unknown[] = []
    const closed = new Promise<void>((resolve, reject) => {
      engine.on('run', ({ event, value }) => {
        values.push(value)
        if (event === 'first') engine.emit('second', 1).catch(reject)
        else engine.close().then(resolve, reject)
      })
    })
    await emitOne(engine, 'first')
    await closed
    assert.equal(values, [1, 2])
    assert.is((await rejectionOf(engine.emit('first', 1))).code, 'ENGINE_CLOSED')
  })

  test(`${placement}: a host function may use the engine that called it`, async () => {
    const again = defineBinding('host', {
      echo: {
        input: z.tuple([z.number()]),
        output: z.unknown(),
        handler: async (_call, depth) => (depth === 0 ? 'bottom' : (await emitOne(engine, 'go', depth - 1)).value),
      },
    })
    await using engine = await openEngine({ 'a.ts': ASKS }, { placement, bindings: [again], policy: ALLOW, workers: 1 })
    const outcome = await emitOne(engine, 'go', 5)
    expectStatus(outcome, 'ok')
    assert.is(outcome.value, 'bottom')
  })

  test(`${placement}: a store that fails is a load fault or an error of the host, never a crash`, async () => {
    const files = memoryStore({ 'a.ts': 'export default () => 1', 'b.ts': 'export default () => 2' })
    let mode = 'fine'
    const store: ScriptStore = {
      ...files,
      list: async () => {
        if (mode === 'list') throw new Error('the database at /srv/db is away')
        return files.list()
      },
      read: async (path, maxBytes) => {
        if (mode === 'read' && path === 'a.ts') throw new Error('the disk at /srv/db is away')
        return mode === 'gone' && path === 'a.ts' ? undefined : files.read(path, maxBytes)
      },
    }
    await using engine = await createEngine({ scripts: store, placement, policy: PATIENT, workers: 1 })
    const values = async () => (await engine.emit('x', 1)).outcomes.map(({ value }) => value)
    for (const failing of ['read', 'gone']) {
      mode = failing
      await engine.reload()
      assert.equal(await values(), [1, 2])
      const { error } = engine.scripts()[0] ?? {}
      assert.ok(error !== undefined, failing)
      assert.not.match(JSON.stringify(error), '/srv/db')
    }
    mode = 'list'
    await engine.reload().then(
      () => assert.unreachable(),
      (error: Error) => assert.match(error.message, 'away'),
    )
    assert.equal(await values(), [1, 2])
    mode = 'fine'
    await engine.reload()
    assert.is(engine.scripts()[0]?.error, undefined)
  })
}

for (const placement of PLACEMENTS)
  for (const option of ['clock', 'random'] as const)
    test(`${placement}: a ${option} that fails in mid-run is told to the logger, and harms no run`, async () => {
      let isBroken = false
      const logged: string[] = []
      const nothing = (): void => undefined
      const fail = (): never => {
        throw new Error('the host broke')
      }
      await using engine = await openEngine(
        { 'a.ts': ASKS },
        {
          placement,
          bindings: [host],
          policy: { version: 1, defaults: { ...ALLOW.defaults, concurrency: { max: 2 } } },
          clock: () => (isBroken && option === 'clock' ? fail() : 1_000),
          random: (bytes) => (isBroken && option === 'random' ? fail() : new Uint8Array(bytes)),
          logger: {
            debug: nothing,
            info: nothing,
            warn: nothing,
            error: (fields) => void logged.push((fields as { err: Error }).err.message),
          },
        },
      )
      expectStatus(await emitOne(engine, 'go', 0), 'ok')
      const under = emitOne(engine, 'go', 1)
      isBroken = true
      expectStatus(await under, 'ok')
      // More than may run at once: none of them keeps its place.
      for (let n = 2; n < 6; n++) assert.is((await emitOne(engine, 'go', n)).value, n)
      assert.match(logged.join('\n'), `"${option}" must return`)
      isBroken = false
      assert.is((await emitOne(engine, 'go', 7)).value, 7)
    })

test('bindings that fail to close: the engine closes all the same, and says so', async () => {
  const closed: string[] = []
  const binding = (name: string, close: () => void | Promise<void>) =>
    defineBinding(name, { take: { input: z.tuple([]), output: z.void(), handler: () => undefined } }, { close })
  const engine = await createEngine({
    bindings: [
      binding('one', () => void closed.push('one')),
      binding('two', () => {
        throw new Error('two cannot be closed')
      }),
      binding('three', async () => void closed.push('three')),
    ],
  })
  const settled = await engine.close().then(
    () => 'closed',
    (error: Error) => error.message,
  )
  assert.is(settled, 'two cannot be closed')
  assert.equal(closed, ['one', 'three'])
  await engine.close().catch(() => undefined)
  assert.equal(closed, ['one', 'three'], 'each is closed once')
})

test.run()
