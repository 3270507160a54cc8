// timeout: 300s
// How runs of one script meet: single, restart, queued, parallel; from the manifest and from the policy, on both runtimes.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type CreateEngineOptions, createEngine, type Engine, memoryStore, type Outcome } from '../../engine/index.ts'
import { COMBINATIONS, inCombination } from '../harness/combinations.ts'
import { type Door, makeDoor } from '../harness/door.ts'
import { expectStatus, PATIENT, until } from '../harness/engines.ts'

/** Waits at the door where it is told to, then answers. */
const script = (terms: string): string =>
  `export default { ${terms} needs: { door: true }, on: { go: async ({ n, waits }, ctx) => { if (waits) await ctx.door.pass(n); return n } } }`
const ALLOWING = { version: 1, defaults: { ...PATIENT.defaults, allow: { door: true } } }

interface Crew {
  readonly engine: Engine
  readonly door: Door
  /** Starts a run. */
  go(n: number, tenant?: string): Promise<Outcome>
  /** Starts a run that waits at the door. */
  hold(n: number, tenant?: string): Promise<Outcome>
  /** Waits until a run has come to the door. */
  untilHeld(n: number): Promise<void>
}

async function crew(source: string, options: CreateEngineOptions = {}): Promise<Crew> {
  const door = makeDoor()
  const scripts = memoryStore({ 'a.ts': source })
  const engine = await createEngine({ scripts, workers: 1, policy: ALLOWING, bindings: [door.binding], ...options })
  const start = async (payload: object, tenant?: string): Promise<Outcome> =>
    (await engine.emit('go', payload, { tenant })).outcomes[0] as Outcome
  return {
    engine,
    door,
    go: (n, tenant) => start({ n }, tenant),
    hold: (n, tenant) => start({ n, waits: true }, tenant),
    untilHeld: (n) => until(() => door.arrivals(n) > 0, `run ${n} comes to the door`),
  }
}

const statuses = async (runs: readonly Promise<Outcome>[]): Promise<unknown[]> =>
  (await Promise.all(runs)).map(({ status, value }) => value ?? status)

for (const combination of COMBINATIONS.filter(({ name }) => name === 'quickjs-thread' || name === 'v8-process')) {
  const { name } = combination
  const options = inCombination(combination, { policy: ALLOWING })
  test(`${name}: single leaves out a run while another one is under way`, async () => {
    const { engine, door, go, hold, untilHeld } = await crew(script(`mode: 'single',`), options)
    await using _closed = engine
    const first = hold(1)
    await untilHeld(1)
    const second = await go(2)
    expectStatus(second, 'queue_full', 'RUN_OVERLAPS')
    assert.is(second.error?.message, 'A run of "a" is still under way, and its mode is "single": this run was left out.')
    door.open(1)
    expectStatus(await first, 'ok')
    expectStatus(await go(3), 'ok')
  })

  test(`${name}: restart cancels the run under way and begins with the new one`, async () => {
    const { engine, go, hold, untilHeld } = await crew(script(`mode: 'restart',`), options)
    await using _closed = engine
    const first = hold(1)
    await untilHeld(1)
    const second = hold(2)
    const third = go(3)
    for (const replaced of [await first, await second]) {
      expectStatus(replaced, 'cancelled', 'RUN_REPLACED')
      assert.is(replaced.error?.message, 'A later run of "a" took its place: the mode is "restart".')
    }
    const last = await third
    expectStatus(last, 'ok')
    assert.is(last.value, 3)
  })

  test(`${name}: queued runs them one after another, in order, and bounds how many wait`, async () => {
    const { engine, door, go, hold } = await crew(script(`mode: 'queued', max: 2,`), options)
    await using _closed = engine
    const ended: unknown[] = []
    engine.on('run', ({ value, status }) => ended.push(value ?? status))
    const runs = [hold(1), go(2), go(3), go(4)]
    await runs[3]
    door.open(1)
    assert.equal(await statuses(runs), [1, 2, 3, 'queue_full'])
    assert.equal(ended, ['queue_full', 1, 2, 3])
  })

  test(`${name}: parallel runs as many at once as its max, and the others wait`, async () => {
    const { engine, door, go, hold, untilHeld } = await crew(script(`mode: 'parallel', max: 2,`), options)
    await using _closed = engine
    const ended: unknown[] = []
    engine.on('run', ({ value }) => ended.push(value))
    const runs = [hold(1), hold(2), go(3)]
    await Promise.all([untilHeld(1), untilHeld(2)])
    door.open(2)
    await until(() => ended.length === 2, 'the one that was let go, and the one that waited')
    door.open(1)
    await Promise.all(runs)
    assert.equal(ended, [2, 3, 1])
  })

  test(`${name}: a run that computes is replaced too`, async () => {
    const spin = `export default { mode: 'restart', needs: { door: true }, on: { go: async ({ n }, ctx) => { await ctx.door.pass(n); for (let i = 0; n === 1 || i < 1; i++); return n } } }`
    const defaults = { ...ALLOWING.defaults, limits: { cpu: '500ms', wall: '60s' } }
    const { engine, door, go, untilHeld } = await crew(spin, inCombination(combination, { policy: { version: 1, defaults } }))
    await using _closed = engine
    const first = go(1)
    await untilHeld(1)
    door.open(1)
    door.open(2)
    await new Promise((resolve) => setTimeout(resolve, 100)) // it computes by then, most likely
    const second = await go(2)
    expectStatus(second, 'ok')
    assert.ok(['cancelled', 'cpu_exceeded'].includes((await first).status), (await first).status)
  })
}

test('tenants do not meet: no one can cancel or hold up runs of another', async () => {
  for (const mode of ['single', 'restart', 'queued']) {
    const { engine, door, go, hold, untilHeld } = await crew(script(`mode: '${mode}',`))
    await using _closed = engine
    const acme = hold(1, 'acme')
    await untilHeld(1)
    const other = await go(2, 'other')
    expectStatus(other, 'ok')
    expectStatus(await go(3), 'ok')
    door.open(1)
    expectStatus(await acme, 'ok')
  }
})

test('policy says the mode of scripts that choose none, and the least strict one', async () => {
  const policy = (concurrency: object) => ({ version: 1, defaults: { ...ALLOWING.defaults, concurrency } })
  const plain = await crew(script(''), { policy: policy({ mode: 'single' }) })
  await using _plain = plain.engine
  const pair = [plain.hold(1), plain.go(2)]
  await pair[1]
  plain.door.open(1)
  assert.equal(await statuses(pair), [1, 'queue_full'])
  assert.is(plain.engine.scripts()[0]?.mode, 'single')

  const bold = await crew(script(`mode: 'parallel', max: 8,`), { policy: policy({ mode: 'queued', queue: 1 }) })
  await using _bold = bold.engine
  const three = [bold.hold(1), bold.go(2), bold.go(3)]
  await three[2]
  bold.door.open(1)
  assert.equal(await statuses(three), [1, 2, 'queue_full'])
  assert.match(bold.engine.scripts()[0]?.warnings[0] ?? '', /asks for the mode "parallel"; the policy's "concurrency.mode" grants "queued"/)

  const many = await crew(script(`mode: 'parallel', max: 8,`), { policy: policy({ max: 1, queue: 0 }) })
  await using _many = many.engine
  const two = [many.hold(1), many.go(2)]
  await two[1]
  many.door.open(1)
  assert.equal(await statuses(two), [1, 'queue_full'])
  assert.match(many.engine.scripts()[0]?.warnings[0] ?? '', /asks for a "max" of 8; the policy's "concurrency.max" grants 1/)
})

test('the mode of a new version counts as soon as it is loaded', async () => {
  const store = memoryStore({ 'a.ts': script('') })
  const { engine, door, go, hold, untilHeld } = await crew('', { scripts: store })
  await using _closed = engine
  const first = hold(1)
  await untilHeld(1)
  store.write('a.ts', script(`mode: 'queued',`))
  await engine.reload()
  expectStatus(await go(2), 'ok')
  door.open(1)
  expectStatus(await first, 'ok')
})

test('a run that waits can be cancelled, runs out of time, and lets the next one pass', async () => {
  const { engine, door, go, hold, untilHeld } = await crew(script(`mode: 'queued',`))
  await using _closed = engine
  const first = hold(1)
  const controller = new AbortController()
  const second = engine.emit('go', { n: 2 }, { signal: controller.signal })
  const third = engine.emit('go', { n: 3 }, { limits: { wall: '100ms' } })
  const fourth = go(4)
  await untilHeld(1)
  controller.abort('changed my mind')
  assert.is((await second).outcomes[0]?.status, 'cancelled')
  assert.is((await third).outcomes[0]?.status, 'wall_exceeded')
  door.open(1)
  assert.equal(await statuses([first, fourth]), [1, 4])
})

test('code that is evaluated meets its own kind only', async () => {
  await using engine = await createEngine({ policy: PATIENT })
  const code = (n: number): string =>
    `export default { mode: 'restart', on: { go: async () => { await new Promise((wake) => setTimeout(wake, 300)); return ${n} } } }`
  assert.equal(
    (await Promise.all([engine.evaluate(code(1)), engine.evaluate(code(2))])).map(({ value }) => value),
    [1, 2],
  )
})

test('nothing is left of runs that met', async () => {
  const { engine, go, hold } = await crew(script(`mode: 'restart',`))
  await using _closed = engine
  const runs = Array.from({ length: 50 }, (_, n) => (n === 49 ? go(n) : hold(n)))
  const ended = await Promise.all(runs)
  assert.equal(ended.filter(({ status }) => status === 'ok').length, 1)
  assert.is(ended.at(-1)?.value, 49)
  let isIdle = false
  void go(50).then(({ status }) => {
    isIdle = status === 'ok'
  })
  await until(() => isIdle, 'the next run')
})

test.run()
