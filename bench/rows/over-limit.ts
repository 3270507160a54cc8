// How long a run that is over its limit still takes, and what its end costs its neighbours.
import { createEngine, type Engine, memoryStore } from '../../engine/index.ts'
import { expectOk } from '../expect-ok.ts'
import { median, quantile } from '../measure.ts'
import type { Row } from '../row.ts'

const CPU_MS = 50
const INTERRUPTIBLE_RUNS = 100
const KILLS = 30

const LOOP = 'export default { on: { busy() { for (;;); } } }'
const NEIGHBOUR = 'export default { on: { hello() { return 1 } } }'

/** What no engine looks at its limits in. */
const DIGITS = '(2n ** 1000000n).toString().length'
const FILL = 'new Array(1e9).fill(0).length'

const HOMES = {
  'quickjs, thread': { policy: {}, native: DIGITS },
  'quickjs, process': { policy: { placement: 'process' }, native: DIGITS },
  'v8, process': { policy: { runtime: 'v8' }, native: FILL },
} as const
type Home = keyof typeof HOMES

/** What an engine can interrupt. */
export const interruptible: Row = {
  what: 'over-limit run that can be interrupted: from the limit to the outcome, p99 of 100, the slowest of all combinations',
  must: { at: 'most', value: 60 },
  measure: () =>
    slowest(async (engine) => {
      const times: number[] = []
      for (let i = 0; i < INTERRUPTIBLE_RUNS; i++) times.push(await overrun(engine, 'busy'))
      return times
    }),
}

/** What needs a kill. */
export const uninterruptible: Row = {
  what: 'over-limit run that must be killed: from the limit to the outcome, p99 of 30, the slowest of all combinations',
  must: { at: 'most', value: 150 },
  measure: () =>
    slowest(async (engine) => {
      const times: number[] = []
      for (let i = 0; i < KILLS; i++) {
        times.push(await overrun(engine, `busy.${i}`))
        expectOk(await engine.emit('hello', null)) // a runner is there again
      }
      return times
    }),
}

/** From the kill to the next outcome of another script. */
export const afterKill: Row = {
  what: 'a runner is killed: until the next outcome of another script, median of 15, the slowest of all combinations',
  measure: () =>
    slowest(async (engine) => {
      const times: number[] = []
      for (let i = 0; i < KILLS; i += 2) {
        await engine.emit(`busy.${i}`, null)
        const before = performance.now()
        expectOk(await engine.emit('hello', null))
        times.push(performance.now() - before)
      }
      return times
    }, median),
}

/** Milliseconds from the limit to the outcome. */
async function overrun(engine: Engine, event: string): Promise<number> {
  const before = performance.now()
  const { outcomes } = await engine.emit(event, null)
  const took = performance.now() - before
  const status = outcomes[0]?.status
  if (status !== 'cpu_exceeded' && status !== 'memory_exceeded') throw new Error(`${event} ended as ${status}`)
  return Math.max(0, took - CPU_MS)
}

async function slowest(measure: (engine: Engine) => Promise<number[]>, figure = (times: readonly number[]) => quantile(times, 0.99)) {
  const parts: Record<string, number> = {}
  for (const home of Object.keys(HOMES) as Home[]) {
    const { policy, native } = HOMES[home]
    // A script for each kill: a second one would put it in quarantine.
    const natives = Array.from({ length: KILLS }, (_, i) => [
      `native-${i}.ts`,
      `export default { name: 'Native ${i}', on: { 'busy.${i}'() { return ${native} } } }`,
    ])
    const scripts = memoryStore({
      'busy.ts': LOOP,
      'neighbour.ts': NEIGHBOUR,
      ...Object.fromEntries(natives),
    })
    const limits = { cpu: `${CPU_MS}ms` }
    await using engine = await createEngine({ scripts, policy: { version: 1, defaults: { ...policy, limits } }, workers: 1 })
    expectOk(await engine.emit('hello', null))
    parts[home] = figure(await measure(engine))
  }
  return { value: Math.max(...Object.values(parts)), unit: 'ms' as const, parts }
}
