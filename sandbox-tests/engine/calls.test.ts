// timeout: 300s
// What hosts say with calls, and values at the edge of a schema: misuse throws in the same way whichever scripts there are, and no script makes a call reject.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { createEngine, defineEvents, memoryStore } from '../../engine/index.ts'
import { emitOne, expectStatus, openEngine, PATIENT, PLACEMENTS } from '../harness/engines.ts'
import { rejectionOf } from '../harness/rejection-of.ts'

const on = (handlers: string): string => `export default { on: { ${handlers} } }`

test('a call may name the one script that is to run, whatever others handle the event', async () => {
  const events = defineEvents({ told: {}, price: { kind: 'filter', payload: z.number() }, may: { kind: 'decision', answer: z.boolean() } })
  const script = (n: number): string => on(`told: () => ${n}, price: (p) => p * ${n}, may: () => ${n === 2}`)
  await using engine = await createEngine({ scripts: memoryStore({ 'a.ts': script(2), 'b.ts': script(3) }), events, policy: PATIENT })
  assert.equal(
    (await engine.emit('told', 0, { script: 'b' })).outcomes.map(({ script, value }) => [script, value]),
    [['b', 3]],
  )
  assert.is((await engine.filter('price', 10, { script: 'b' })).value, 30)
  assert.is((await engine.decide('may', 0, { script: 'b' })).value, false)
  assert.equal((await engine.emit('told', 0, { script: 'nobody' })).outcomes, [])
  assert.is((await rejectionOf(engine.emit('told', 0, { script: 1 as never }))).code, 'OPTIONS_INVALID')
  assert.is((await rejectionOf(engine.evaluate('', { script: 'a' } as never))).code, 'OPTIONS_INVALID')
})

for (const placement of PLACEMENTS) {
  test(`${placement}: a value that makes a schema itself throw is refused like any other, and tells the script nothing`, async () => {
    // As a schema that recurses does it, one call a level: for a cycle there is no end.
    const follow = (tree: unknown): void => {
      if (typeof tree === 'object' && tree !== null && 'next' in tree) follow(tree.next)
    }
    const picky = z.unknown().transform((value) => {
      if (value === 'boom') throw new TypeError('the schema broke at /srv/secret.ts')
      return value
    })
    const events = defineEvents({
      grow: { kind: 'filter', payload: z.unknown().superRefine(follow) },
      pick: { kind: 'decision', answer: picky },
    })
    await using engine = await createEngine({
      scripts: memoryStore({
        'a.ts': on('grow: () => { const t = {}; t.next = t; return t }, pick: () => "boom"'),
        'b.ts': on('grow: (t) => ({ next: t }), pick: () => "fine"'),
      }),
      placement,
      events,
      policy: PATIENT,
    })
    const grown = await engine.filter('grow', {})
    assert.equal(grown.value, { next: {} })
    assert.is(grown.outcomes[0]?.error?.code, 'RESULT_INVALID')
    const picked = await engine.decide('pick', 1)
    assert.is(picked.decidedBy, 'b')
    assert.is(picked.outcomes[0]?.error?.code, 'RESULT_INVALID')
    assert.not.match(JSON.stringify(picked.outcomes), /srv/)
  })

  test(`${placement}: what a schema makes of a script's value must cross to the next script, else it is refused`, async () => {
    const payload = z.unknown().transform((value) => (value === 'odd' ? { inner: () => value } : value))
    const events = defineEvents({ wrap: { kind: 'filter', payload } })
    const scripts = memoryStore({ 'a.ts': on('wrap: () => "odd"'), 'b.ts': on('wrap: (v) => v + "!"') })
    await using engine = await createEngine({ scripts, placement, events, policy: PATIENT })
    const { value, outcomes } = await engine.filter('wrap', 'x')
    assert.is(value, 'x!')
    assert.is(outcomes[0]?.error?.code, 'RESULT_INVALID')
    assert.is((await rejectionOf(engine.filter('wrap', 'odd'))).code, 'PAYLOAD_NOT_PLAIN', 'the host passed that one itself')
  })

  test(`${placement}: asynchronous schemas and transforms hold for every kind`, async () => {
    const events = defineEvents({
      order: { payload: z.object({ at: z.string().transform((text) => new Date(text)) }) },
      late: { payload: z.string().refine(async (text) => text !== 'bad', 'is bad') },
      name: { kind: 'filter', payload: z.string().refine(async (text) => !text.includes('!'), 'has a !') },
      may: { kind: 'decision', payload: z.string(), answer: z.number().transform(async (n) => n * 2) },
      who: { kind: 'decision', answer: z.string().nullable() },
    })
    const script = on(
      'order: (o) => [o.at instanceof Date, o.at.getTime()], late: (t) => t, name: (n) => n + "!", may: () => 4, who: () => null',
    )
    await using engine = await createEngine({ scripts: memoryStore({ 'a.ts': script }), placement, events, policy: PATIENT })
    assert.equal((await engine.emit('order', { at: '2020-01-01T00:00:00Z' })).outcomes[0]?.value, [true, Date.UTC(2020, 0, 1)])
    assert.is((await engine.emit('late', 'good')).outcomes[0]?.value, 'good')
    assert.is((await rejectionOf(engine.emit('late', 'bad'))).code, 'PAYLOAD_INVALID')
    assert.is((await engine.filter('name', 'x')).value, 'x')
    assert.is((await rejectionOf(engine.filter('name', '!'))).code, 'PAYLOAD_INVALID')
    assert.is((await engine.decide('may', 'x')).value, 8)
    const who = await engine.decide('who', undefined)
    assert.equal([who.value, who.decidedBy], [null, 'a'], 'null is an answer where the schema has it')
  })
}

test('names that every object has are no events, and each kind has its own method', async () => {
  const events = defineEvents({
    'order.created': { payload: z.object({ items: z.array(z.object({ id: z.number() })) }) },
    'order.price': { kind: 'filter', payload: z.number() },
    'login.allowed': { kind: 'decision', answer: z.boolean() },
  })
  let runs = 0
  const options = { events, observer: { run: () => void runs++ } }
  await using engine = await openEngine({ 'a.ts': 'export default () => 1' }, options)
  for (const name of ['toString', '__proto__', 'constructor', '', '*'])
    for (const method of ['emit', 'filter', 'decide'] as const)
      assert.is((await rejectionOf(engine[method](name, {}))).code, 'EVENT_UNKNOWN', `${method} ${name}`)
  for (const [method, name] of [
    ['emit', 'order.price'],
    ['emit', 'login.allowed'],
    ['filter', 'order.created'],
    ['filter', 'login.allowed'],
    ['decide', 'order.price'],
    ['decide', 'order.created'],
  ] as const) {
    const error = await rejectionOf(engine[method](name, 1))
    assert.is(error.code, 'EVENT_KIND_MISMATCH')
    assert.match(error.message, `"${name}"`)
    assert.match(error.message, `engine.${method}()`)
  }
  const invalid = await rejectionOf(engine.emit('order.created', { items: [{ id: 1 }, { id: 'x' }] }))
  assert.is(invalid.code, 'PAYLOAD_INVALID')
  assert.match(invalid.message, 'payload.items[1].id')
  assert.is(runs, 0)
})

test('what cannot cross is named by its path, also when reading it throws', async () => {
  await using engine = await openEngine({ 'a.ts': 'export default () => 1' })
  class Money {
    readonly cents = 1
  }
  const trap = {
    get secret() {
      throw new Error('getter')
    },
  }
  let deep: unknown = 1
  for (let level = 0; level < 5_000; level++) deep = [deep]
  for (const [payload, path, code = 'PAYLOAD_NOT_PLAIN'] of [
    [{ a: [1, { b: () => 1 }] }, 'payload.a[1].b is a function'],
    [() => 1, 'payload is a function'],
    [{ 'odd key': Symbol('s') }, 'payload["odd key"] is a symbol'],
    [[new Money()], 'payload[0] is an instance'],
    [new Map([['k', new WeakMap()]]), 'payload.get(0)'],
    [{ p: Promise.resolve() }, 'payload.p'],
    [{ e: new Error('x') }, 'payload.e'],
    [trap, 'payload'],
    [Object.create(Date.prototype), 'payload'],
    [deep, 'nested too deeply', 'INPUT_TOO_LARGE'],
  ] as const) {
    for (const asked of [
      engine.emit('any', payload),
      engine.filter('any', payload),
      engine.evaluate('export default () => 1', { event: payload }),
    ]) {
      const error = await rejectionOf(asked)
      assert.is(error.code, code, path)
      assert.match(error.message, path)
    }
  }
})

test('wrong limits throw whether or not a script listens, and start none', async () => {
  await using engine = await openEngine(
    { 'a.ts': on('out: (n) => "x".repeat(n)') },
    { policy: { version: 1, defaults: { limits: { output: '1KiB' } } } },
  )
  expectStatus(await emitOne(engine, 'out', 2_000, { limits: { output: '64KiB' } }), 'output_exceeded')
  expectStatus(await emitOne(engine, 'out', 500, { limits: { output: '100B' } }), 'output_exceeded')
  expectStatus(await emitOne(engine, 'out', 500, { limits: {} }), 'ok')
  const wrong: unknown[] = [
    { cpu: 50 },
    { cpu: '5' },
    { wal: '1s' },
    { cpu: -1 },
    { memory: '1ms' },
    { cpu: '0ms' },
    { toString: '1s' },
    null,
    'x',
  ]
  for (const event of ['out', 'nobody'])
    for (const limits of wrong)
      for (const method of ['emit', 'filter', 'decide'] as const) {
        const { code } = await rejectionOf(engine[method](event, 1, { limits: limits as never }))
        assert.is(code, typeof limits === 'object' && limits !== null ? 'LIMIT_INVALID' : 'OPTIONS_INVALID', JSON.stringify(limits))
      }
  const misspelt = await rejectionOf(engine.emit('out', 1, { limits: { wal: '1s' } as never }))
  assert.match(`${misspelt.message} ${misspelt.hint}`, '"wall"')
  assert.is((await rejectionOf(engine.evaluate('export default () => 1', { limits: { cpu: 7 } }))).code, 'LIMIT_INVALID')
})

test('what is said with a call is checked', async () => {
  await using engine = await openEngine({ 'a.ts': 'export default () => 1' })
  for (const options of [{ signal: {} }, { signal: 'x' }, { tenant: 7 }, { tenant: {} }, { limit: {} }, null, 'x', 7])
    for (const method of ['emit', 'filter', 'decide'] as const)
      assert.is((await rejectionOf(engine[method]('any', 1, options as never))).code, 'OPTIONS_INVALID', JSON.stringify(options))
  for (const options of [{ signal: {} }, { tenant: 7 }, { events: 1 }, null, { name: 7 }])
    assert.is(
      (await rejectionOf(engine.evaluate('export default () => 1', options as never))).code,
      'OPTIONS_INVALID',
      JSON.stringify(options),
    )
  const misspelt = await rejectionOf(engine.emit('any', 1, { signl: undefined } as never))
  assert.match(misspelt.message, 'Did you mean "signal"?')
  expectStatus(await emitOne(engine, 'any', 1, { signal: undefined, tenant: undefined, limits: undefined }), 'ok')
})

for (const placement of PLACEMENTS) {
  test(`${placement}: evaluate takes code of every shape, and tells what is wrong with it as an outcome`, async () => {
    await using engine = await createEngine({ placement, policy: PATIENT })
    for (const [code, options, value] of [
      ['export default async (e: number): Promise<number> => e as number', { event: 3 }, 3],
      ['export default (e) => e', {}, undefined],
      ['export default { on: { only: (e, ctx) => ctx.event } }', {}, 'only'],
      ['export default { on: { a: () => 1, b: () => 2 } }', { name: 'b' }, 2],
      ['export default (e, ctx) => ctx.event', { name: 'greet' }, 'greet'],
      ['import { defineScript } from "vivarium/script"; export default defineScript({ on: { a: () => 5 } })', {}, 5],
    ] as const) {
      const outcome = await engine.evaluate(code, options)
      expectStatus(outcome, 'ok')
      assert.is(outcome.value, value)
    }
    for (const code of ['export default { on: { alpha: () => 1 } }', 'export default { every: { "0 8 * * *": () => 1 } }']) {
      const unhandled = await engine.evaluate(code, { name: 'alhpa' })
      expectStatus(unhandled, 'exception')
      assert.match(unhandled.error?.message ?? '', 'no handler for "alhpa"')
    }
    for (const [code, expected] of [
      ['export default (', 'SYNTAX_ERROR'],
      ['', 'MANIFEST_MISSING'],
      ['export const x = 1', 'MANIFEST_MISSING'],
      ['export default 7', 'MANIFEST_INVALID'],
      ['throw new Error("top"); export default () => 1', 'LOAD_EXCEPTION'],
      ['import "node:fs"; export default () => 1', 'IMPORT_FORBIDDEN'],
      ['import "./other"; export default () => 1', 'IMPORT_FORBIDDEN'],
    ] as const)
      for (const _again of [1, 2]) expectStatus(await engine.evaluate(code), 'load_failed', expected)
    expectStatus(await engine.evaluate('export default { needs: { kv: true }, on: { a: () => 1 } }'), 'denied')
    expectStatus(await engine.evaluate('export default () => 1', { signal: AbortSignal.abort('no') }), 'cancelled')
    assert.is((await rejectionOf(engine.evaluate(7 as never))).code, 'OPTIONS_INVALID')
  })
}

test.run()
