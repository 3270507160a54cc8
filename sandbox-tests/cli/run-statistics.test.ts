import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { percentile, RunStatistics } from '../../cli/run-statistics.ts'
import type { OutcomeStatus } from '../../engine/model/outcome.ts'
import { NO_USAGE, type Usage } from '../../engine/model/usage.ts'

const outcome = (script: string, status: OutcomeStatus, usage: Partial<Usage> = {}) => ({
  script,
  status,
  usage: { ...NO_USAGE, ...usage },
})

test('without a run there is nothing to tell', () => {
  const statistics = new RunStatistics()
  assert.is(statistics.runs, 0)
  assert.equal(statistics.summarise(), [])
})

test('each script has a row of its own, in order of id', () => {
  const statistics = new RunStatistics()
  for (const script of ['b', 'a', 'a/c', 'b']) statistics.add(outcome(script, 'ok'))
  assert.equal(
    statistics.summarise().map(({ script, runs }) => [script, runs]),
    [
      ['a', 1],
      ['a/c', 1],
      ['b', 2],
    ],
  )
  assert.is(statistics.runs, 4)
})

test('statuses are counted in the order of the statuses, and only those that came', () => {
  const statistics = new RunStatistics()
  for (const status of ['quarantined', 'ok', 'cpu_exceeded', 'ok'] as const) statistics.add(outcome('a', status))
  const [row] = statistics.summarise()
  assert.is(JSON.stringify(row?.statuses), '{"ok":2,"cpu_exceeded":1,"quarantined":1}')
})

test('CPU and host calls are sums, memory is a peak, times are percentiles', () => {
  const statistics = new RunStatistics()
  for (let run = 1; run <= 20; run++) {
    statistics.add(outcome('a', 'ok', { cpuMs: 0.1, wallMs: run, memoryBytes: run === 7 ? 900 : 100, hostCalls: 2 }))
  }
  assert.equal(statistics.summarise(), [
    { script: 'a', runs: 20, statuses: { ok: 20 }, wallMsP50: 10, wallMsP95: 19, cpuMs: 2, memoryBytes: 900, hostCalls: 40 },
  ])
})

test('a percentile is one of the values, and at least that share of them is not above it', () => {
  const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 })
  fc.assert(
    fc.property(values, fc.double({ min: 0.01, max: 1, noNaN: true }), (measured, share) => {
      const found = percentile(measured, share)
      const notAbove = measured.filter((value) => value <= found).length
      const below = measured.filter((value) => value < found).length
      return measured.includes(found) && notAbove >= measured.length * share && below < measured.length * share
    }),
  )
})

test('a percentile leaves its values in their order, and is 0 without values', () => {
  const values = [3, 1, 2]
  assert.is(percentile(values, 0.5), 2)
  assert.is(percentile(values, 1), 3)
  assert.equal(values, [3, 1, 2])
  assert.is(percentile([], 0.5), 0)
})

test.run()
