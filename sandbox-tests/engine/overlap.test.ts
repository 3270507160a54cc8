// How runs of one script meet: single, restart, queued, parallel; from the manifest and from the policy, on both runtimes.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type CreateEngineOptions, createEngine, type Engine, memoryStore, type Outcome } from '../../engine/index.ts'
import { COMBINATIONS, inCombination } from '../harness/combinations.ts'
import { expectStatus, PATIENT, until } from '../harness/engines.ts'

const SLEEP = 'new Promise((wake) => setTimeout(wake, ms))'
/** Sleeps for as long as it is told, then answers. */
const script = (terms: string): string => `export default { ${terms} on: { go: async ({ ms, n }) => { await ${SLEEP}; return n } } }`

interface Crew {
  readonly engine: Engine
  /** Starts a run; it has begun or waits when this returns. */
  go(n: number, ms?: number, tenant?: string): Promise<Outcome>
}

async function crew(source: string, options: CreateEngineOptions = {}): Promise<Crew> {
  const engine = await createEngine({ scripts: memoryStore({ 'a.ts': source }), workers: 1, policy: PATIENT, ...options })
  const go: Crew['go'] = async (n, ms = 300, tenant) => (await engine.emit('go', { n, ms }, { tenant })).outcomes[0] as Outcome
  return { engine, go }
}

const statuses = async (runs: readonly Promise<Outcome>[]): Promise<unknown[]> =>
  (await Promise.all(runs)).map(({ status, value }) => value ?? status)
const soon = (ms = 100): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

for (const combination of COMBINATIONS.filter(({ name }) => name === 'quickjs-thread' || name === 'v8-process')) {
  const { name } = combination
  test(`${name}: single leaves out a run while another one is under way`, async () => {
    const { engine, go } = await crew(script(`mode: 'single',`), inCombination(combination))
    await using _closed = engine
    const first = go(1)
    await soon()
    const second = await go(2)
    expectStatus(second, 'queue_full', 'RUN_OVERLAPS')
    assert.is(second.error?.message, 'A run of "a" is still under way, and its mode is "single": this run was left out.')
    expectStatus(await first, 'ok')
    expectStatus(await go(3, 1), 'ok')
  })

  test(`${name}: restart cancels the run under way and begins with the new one`, async () => {
    const { engine, go } = await crew(script(`mode: 'restart',`), inCombination(combination))
    await using _closed = engine
    const first = go(1, 20_000)
    await soon()
    const second = go(2, 20_000)
    const third = go(3, 1)
    for (const replaced of [await first, await second]) {
      expectStatus(replaced, 'cancelled', 'RUN_REPLACED')
      assert.is(replaced.error?.message, 'A later run of "a" took its place: the mode is "restart".')
    }
    const last = await third
    expectStatus(last, 'ok')
    assert.is(last.value, 3)
  })

  test(`${name}: queued runs them one after another, in order, and bounds how many wait`, async () => {
    const { engine, go } = await crew(script(`mode: 'queued', max: 2,`), inCombination(combination))
    await using _closed = engine
    const ended: unknown[] = []
    engine.on('run', ({ value, status }) => ended.push(value ?? status))
    const runs = [go(1, 200), go(2, 1), go(3, 1), go(4, 1)]
    assert.equal(await statuses(runs), [1, 2, 3, 'queue_full'])
    assert.equal(ended, ['queue_full', 1, 2, 3])
  })

  test(`${name}: parallel runs as many at once as its max, and the others wait`, async () => {
    const { engine, go } = await crew(script(`mode: 'parallel', max: 2,`), inCombination(combination))
    await using _closed = engine
    const ended: unknown[] = []
    engine.on('run', ({ value }) => ended.push(value))
    await Promise.all([go(1, 600), go(2, 300), go(3, 1)])
    assert.equal(ended, [2, 3, 1])
  })

  test(`${name}: a run that computes is replaced too`, async () => {
    const spin = `export default { mode: 'restart', on: { go: ({ n }) => { for (let i = 0; n === 1 || i < 1; i++); return n } } }`
    const { engine, go } = await crew(
      spin,
      inCombination(combination, { policy: { version: 1, defaults: { limits: { cpu: '500ms', wall: '60s' } } } }),
    )
    await using _closed = engine
    const first = go(1)
    await soon(300)
    const second = await go(2)
    expectStatus(second, 'ok')
    assert.ok(['cancelled', 'cpu_exceeded'].includes((await first).status), (await first).status)
  })
}

test('tenants do not meet: no one can cancel or hold up runs of another', async () => {
  for (const mode of ['single', 'restart', 'queued']) {
    const { engine, go } = await crew(script(`mode: '${mode}',`))
    await using _closed = engine
    const acme = go(1, 400, 'acme')
    await soon(50)
    const other = await go(2, 1, 'other')
    expectStatus(other, 'ok')
    expectStatus(await go(3, 1), 'ok')
    expectStatus(await acme, 'ok')
  }
})

test('policy says the mode of scripts that choose none, and the least strict one', async () => {
  const policy = (concurrency: object) => ({ version: 1, defaults: { ...PATIENT.defaults, concurrency } })
  const plain = await crew(script(''), { policy: policy({ mode: 'single' }) })
  await using _plain = plain.engine
  assert.equal(await statuses([plain.go(1), plain.go(2)]), [1, 'queue_full'])
  assert.is(plain.engine.scripts()[0]?.mode, 'single')

  const bold = await crew(script(`mode: 'parallel', max: 8,`), { policy: policy({ mode: 'queued', queue: 1 }) })
  await using _bold = bold.engine
  assert.equal(await statuses([bold.go(1), bold.go(2, 1), bold.go(3, 1)]), [1, 2, 'queue_full'])
  assert.match(bold.engine.scripts()[0]?.warnings[0] ?? '', /asks for the mode "parallel"; the policy's "concurrency.mode" grants "queued"/)

  const many = await crew(script(`mode: 'parallel', max: 8,`), { policy: policy({ max: 1, queue: 0 }) })
  await using _many = many.engine
  assert.equal(await statuses([many.go(1), many.go(2)]), [1, 'queue_full'])
  assert.match(many.engine.scripts()[0]?.warnings[0] ?? '', /asks for a "max" of 8; the policy's "concurrency.max" grants 1/)
})

test('the mode of a new version counts as soon as it is loaded', async () => {
  const store = memoryStore({ 'a.ts': script('') })
  await using engine = await createEngine({ scripts: store, workers: 1, policy: PATIENT })
  const go = async (n: number, ms: number): Promise<Outcome> => (await engine.emit('go', { n, ms })).outcomes[0] as Outcome
  const first = go(1, 2_000)
  await soon()
  store.write('a.ts', script(`mode: 'queued',`))
  await engine.reload()
  expectStatus(await go(2, 1), 'ok')
  expectStatus(await first, 'ok')
})

test('a run that waits can be cancelled, runs out of time, and lets the next one pass', async () => {
  const { engine, go } = await crew(script(`mode: 'queued',`))
  await using _closed = engine
  const first = go(1, 600)
  const controller = new AbortController()
  const second = engine.emit('go', { n: 2, ms: 1 }, { signal: controller.signal })
  const third = engine.emit('go', { n: 3, ms: 1 }, { limits: { wall: '100ms' } })
  const fourth = go(4, 1)
  await soon()
  controller.abort('changed my mind')
  assert.is((await second).outcomes[0]?.status, 'cancelled')
  assert.is((await third).outcomes[0]?.status, 'wall_exceeded')
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
  const { engine, go } = await crew(script(`mode: 'restart',`))
  await using _closed = engine
  const runs = Array.from({ length: 50 }, (_, n) => go(n, n === 49 ? 1 : 5_000))
  const ended = await Promise.all(runs)
  assert.equal(ended.filter(({ status }) => status === 'ok').length, 1)
  assert.is(ended.at(-1)?.value, 49)
  let isIdle = false
  void go(50, 1).then(({ status }) => {
    isIdle = status === 'ok'
  })
  await until(() => isIdle, 'the next run')
})

test.run()
