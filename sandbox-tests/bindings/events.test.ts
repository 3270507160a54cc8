// The binding `events`: what a script may emit, how far it carries, and that nothing can go on for ever.
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { commonPatterns, isMatch, patternFault } from '../../bindings/events/event-patterns.ts'
import { events } from '../../bindings/index.ts'
import { type CreateEngineOptions, createEngine, defineEvents, memoryStore, type Outcome } from '../../engine/index.ts'
import { COMBINATIONS, inCombination } from '../harness/combinations.ts'
import { emitOne, expectStatus, PATIENT, until } from '../harness/engines.ts'

/** An engine whose scripts may emit what `allow` says, and every outcome. */
async function open(files: { readonly [path: string]: string }, allow: unknown = true, options: CreateEngineOptions = {}) {
  const policy = { version: 1, defaults: { ...PATIENT.defaults, allow: { events: allow } } }
  const engine = await createEngine({ scripts: memoryStore(files), workers: 1, bindings: [events()], policy, ...options })
  const outcomes: Outcome[] = []
  engine.on('run', (outcome) => outcomes.push(outcome))
  return { engine, outcomes }
}

/** A script that emits, and says what became of it. */
const emits = (on: string, what: string, needs = 'true'): string =>
  `export default { needs: { events: ${needs} }, on: { '${on}': async (payload, ctx) => { try { return await ${what} } catch (error) { return [error.code, error.message] } } } }`

const hears = (on: string): string => `export default { on: { '${on}': (payload, ctx) => [ctx.event, payload] } }`

for (const combination of COMBINATIONS.filter(({ name }) => name === 'quickjs-thread' || name === 'v8-process')) {
  test(`${combination.name}: an event that a script emits runs the scripts that handle it`, async () => {
    const policy = { version: 1, defaults: { ...PATIENT.defaults, allow: { events: ['stock.*'] } } }
    const { engine, outcomes } = await open(
      {
        'a.ts': emits('order', `ctx.events.emit('stock.low', { item: payload, at: new Date(5) })`),
        'b.ts': hears('stock.low'),
        'c.ts': hears('*'),
      },
      undefined,
      inCombination(combination, { policy }),
    )
    await using _closed = engine
    const { outcomes: direct } = await engine.emit('order', 7)
    assert.equal(
      direct.map(({ script, value }) => [script, value]),
      [
        ['a', 2],
        ['c', ['order', 7]],
      ],
    )
    await until(() => outcomes.length === 4, 'the runs that were set off')
    const further = outcomes.filter(({ event }) => event === 'stock.low')
    assert.equal(further.map(({ script }) => script).sort(), ['b', 'c'])
    for (const { value, causedBy } of further)
      assert.equal([value, causedBy], [['stock.low', { item: 7, at: new Date(5) }], direct[0]?.runId])
    assert.is(direct[0]?.causedBy, undefined)
  })
}

test('without the grant there is no ctx.events; what a grant does not name is refused', async () => {
  const { engine } = await open({ 'a.ts': emits('go', `ctx.events.emit(payload)`) }, ['stock.*', 'mail'])
  await using _closed = engine
  const said = async (event: string): Promise<unknown> => (await emitOne(engine, 'go', event)).value
  assert.is(await said('stock.low'), 0)
  assert.is(await said('mail'), 0)
  for (const event of ['stock', 'mail.sent', 'go', '', 'every 5m', 'Stock.low'])
    assert.equal(await said(event), [
      'EVENT_NOT_GRANTED',
      `"a" may not emit "${event}"; add it to its needs, and to "allow.events" in the policy.`,
    ])

  const denied = await open({ 'a.ts': emits('go', `ctx.events.emit('x')`) }, false)
  await using _denied = denied.engine
  assert.is((await emitOne(denied.engine, 'go')).status, 'denied')
})

test('a need is met with policy pattern by pattern', async () => {
  const { engine } = await open(
    { 'a.ts': emits('go', `ctx.events.emit(payload)`, `['stock.low', 'mail.*', 'other']`) },
    {
      names: ['stock.*', 'mail.sent'],
      depth: 2,
      perRun: 3,
    },
  )
  await using _closed = engine
  const [script] = engine.scripts()
  assert.equal(script?.grant, { events: { names: ['stock.low', 'mail.sent'], depth: 2, perRun: 3 } })
  assert.match(script?.warnings[0] ?? '', /asks for events: mail\.\*, other, which the policy does not grant/)
})

test('no event sets itself off: not directly, not through others, not through schedules', async () => {
  const { engine, outcomes } = await open({
    'self.ts': emits('self', `ctx.events.emit('self')`),
    'ping.ts': emits('ping', `ctx.events.emit('pong')`),
    'pong.ts': emits('pong', `ctx.events.emit('ping')`),
  })
  await using _closed = engine
  assert.equal((await emitOne(engine, 'self')).value, ['EVENT_LOOP', 'The event "self" would set itself off: self → self.'])
  assert.is((await emitOne(engine, 'ping')).value, 1)
  await until(() => outcomes.length === 3, 'pong')
  assert.equal(outcomes[2]?.value, ['EVENT_LOOP', 'The event "ping" would set itself off: ping → pong → ping.'])
})

test('events go as many steps as policy allows', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 12 }, (_, step) => [`s${step}.ts`, emits(`e${step}`, `ctx.events.emit('e${step + 1}')`)]),
  )
  for (const [allow, steps] of [
    [true, 3],
    [{ depth: 1 }, 1],
    [{ depth: 8 }, 8],
  ] as const) {
    const { engine, outcomes } = await open(files, allow)
    await using _closed = engine
    await engine.emit('e0', 0)
    await until(() => outcomes.length === steps + 1, `${steps} steps`)
    const last = outcomes.at(-1)
    assert.is(last?.event, `e${steps}`)
    assert.equal(last?.value, [
      'EVENT_TOO_DEEP',
      `The event "e${steps + 1}" would be ${steps + 1} steps away from the event that set it off; ${steps} are allowed ("allow.events.depth" in the policy).`,
    ])
  }
})

test('a run emits as many events as policy allows, however it goes about it', async () => {
  const { engine } = await open({
    'a.ts': `export default { needs: { events: true }, on: { go: async (n, ctx) => {
      const all = await Promise.allSettled(Array.from({ length: 12 }, () => ctx.events.emit('x')))
      return all.map(({ status, reason }) => reason?.code ?? status)
    } } }`,
  })
  await using _closed = engine
  for (const _ of [1, 2]) {
    const said = (await emitOne(engine, 'go')).value as string[]
    assert.is(said.filter((each) => each === 'fulfilled').length, 10)
    assert.is(said.filter((each) => each === 'EVENT_QUOTA_EXCEEDED').length, 2)
  }
})

test('one event of the host sets off a thousand others at most, however wide they spread', async () => {
  const wide = (on: string, next: string): string =>
    `export default { needs: { events: true }, on: { '${on}': async (payload, ctx) => { let sent = 0; for (let i = 0; i < 40; i++) { try { await ctx.events.emit('${next}'); sent++ } catch (error) { return [sent, error.code] } } return sent } } }`
  const { engine, outcomes } = await open({ 'a.ts': wide('a', 'b'), 'b.ts': wide('b', 'c') }, { perRun: 100 })
  await using _closed = engine
  await engine.emit('a', 0)
  await until(() => outcomes.length >= 41, 'all runs')
  assert.is(outcomes.length, 41)
  const storms = outcomes.filter(({ value }) => Array.isArray(value) && value[1] === 'EVENT_STORM').length
  const sent = outcomes.reduce((sum, { value }) => sum + Number(Array.isArray(value) ? value[0] : value), 0)
  assert.is(sent, 1_000)
  assert.ok(storms > 5)
})

test('events are held against the host’s schemas, and reach the tenant of the run alone', async () => {
  const known = defineEvents({ go: {}, order: { payload: z.object({ id: z.int() }) }, price: { kind: 'filter', payload: z.number() } })
  const { engine, outcomes } = await open(
    {
      'a.ts': `export default { needs: { events: true }, on: { go: async ([name, payload], ctx) => { try { return await ctx.events.emit(name, payload) } catch (error) { return [error.code, error.message] } } } }`,
      'b.ts': hears('order'),
    },
    true,
    { events: known },
  )
  await using _closed = engine
  const said = async (...payload: unknown[]): Promise<unknown> =>
    ((await engine.emit('go', payload, { tenant: 'acme' })).outcomes[0] as Outcome).value
  assert.is(await said('order', { id: 1, more: 2 }), 1)
  assert.match(String(await said('order', { id: 'x' })), /PAYLOAD_INVALID,The payload of "order" does not fit its schema at payload\.id/)
  assert.match(String(await said('ordr', {})), /EVENT_UNKNOWN,There is no event "ordr" in defineEvents\. Did you mean "order"\?/)
  assert.match(String(await said('price', 1)), /EVENT_KIND_MISMATCH/)
  assert.match(String(await said('every 5m', 1)), /EVENT_UNKNOWN/)
  await until(() => outcomes.filter(({ event }) => event === 'order').length === 1, 'the run')
  assert.equal(outcomes.find(({ event }) => event === 'order')?.value, ['order', { id: 1 }], 'as the schema makes it')
})

test('what the host lowered for its call holds for all that it sets off', async () => {
  const { engine, outcomes } = await open({
    'a.ts': emits('go', `ctx.events.emit('spin')`),
    'b.ts': `export default { on: { spin: async () => { await new Promise((wake) => setTimeout(wake, 50_000)) } } }`,
  })
  await using _closed = engine
  await engine.emit('go', 0, { limits: { wall: '2s' } })
  await until(() => outcomes.length === 2, 'both runs')
  assert.is(outcomes[1]?.status, 'wall_exceeded')
})

test('emitting does not wait for the scripts that are told, so a script of mode single can tell itself nothing of a deadlock', async () => {
  const { engine, outcomes } = await open({
    'a.ts': `export default { mode: 'queued', needs: { events: true }, on: { go: (_, ctx) => ctx.events.emit('next'), next: () => 'next' } }`,
  })
  await using _closed = engine
  expectStatus(await emitOne(engine, 'go'), 'ok')
  await until(() => outcomes.some(({ value }) => value === 'next'), 'the second handler')
})

test('one binding serves several engines', async () => {
  const shared = events()
  const first = await open({ 'a.ts': emits('go', `ctx.events.emit('x')`), 'b.ts': hears('x') }, true, { bindings: [shared] })
  const second = await open({ 'a.ts': emits('go', `ctx.events.emit('x')`) }, true, { bindings: [shared] })
  await using _first = first.engine
  await using _second = second.engine
  assert.equal([(await emitOne(first.engine, 'go')).value, (await emitOne(second.engine, 'go')).value], [1, 0])
})

test('patterns match what they say', () => {
  for (const [pattern, name, does] of [
    ['*', 'anything.at.all', true],
    ['a.*', 'a.b.c', true],
    ['a.*', 'a', false],
    ['*.deleted', 'order.deleted', true],
    ['a*b*c', 'abc', true],
    ['a*b*c', 'acb', false],
    ['ab*ba', 'aba', false],
    ['a', 'a', true],
    ['a', 'A', false],
    ['a.c', 'abc', false],
  ] as const)
    assert.is(isMatch(pattern, name), does, `${pattern} ${name}`)
  assert.is(patternFault('a.*'), undefined)
  for (const wrong of ['', 'x'.repeat(101), 'a\nb', 'every 5m', '****']) assert.ok(patternFault(wrong), wrong)
})

test('what is granted lies within what is asked and within what is allowed', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*'), minLength: 1, maxLength: 6 })
  const names = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 6 })
  const lists = fc.array(text, { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(lists, lists, names, (asked, allowed, name) => {
      const is = (patterns: readonly string[]): boolean => patterns.some((pattern) => isMatch(pattern, name))
      const { common, lost } = commonPatterns(asked, allowed)
      if (is(common)) assert.ok(is(asked) && is(allowed), JSON.stringify({ asked, allowed, common, name }))
      if (is(asked) && is(allowed) && lost.length === 0) assert.ok(is(common))
    }),
    { numRuns: 2_000 },
  )
})

test('a pattern is the same as its regular expression', () => {
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*'), minLength: 1, maxLength: 8 })
  const name = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 })
  fc.assert(
    fc.property(pattern, name, (glob, text) => {
      assert.is(isMatch(glob, text), new RegExp(`^${glob.replaceAll('*', '.*')}$`).test(text), `${glob} ${text}`)
    }),
    { numRuns: 5_000 },
  )
})

test.run()
