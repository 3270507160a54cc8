// timeout: 300s
// Values on each of their four ways across the wall: payloads, results, arguments of host calls, replies.

import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { createEngine, defineBinding, defineEvents, type Engine, memoryStore, type Outcome } from '../../engine/index.ts'
import { emitOne, expectStatus, PLACEMENTS, type PlacementName } from '../harness/engines.ts'

const SCRIPT = `export default { needs: { host: true }, on: {
  payload: (value, ctx) => value,
  round: async (value, ctx) => ctx.host.echo(value),
  describe: (value) => {
    const of = (v) => Object.is(v, -0) ? '-0' : v === null || typeof v !== 'object' ? typeof v + ' ' + String(v) : Object.prototype.toString.call(v) + (v instanceof Object)
    return Array.isArray(value) ? value.map(of) : of(value)
  },
  pollute: (value) => {
    const probe = {}
    const keys = Object.keys(value)
    return [probe.polluted, [].polluted, Object.getPrototypeOf(value) === Object.prototype, keys, value['__proto__'] !== Object.prototype]
  },
  cycle: (value) => [value.self === value, value.list[0] === value, value.map.get('me') === value, value.set.has(value)],
  makeCycle: () => { const v = { n: 1 }; v.self = v; v.list = [v]; v.map = new Map([['me', v]]); v.set = new Set([v]); return v },
  sendCycle: (value, ctx) => { const v = { n: 1 }; v.self = v; return ctx.host.isCycle(v) },
  getCycle: async (value, ctx) => { const v = await ctx.host.cycle(); return v.self === v && v instanceof Object && v.date instanceof Date },
  odd: (name) => ({
    symbol: Symbol('s'), fn: () => 1, nested: { a: [1, { b: Symbol() }] }, map: new Map([['k', () => 1]]), error: new Error('x'), regexp: /x/, promise: { p: Promise.resolve(1) },
    instance: { when: new (class Odd { x = 1 })() }, array: new Uint16Array(2), buffer: new ArrayBuffer(2), weak: new WeakMap(), getter: { get boom() { throw new Error('from a getter') } },
    sparse: [1, , 3], proxy: new Proxy({ a: 1 }, {}), boxed: Object(1n), nullProto: Object.assign(Object.create(null), { a: 1 }),
  })[name],
  oddArgument: async (name, ctx) => {
    const value = { symbol: { s: Symbol('s') }, fn: () => 1, promise: { p: Promise.resolve(1) } }[name]
    try { return await ctx.host.echo(value) } catch (error) { return [error.code, error.message] }
  },
} }`
const host = defineBinding('host', {
  echo: { input: z.tuple([z.unknown()]), output: z.unknown(), handler: (_call, value) => value },
  isCycle: { input: z.tuple([z.unknown()]), output: z.boolean(), handler: (_call, value) => (value as { self: unknown }).self === value },
  cycle: {
    input: z.tuple([]),
    output: z.unknown(),
    handler: () => {
      const value: { [key: string]: unknown } = { date: new Date(5) }
      value['self'] = value
      return value
    },
  },
})

function open(placement: PlacementName): Promise<Engine> {
  const policy = {
    version: 1,
    defaults: { allow: { host: true }, limits: { cpu: '5s', wall: '60s', output: '1MiB', hostCallArgument: '1MiB' } },
  }
  return createEngine({ scripts: memoryStore({ 'a.ts': SCRIPT }), placement, bindings: [host], policy, workers: 1 })
}

/** The gate refuses arguments with the one name that pollutes; fast-check thinks of it, too. */
const isHarmless = (name: string): boolean => name !== '__proto__'

const told = (outcome: Outcome): unknown => {
  assert.is(outcome.status, 'ok', `${outcome.error?.code}: ${outcome.error?.message}`)
  return outcome.value
}

const SPECIAL: readonly unknown[] = [
  undefined,
  null,
  0,
  -0,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.MAX_SAFE_INTEGER,
  Number.MIN_VALUE,
  1e300,
  0.1,
  0n,
  -1n,
  2n ** 200n,
  -(2n ** 64n),
  '',
  'X[0]',
  '\u0000',
  '\uD800',
  '\u2028\u2029',
  '😀',
  new Date(0),
  new Date(Number.NaN),
  new Date(-8.64e15),
  new Uint8Array(),
  new Uint8Array([0, 128, 255]),
  new Map(),
  new Map<unknown, unknown>([
    [{ key: 1 }, new Set([1n])],
    [Number.NaN, undefined],
    [undefined, -0],
  ]),
  new Set<unknown>([[], {}, new Date(1)]),
  [undefined],
  { a: undefined },
  { toJSON: 1, constructor: 3, length: 4 },
  { $: 'date', '': { '': [] } },
  [[[[[]]]]],
  ['X'],
]

for (const placement of PLACEMENTS) {
  test(`${placement}: every kind of value arrives as it was, on all four ways`, async () => {
    await using engine = await open(placement)
    for (const value of [...SPECIAL, [...SPECIAL], { all: SPECIAL }, new Map(SPECIAL.map((each, index) => [index, each]))]) {
      for (const event of ['payload', 'round']) {
        const outcome = await emitOne(engine, event, value)
        const got = told(outcome)
        assert.ok(isDeepStrictEqual(got, value), `${event}: ${String(value)} came back as ${String(got)}`)
      }
    }
    assert.equal(
      told(
        await emitOne(engine, 'describe', [
          -0,
          Number.NaN,
          1n,
          undefined,
          null,
          new Date(0),
          new Map(),
          new Set(),
          new Uint8Array(1),
          [],
          {},
        ]),
      ),
      [
        '-0',
        'number NaN',
        'bigint 1',
        'undefined undefined',
        'object null',
        '[object Date]true',
        '[object Map]true',
        '[object Set]true',
        '[object Uint8Array]true',
        '[object Array]true',
        '[object Object]true',
      ],
    )
  })

  test(`${placement}: whatever fast-check thinks of comes back as it was`, async () => {
    await using engine = await open(placement)
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: 'small' }, tie('leaf'), fc.array(tie('value'), { maxLength: 4 }), tie('table'), tie('map'), tie('set')),
      leaf: fc.oneof(
        fc.constant(undefined),
        fc.constant(null),
        fc.boolean(),
        fc.double(),
        fc.integer(),
        fc.bigInt(),
        fc.string({ unit: 'binary' }),
        fc.date({ noInvalidDate: false }),
        fc.uint8Array({ maxLength: 20 }),
      ),
      table: fc.dictionary(
        fc.oneof(fc.string().filter(isHarmless), fc.constantFrom('constructor', 'toString', 'then', '0')),
        tie('value'),
        {
          maxKeys: 4,
          noNullPrototype: true,
        },
      ),
      map: fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 3 }).map((entries) => new Map(entries)),
      set: fc.array(tie('value'), { maxLength: 3 }).map((items) => new Set(items)),
    }))
    await fc.assert(
      fc.asyncProperty(value, async (sent) => {
        for (const event of ['payload', 'round']) assert.ok(isDeepStrictEqual(told(await emitOne(engine, event, sent)), sent), event)
      }),
      { numRuns: 150 },
    )
  })

  test(`${placement}: keys like __proto__ are data on both sides`, async () => {
    await using engine = await open(placement)
    const hostile = JSON.parse(
      '{ "__proto__": { "polluted": true }, "constructor": { "prototype": { "polluted": true } }, "a": 1 }',
    ) as object
    assert.equal(told(await emitOne(engine, 'pollute', hostile)), [undefined, undefined, true, ['__proto__', 'constructor', 'a'], true])
    for (const sent of [hostile, { date: new Date(0), hostile }]) {
      const got = told(await emitOne(engine, 'payload', sent)) as { hostile?: object }
      const same = 'hostile' in got ? got.hostile : got
      assert.equal(Object.keys(same as object), ['__proto__', 'constructor', 'a'])
      assert.is(Object.getPrototypeOf(same), Object.prototype)
      // Host functions merge and copy what they are given: at the gate such a key is refused.
      expectStatus(await emitOne(engine, 'round', sent), 'exception', 'ARGUMENT_INVALID')
    }
    assert.is(({} as { polluted?: unknown }).polluted, undefined)
  })

  test(`${placement}: cycles stay cycles on all four ways`, async () => {
    await using engine = await open(placement)
    const value: { [key: string]: unknown } = {}
    value['self'] = value
    value['list'] = [value]
    value['map'] = new Map([['me', value]])
    value['set'] = new Set([value])
    assert.equal(told(await emitOne(engine, 'cycle', value)), [true, true, true, true])
    const made = told(await emitOne(engine, 'makeCycle')) as typeof value
    assert.is(made['self'], made)
    assert.is((made['list'] as unknown[])[0], made)
    assert.is((made['map'] as Map<string, unknown>).get('me'), made)
    assert.ok((made['set'] as Set<unknown>).has(made))
    assert.is(told(await emitOne(engine, 'sendCycle')), true)
    assert.is(told(await emitOne(engine, 'getCycle')), true)
  })

  test(`${placement}: results and arguments that cannot cross are named by their path`, async () => {
    await using engine = await open(placement)
    for (const [name, path] of [
      ['symbol', 'value is a symbol'],
      ['fn', 'value is a function'],
      ['nested', 'value.a[1].b is a symbol'],
      ['map', 'value.get(0) is a function'],
      ['error', 'value is'],
      ['regexp', 'value is'],
      ['promise', 'value.p is'],
      ['instance', 'value.when is'],
      ['array', 'value is'],
      ['buffer', 'value is'],
      ['weak', 'value is'],
    ] as const) {
      const outcome = await emitOne(engine, 'odd', name)
      expectStatus(outcome, 'exception', 'RESULT_NOT_PLAIN')
      assert.match(outcome.error?.message ?? '', path)
    }
    const getter = await emitOne(engine, 'odd', 'getter')
    expectStatus(getter, 'exception')
    assert.match(getter.error?.message ?? '', 'from a getter')
    assert.equal(told(await emitOne(engine, 'odd', 'nullProto')), { a: 1 })
    assert.equal(told(await emitOne(engine, 'odd', 'proxy')), { a: 1 })
    assert.equal(told(await emitOne(engine, 'odd', 'sparse')), [1, undefined, 3])
    for (const [name, path] of [
      ['symbol', '.s is a symbol'],
      ['fn', 'is a function'],
      ['promise', '.p is'],
    ] as const) {
      const [code, message] = told(await emitOne(engine, 'oddArgument', name)) as [string, string]
      assert.is(code, 'ARGUMENT_NOT_PLAIN')
      assert.match(message, path)
    }
  })

  test(`${placement}: a script cannot change the host's payload, nor one script another's`, async () => {
    const events = defineEvents({ go: {} })
    const mutate = 'export default (p) => { p.list.push(1); p.when.setTime(9); p.map.set("k", 2); delete p.keep; return p.list.length }'
    const scripts = memoryStore({ 'a.ts': mutate, 'b.ts': mutate })
    await using engine = await createEngine({ scripts, events, placement, workers: 1 })
    const payload = { list: [0], when: new Date(5), map: new Map(), keep: 1 }
    const { outcomes } = await engine.emit('go', payload)
    assert.equal(
      outcomes.map(({ value }) => value),
      [2, 2],
    )
    assert.equal(payload, { list: [0], when: new Date(5), map: new Map(), keep: 1 })
    const sending = engine.emit('go', payload)
    payload.list.length = 0
    assert.is((await sending).outcomes[0]?.value, 2, 'what was passed counts, not what became of it')
  })
}

test.run()
