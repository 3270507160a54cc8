// What came of many runs, per script: counts by status, percentiles of time, sums and peaks of what they used.
import { OUTCOME_STATUSES, type Outcome, type OutcomeStatus } from '../engine/model/outcome.ts'

/** The runs of one script in numbers. */
export interface ScriptStatistics {
  readonly script: string
  readonly runs: number
  /** How often each status came, in the order of the statuses; those that never came are missing. */
  readonly statuses: { readonly [status in OutcomeStatus]?: number }
  /** Half of the runs took no longer than this, in milliseconds. */
  readonly wallMsP50: number
  /** 95 of 100 runs took no longer than this, in milliseconds. */
  readonly wallMsP95: number
  /** Of all runs together. */
  readonly cpuMs: number
  /** The highest peak of one run. */
  readonly memoryBytes: number
  /** Of all runs together. */
  readonly hostCalls: number
}

/** Adds outcomes up while they come in. Keeps one number per run, and no outcome. */
export class RunStatistics {
  readonly #tallies = new Map<string, Tally>()
  #runs = 0

  /** How many outcomes were added. */
  get runs(): number {
    return this.#runs
  }

  /** Whether there is an outcome of a script. */
  has(script: string): boolean {
    return this.#tallies.has(script)
  }

  add({ script, status, usage }: Pick<Outcome, 'script' | 'status' | 'usage'>): void {
    const tally = this.#tallies.get(script) ?? newTally()
    this.#tallies.set(script, tally)
    this.#runs++
    tally.statuses.set(status, (tally.statuses.get(status) ?? 0) + 1)
    tally.wallMs.push(usage.wallMs)
    tally.cpuMs += usage.cpuMs
    tally.memoryBytes = Math.max(tally.memoryBytes, usage.memoryBytes)
    tally.hostCalls += usage.hostCalls
  }

  /** One row for each script that ran, in order of id. */
  summarise(): ScriptStatistics[] {
    return [...this.#tallies].sort(([a], [b]) => (a < b ? -1 : 1)).map(([script, tally]) => summariseTally(script, tally))
  }
}

/**
 * The smallest of the values that at least `share` (above 0, up to 1) of them do not exceed: always one that was measured. 0 where there are none.
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.ceil(sorted.length * share) - 1] ?? 0
}

interface Tally {
  readonly statuses: Map<OutcomeStatus, number>
  readonly wallMs: number[]
  cpuMs: number
  memoryBytes: number
  hostCalls: number
}

function newTally(): Tally {
  return { statuses: new Map(), wallMs: [], cpuMs: 0, memoryBytes: 0, hostCalls: 0 }
}

function summariseTally(script: string, { statuses, wallMs, cpuMs, memoryBytes, hostCalls }: Tally): ScriptStatistics {
  return {
    script,
    runs: wallMs.length,
    statuses: Object.fromEntries(OUTCOME_STATUSES.flatMap((status) => (statuses.has(status) ? [[status, statuses.get(status)]] : []))),
    wallMsP50: toMicroseconds(percentile(wallMs, 0.5)),
    wallMsP95: toMicroseconds(percentile(wallMs, 0.95)),
    cpuMs: toMicroseconds(cpuMs),
    memoryBytes,
    hostCalls,
  }
}

/** Milliseconds to three places: what is behind them is noise. */
function toMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000
}
