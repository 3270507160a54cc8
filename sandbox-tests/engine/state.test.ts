// timeout: 300s
// What is kept between events and what is not: module state, tenants, concurrency, two engines side by side.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { defineBinding, type Outcome } from '../../engine/index.ts'
import { makeDoor } from '../harness/door.ts'
import { emitOne, expectStatus, openEngine, PATIENT, PLACEMENTS, until } from '../harness/engines.ts'

const COUNTER = `
  let count = 0
  const kept = []
  export default { on: {
    count: () => ++count,
    slow: async () => { const before = count; await new Promise((r) => setTimeout(r, 20)); return count = before + 1 },
    throws: () => { count += 100; throw new Error('no') },
    loop: () => { count += 100; for (;;) {} },
    memory: () => { count += 100; for (;;) kept.push('x'.repeat(100_000) + kept.length) },
    hoard: (n) => { kept.push('x'.repeat(n)); return kept.length },
    timers: () => { setInterval(() => { count += 1000 }, 1); Promise.resolve().then(() => { count += 1000 }); return ++count },
    wait: (ms) => new Promise((r) => setTimeout(r, ms)),
  } }
`
const KEEPS = { version: 1, defaults: { ...PATIENT.defaults, isolation: 'script' } }

for (const placement of PLACEMENTS) {
  test(`${placement}: isolation event begins every run in a brand-new sandbox`, async () => {
    await using engine = await openEngine({ 'c.ts': COUNTER }, { placement, workers: 2 })
    const values = await Promise.all(Array.from({ length: 20 }, async () => (await emitOne(engine, 'count')).value))
    assert.equal(new Set(values), new Set([1]))
    await emitOne(engine, 'throws')
    await emitOne(engine, 'loop', 0, { limits: { cpu: '5ms' } })
    await emitOne(engine, 'memory')
    assert.is((await emitOne(engine, 'count')).value, 1)
  })

  test(`${placement}: isolation script keeps module state, one run at a time`, async () => {
    await using engine = await openEngine({ 'c.ts': COUNTER }, { placement, workers: 2, policy: KEEPS })
    for (let i = 1; i <= 5; i++) {
      const outcome = await emitOne(engine, 'count')
      assert.equal([outcome.value, outcome.stateLost], [i, undefined])
    }
    const slow = await Promise.all(Array.from({ length: 5 }, () => emitOne(engine, 'slow')))
    assert.equal(
      slow.map(({ value }) => value),
      [6, 7, 8, 9, 10],
    )
    expectStatus(await emitOne(engine, 'throws'), 'exception')
    assert.is((await emitOne(engine, 'count')).value, 111, 'a handler that throws leaves what it did')
  })

  test(`${placement}: a run that is cut returns the state to its image, and says so`, async () => {
    await using engine = await openEngine({ 'c.ts': COUNTER }, { placement, policy: KEEPS })
    for (const [event, status, limits] of [
      ['loop', 'cpu_exceeded', { cpu: '5ms' }],
      ['memory', 'memory_exceeded', {}],
      ['wait', 'wall_exceeded', { wall: '2s' }], // long enough to begin, whatever the machine does
    ] as const) {
      assert.is((await emitOne(engine, 'count')).value, 1)
      const cut = await emitOne(engine, event, 10_000, { limits })
      expectStatus(cut, status)
      assert.is(cut.stateLost, true)
    }
    assert.is((await emitOne(engine, 'count')).stateLost, undefined, 'it is told once')
  })

  test(`${placement}: runs that wait for a state end in time, and the state never hears of them`, async () => {
    const door = makeDoor()
    const policy = { version: 1, defaults: { ...KEEPS.defaults, allow: { door: true } } }
    const source =
      'let count = 0; export default { needs: { door: true }, on: { count: () => ++count, wait: (_, ctx) => ctx.door.pass(1) } }'
    await using engine = await openEngine({ 'c.ts': source }, { placement, workers: 1, policy, bindings: [door.binding] })
    assert.is((await emitOne(engine, 'count')).value, 1)
    const long = emitOne(engine, 'wait')
    const controller = new AbortController()
    const short = Array.from({ length: 20 }, () => emitOne(engine, 'count', 0, { limits: { wall: '60ms' } }))
    const unwanted = emitOne(engine, 'count', 0, { signal: controller.signal })
    const patient = emitOne(engine, 'count')
    await until(() => door.arrivals(1) === 1, 'the long run has the state')
    controller.abort()
    for (const outcome of await Promise.all(short)) {
      expectStatus(outcome, 'wall_exceeded')
      assert.is(outcome.stateLost, undefined)
    }
    const cancelled = await unwanted
    assert.equal([cancelled.status, cancelled.stateLost], ['cancelled', undefined])
    door.open(1)
    assert.is((await long).status, 'ok')
    const last = await patient
    assert.equal([last.value, last.stateLost], [2, undefined])
  })

  test(`${placement}: many runs of a state take their turns in order, also when one of them is cut`, async () => {
    await using engine = await openEngine({ 'c.ts': COUNTER }, { placement, workers: 2, policy: KEEPS })
    const events = Array.from({ length: 100 }, (_, i) => (i === 50 ? 'loop' : 'count'))
    const outcomes = await Promise.all(events.map((event) => emitOne(engine, event, 0, event === 'loop' ? { limits: { cpu: '5ms' } } : {})))
    assert.equal(
      outcomes.map(({ value }) => value),
      events.map((_, i) => (i < 50 ? i + 1 : i === 50 ? undefined : i - 50)),
    )
    assert.equal(
      outcomes.flatMap(({ stateLost }, i) => (stateLost === true ? [i] : [])),
      [50],
    )
  })

  test(`${placement}: what a run leaves behind never runs in the next one`, async () => {
    await using engine = await openEngine({ 'c.ts': COUNTER }, { placement, policy: KEEPS })
    assert.is((await emitOne(engine, 'timers')).value, 1)
    await new Promise((resolve) => setTimeout(resolve, 30))
    assert.is((await emitOne(engine, 'count')).value, 2)
    assert.is((await emitOne(engine, 'wait', 20)).status, 'ok')
    assert.is((await emitOne(engine, 'count')).value, 3)
  })

  test(`${placement}: a state that leaves calls and timers behind in every run does not fill up with them`, async () => {
    const host = defineBinding('host', { tell: { input: z.tuple([z.string()]), output: z.void(), handler: () => undefined } })
    await using engine = await openEngine(
      {
        'a.ts': `let count = 0
          export default { needs: { host: true }, on: { go: (n, ctx) => { void ctx.host.tell('x'.repeat(500)); setTimeout(() => n, 1000, 'y'.repeat(500)); return ++count } } }`,
      },
      {
        placement,
        bindings: [host],
        policy: {
          version: 1,
          defaults: { ...KEEPS.defaults, limits: { ...PATIENT.defaults.limits, memory: '512KiB' }, allow: { host: true } },
        },
      },
    )
    let last = await emitOne(engine, 'go')
    for (let i = 0; i < 1_500; i++) last = await emitOne(engine, 'go')
    assert.is(last.value, 1_501, JSON.stringify(last.error))
  })

  test(`${placement}: each tenant has a state of its own; many of them are kept`, async () => {
    await using engine = await openEngine({ 'c.ts': COUNTER }, { placement, workers: 2, policy: KEEPS })
    for (let round = 1; round <= 3; round++)
      for (let tenant = 0; tenant < 20; tenant++)
        assert.is((await emitOne(engine, 'count', 0, { tenant: `t${tenant}` })).value, round, `tenant ${tenant}, round ${round}`)
    assert.is((await emitOne(engine, 'count')).value, 1, 'no tenant is one of its own')
  })

  test(`${placement}: a state outlives calls with other memory limits, and each limit holds`, async () => {
    await using engine = await openEngine({ 'c.ts': COUNTER }, { placement, policy: KEEPS })
    const small = { limits: { memory: '1MiB' } }
    assert.is((await emitOne(engine, 'hoard', 1_000)).value, 1)
    assert.is((await emitOne(engine, 'hoard', 1_000, small)).value, 2)
    assert.is((await emitOne(engine, 'hoard', 1_000, { limits: { memory: '2MiB' } })).value, 3)
    const large = await emitOne(engine, 'hoard', 12_000_000)
    assert.is(large.value, 4, 'the whole of the default limit is there again')
    assert.ok(large.usage.memoryBytes < 16.1 * 1024 * 1024)
    const over = await emitOne(engine, 'hoard', 1_000, small)
    expectStatus(over, 'memory_exceeded')
    assert.is(over.stateLost, true, 'a state that is larger than the limit cannot go on')
    assert.is((await emitOne(engine, 'hoard', 1_000, small)).value, 1)
    expectStatus(await emitOne(engine, 'hoard', 2_000_000, small), 'memory_exceeded')
  })

  test(`${placement}: concurrency.max bounds the runs of a script; a thousand may wait, no more`, async () => {
    let running = 0
    let most = 0
    const gauge = defineBinding('gauge', {
      hold: {
        input: z.tuple([]),
        output: z.void(),
        handler: async () => {
          most = Math.max(most, ++running)
          await new Promise((resolve) => setTimeout(resolve, 1))
          running--
        },
      },
    })
    const policy = { version: 1, defaults: { limits: { wall: '60s', cpu: '2s' }, concurrency: { max: 3 }, allow: { gauge: true } } }
    await using engine = await openEngine(
      {
        'a.ts': 'export default { needs: { gauge: true }, on: { go: (n, ctx) => ctx.gauge.hold() } }',
        'b.ts': 'export default { on: { ping: () => 1 } }',
      },
      { placement, policy, bindings: [gauge], workers: 2 },
    )
    const runs: Promise<Outcome>[] = []
    for (let i = 0; i < 1_005; i++) runs.push(emitOne(engine, 'go'))
    expectStatus(await emitOne(engine, 'ping'), 'ok')
    const outcomes = await Promise.all(runs)
    const full = outcomes.filter(({ status }) => status === 'queue_full')
    assert.is(full.length, 2)
    assert.is(full[0]?.error?.code, 'QUEUE_FULL')
    assert.is(outcomes.filter(({ status }) => status === 'ok').length, 1_003)
    assert.is(most, 3)
  })

  test(`${placement}: two engines share nothing`, async () => {
    const note = (seen: unknown[]) =>
      defineBinding('note', { add: { input: z.tuple([z.number()]), output: z.void(), handler: (_call, n) => void seen.push(n) } })
    const script =
      'let n = 0\nexport default { needs: { note: true }, on: { go: async (p, ctx) => { await ctx.note.add(++n); globalThis.leak = n; return [n, globalThis.leak] } } }'
    const policy = { version: 1, defaults: { ...PATIENT.defaults, isolation: 'script', allow: { note: true } } }
    const [seenByA, seenByB]: unknown[][] = [[], []]
    await using a = await openEngine({ 's.ts': script }, { placement, policy, bindings: [note(seenByA as unknown[])] })
    await using b = await openEngine({ 's.ts': script }, { placement, policy, bindings: [note(seenByB as unknown[])] })
    await emitOne(a, 'go')
    await emitOne(a, 'go')
    assert.equal((await emitOne(b, 'go')).value, [1, 1])
    assert.equal([seenByA, seenByB], [[1, 2], [1]])
    await a.close()
    assert.equal((await emitOne(b, 'go')).value, [2, 2])
  })
}

test.run()
