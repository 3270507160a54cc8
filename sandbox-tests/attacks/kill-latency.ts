// How long the end of a run takes once it is over a limit: taken by attacks that are measured, printed for each combination, and kept where the environment
// variable KILL_LATENCIES names a file.
import { appendFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import type { Outcome } from '../../engine/model/outcome.ts'
import type { Combination } from '../harness/combinations.ts'
import type { Attack } from './attack.ts'

/** A busy machine may take a while; without any kill it would be minutes. */
const LONGEST_MS = 30_000
const DEFAULT_CPU_MS = 50

/** One event of a measured attack. */
export interface Measurement {
  readonly combination: Combination['name']
  readonly attack: string
  /** The how-manieth event. */
  readonly event: number
  readonly status: Outcome['status']
  /** From sending the event to having its outcome. */
  readonly ms: number
  /** From the limit to the outcome; undefined where the limit is not one of time. */
  readonly overMs?: number
}

const measurements: Measurement[] = []

/** Takes note of one event. Fails where it took absurdly long. */
export function measured(
  where: Pick<Measurement, 'combination' | 'attack' | 'event'>,
  attack: Attack,
  { status }: Outcome,
  ms: number,
): void {
  const overMs = status === 'cpu_exceeded' ? ms - cpuLimitMs(attack) : undefined
  const measurement = { ...where, status, ms: round(ms), ...(overMs === undefined ? {} : { overMs: round(overMs) }) }
  measurements.push(measurement)
  assert.ok((overMs ?? ms) < LONGEST_MS, `${where.attack}: ${Math.round(ms)} ms until ${status}`)
}

/** Prints what was measured on a combination, one line an attack, and forgets it. */
export function tellMeasurements(combination: Combination): void {
  const own = measurements.filter(({ combination: name }) => name === combination.name)
  const file = process.env['KILL_LATENCIES']
  if (file !== undefined) appendFileSync(file, own.map((each) => `${JSON.stringify(each)}\n`).join(''))
  for (const [attack, events] of Object.entries(Object.groupBy(own, (each) => each.attack))) {
    const told = (events ?? []).map(({ status, ms, overMs }) =>
      overMs === undefined ? `${status} after ${ms} ms` : `${status} + ${overMs} ms`,
    )
    console.log(`# ${combination.name}: ${attack}: ${told.join(', ')}`)
  }
  for (const each of own) measurements.splice(measurements.indexOf(each), 1)
}

function cpuLimitMs({ policy }: Attack): number {
  const limit = policy?.limits?.['cpu']
  if (limit === undefined) return DEFAULT_CPU_MS
  const [, amount = '', unit] = /^(\d+)(ms|s)$/.exec(String(limit)) ?? []
  return Number(amount) * (unit === 's' ? 1_000 : 1)
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10
}
