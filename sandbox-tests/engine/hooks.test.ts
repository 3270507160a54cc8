// timeout: 300s
// What a host sees of emit, filter, decide and evaluate, from end to end.
import { inspect, isDeepStrictEqual } from 'node:util'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { createEngine, defineEvents, type EngineError, memoryStore } from '../../engine/index.ts'
import { emitOne, expectStatus, openEngine, PATIENT, PLACEMENTS } from '../harness/engines.ts'
import { rejectionOf } from '../harness/rejection-of.ts'

const events = defineEvents({
  order: { payload: z.object({ id: z.number(), total: z.number().default(5) }) },
  price: { kind: 'filter', payload: z.number().max(1_000) },
  allowed: { kind: 'decision', payload: z.string(), answer: z.boolean() },
  anything: {},
})

for (const placement of PLACEMENTS) {
  test(`${placement}: emit tells every script at once and answers by priority, then by id`, async () => {
    const handler = (priority: number) => `export default { on: { go: { priority: ${priority}, run: () => ${priority} } } }`
    await using engine = await openEngine(
      {
        'c.ts': handler(0),
        'a.ts': handler(-1),
        'b.ts': handler(10),
        'd.ts': handler(0),
        'other.ts': 'export default { on: { other: () => 1 } }',
      },
      { placement },
    )
    const { outcomes } = await engine.emit('go', 1)
    assert.equal(
      outcomes.map(({ script, value }) => [script, value]),
      [
        ['b', 10],
        ['c', 0],
        ['d', 0],
        ['a', -1],
      ],
    )
    assert.equal(await engine.emit('nobody', 1), { outcomes: [] })
    const ids = new Set(outcomes.map(({ runId }) => runId))
    assert.is(ids.size, 4, 'each run has a name of its own')
  })

  test(`${placement}: filter hands the value from script to script and holds each step against the schema`, async () => {
    const store = memoryStore({
      '1-double.ts': 'export default { on: { price: (n) => n * 2 } }',
      '2-wrong.ts': 'export default { on: { price: () => "free" } }',
      '3-throws.ts': 'export default { on: { price: () => { throw new Error("no") } } }',
      '4-large.ts': 'export default { on: { price: () => 5000 } }',
      '5-plus.ts': 'export default { on: { price: (n) => n + 1 } }',
    })
    await using engine = await createEngine({ scripts: store, placement, events, workers: 1, policy: PATIENT })
    const { value, stoppedBy, outcomes } = await engine.filter('price', 10)
    assert.is(value, 21)
    assert.is(stoppedBy, undefined)
    assert.equal(
      outcomes.map(({ status, error }) => error?.code ?? status),
      ['ok', 'RESULT_INVALID', 'EXCEPTION', 'RESULT_INVALID', 'ok'],
    )
    assert.not.ok('value' in (outcomes[1] ?? {}), 'a refused value is not passed on')
    assert.equal([outcomes[1]?.error?.location?.file, outcomes[1]?.error?.location?.column], ['2-wrong.ts', 24], 'shown at its handler')
    assert.match(outcomes[1]?.error?.frame ?? '', /> 1 \| export default .*price: \(\) => "free"/)
    assert.equal(await engine.filter('price', 3, { limits: { cpu: '1s' } }).then((result) => result.value), 7)
  })

  test(`${placement}: a filter stops where policy says so`, async () => {
    const policy = { version: 1, defaults: PATIENT.defaults, scripts: { '2-throws': { onError: 'stop' } } }
    await using engine = await openEngine(
      {
        '1.ts': 'export default { on: { f: (n) => n + 1 } }',
        '2-throws.ts': 'export default { on: { f: () => { throw new Error("no") } } }',
        '3.ts': 'export default { on: { f: (n) => n + 100 } }',
      },
      { placement, policy },
    )
    const { value, stoppedBy, outcomes } = await engine.filter('f', 1)
    assert.equal([value, stoppedBy, outcomes.length], [2, '2-throws', 2])
  })

  test(`${placement}: decide asks one after another until the first valid answer`, async () => {
    const files = {
      '1-undecided.ts': 'export default { on: { allowed: () => undefined } }',
      '2-wrong.ts': 'export default { on: { allowed: () => "perhaps" } }',
      '3-throws.ts': 'export default { on: { allowed: () => { throw new Error("no") } } }',
      '4-decides.ts': 'export default { on: { allowed: (name) => name === "admin" } }',
      '5-late.ts': 'export default { on: { allowed: () => true } }',
    }
    await using engine = await createEngine({ scripts: memoryStore(files), placement, events, workers: 1, policy: PATIENT })
    const decision = await engine.decide('allowed', 'guest')
    assert.is(decision.value, false)
    assert.is(decision.decidedBy, '4-decides')
    assert.is(decision.outcomes[1]?.error?.location?.file, '2-wrong.ts')
    assert.equal(
      decision.outcomes.map(({ status, error }) => error?.code ?? status),
      ['ok', 'RESULT_INVALID', 'EXCEPTION', 'ok'],
    )
    await using empty = await createEngine({ placement, events })
    assert.equal(await empty.decide('allowed', 'x'), { value: undefined, decidedBy: undefined, outcomes: [] })
  })

  test(`${placement}: what the host gets wrong is thrown at the host`, async () => {
    await using engine = await createEngine({ scripts: memoryStore({ 'a.ts': 'export default () => 1' }), placement, events, workers: 1 })
    const loose = engine as unknown as Awaited<ReturnType<typeof openEngine>>
    const codeOf = async (promise: Promise<unknown>): Promise<EngineError> => await rejectionOf(promise)
    const unknown = await codeOf(loose.emit('ordr', {}))
    assert.is(unknown.code, 'EVENT_UNKNOWN')
    assert.match(unknown.message, /Did you mean "order"\?/)
    assert.is((await codeOf(loose.emit('price', 1))).code, 'EVENT_KIND_MISMATCH')
    assert.is((await codeOf(loose.filter('order', {}))).code, 'EVENT_KIND_MISMATCH')
    assert.is((await codeOf(loose.decide('anything', {}))).code, 'EVENT_KIND_MISMATCH')
    const invalid = await codeOf(loose.emit('order', { id: 'seven' }))
    assert.is(invalid.code, 'PAYLOAD_INVALID')
    assert.match(invalid.message, /payload\.id/)
    assert.is((await codeOf(loose.filter('price', 5_000))).code, 'PAYLOAD_INVALID')
    for (const [payload, path] of [
      [{ list: [1, { deep: () => 1 }] }, 'payload.list[1].deep'],
      [{ 'odd key': Symbol('s') }, 'payload["odd key"]'],
      [new Map([[1, new URL('https://example.com')]]), 'payload'],
      [Promise.resolve(1), 'payload'],
    ] as const) {
      const refused = await codeOf(loose.emit('anything', payload))
      assert.is(refused.code, 'PAYLOAD_NOT_PLAIN')
      assert.ok(refused.message.includes(path), refused.message)
    }
    for (const limits of [{ cpuu: '1s' }, { cpu: 5 }, { cpu: '5 parsecs' }, { wall: '0ms' }, { hostCalls: '3' }]) {
      const error = await codeOf(loose.emit('anything', 1, { limits: limits as never }))
      assert.is(error.code, 'LIMIT_INVALID')
    }
    assert.match((await codeOf(loose.emit('anything', 1, { limits: { cpuu: '1s' } as never }))).hint ?? '', /Did you mean "cpu"\?/)
  })

  test(`${placement}: payloads and results cross without surprise`, async () => {
    await using engine = await openEngine({ 'same.ts': 'export default (value) => value' }, { placement })
    const cyclic: { name: string; self?: unknown } = { name: 'me' }
    cyclic.self = cyclic
    const values = [
      null,
      0,
      -0,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      '',
      'ünïcödé 🌍 \u2028',
      [],
      {},
      [undefined],
      { a: undefined },
      10n ** 30n,
      new Date(0),
      new Map<unknown, unknown>([[{ k: 1 }, new Set([1n])]]),
      new Uint8Array([0, 255, 10]),
      { toString: 1, constructor: 2, hasOwnProperty: null },
      JSON.parse('{"__proto__": {"polluted": true}}'),
      cyclic,
    ]
    for (const value of values) {
      const outcome = await emitOne(engine, 'echo', value)
      expectStatus(outcome, 'ok')
      if (value === cyclic) assert.is((outcome.value as typeof cyclic).self, outcome.value)
      else assert.ok(isDeepStrictEqual(outcome.value, value), `${inspect(outcome.value)}, not ${inspect(value)}`)
    }
    assert.is(({} as { polluted?: unknown }).polluted, undefined)
    assert.not.ok('value' in (await emitOne(engine, 'echo', undefined)))
  })

  test(`${placement}: evaluate runs code that is in no store`, async () => {
    await using engine = await createEngine({ placement })
    const outcome = await engine.evaluate('export default (e) => e.n + 1', { event: { n: 1 } })
    assert.equal([outcome.script, outcome.event, outcome.status, outcome.value], ['evaluate', 'evaluate', 'ok', 2])
    const typed = await engine.evaluate('export default { on: { sum: (list: number[]): number => list.reduce((a, b) => a + b, 0) } }', {
      event: [1, 2],
    })
    assert.equal([typed.event, typed.value], ['sum', 3])
    const two = 'export default { on: { a: () => "a", b: () => "b" } }'
    assert.is((await engine.evaluate(two, { name: 'b' })).value, 'b')
    assert.is((await rejectionOf(engine.evaluate(two))).code, 'OPTIONS_INVALID')
    assert.is((await rejectionOf(engine.evaluate(7 as never))).code, 'OPTIONS_INVALID')
    const broken = await engine.evaluate('export default () => {\n  const = 1\n}')
    expectStatus(broken, 'load_failed', 'SYNTAX_ERROR')
    assert.match(broken.error?.frame ?? '', /> 2 \| {3}const = 1/)
    expectStatus(await engine.evaluate('export default () => { throw new RangeError("mine") }'), 'exception', 'EXCEPTION')
    expectStatus(await engine.evaluate('export const nothing = 1'), 'load_failed', 'MANIFEST_MISSING')
  })
}

test('a schema may change the payload, and may be asynchronous', async () => {
  const asynchronous = defineEvents({
    order: { payload: z.object({ total: z.string() }).transform(async ({ total }) => ({ total: Number(total) })) },
  })
  await using engine = await createEngine({
    events: asynchronous,
    scripts: memoryStore({ 'a.ts': 'export default (o) => o.total + 1' }),
    workers: 1,
    policy: PATIENT,
  })
  const { outcomes } = await engine.emit('order', { total: '41' })
  assert.is(outcomes[0]?.value, 42)
})

test('limits of a call only lower', async () => {
  await using engine = await openEngine(
    { 'a.ts': 'export default (n) => "x".repeat(n)' },
    { policy: { version: 1, defaults: { limits: { output: '1KiB' } } } },
  )
  expectStatus(await emitOne(engine, 'go', 2_000, { limits: { output: '16MiB' } }), 'output_exceeded')
  expectStatus(await emitOne(engine, 'go', 900), 'ok')
  expectStatus(await emitOne(engine, 'go', 900, { limits: { output: '512B' } }), 'output_exceeded')
})

test.run()
