// The runs that `dev` saw: the latest of them, and figures for each script.
import type { Outcome } from '../../engine/index.ts'
import { percentile } from '../run-statistics.ts'

/** An event that `dev` sent, so that it can be sent again. */
export interface Shot {
  readonly event: string
  readonly payload: unknown
  /** The one script that it was for; undefined for all that handle it. */
  readonly script: string | undefined
  /** Where the payload came from, in words. */
  readonly from: string
}

/** One run. */
export interface RunEntry {
  /** When it ended, in milliseconds since 1970. */
  readonly at: number
  readonly outcome: Outcome
  /** Undefined for a run that somebody else caused: a schedule, or a script that emitted an event. */
  readonly shot: Shot | undefined
}

/** The runs of one script in numbers. */
export interface RunFigures {
  readonly runs: number
  readonly ok: number
  /** Half of the latest runs took no longer, in milliseconds. */
  readonly wallMsP50: number
}

interface Tally {
  runs: number
  ok: number
  /** Of the latest runs. */
  readonly wallMs: number[]
}

const MOST_RUNS = 500
/** Of results and logs, all runs together. */
const MOST_BYTES = 16 * 1024 * 1024
/** Durations that a figure is made from. */
const MOST_DURATIONS = 100
const NONE: RunFigures = Object.freeze({ runs: 0, ok: 0, wallMsP50: 0 })

/** See the head of the file. */
export class RunHistory {
  /** The latest last. */
  readonly #entries: RunEntry[] = []
  readonly #tallies = new Map<string, Tally>()
  #bytes = 0

  /** The latest runs, the latest first. */
  latest(count: number): RunEntry[] {
    return count <= 0 ? [] : this.#entries.slice(-count).toReversed()
  }

  get(runId: string): RunEntry | undefined {
    return this.#entries.findLast(({ outcome }) => outcome.runId === runId)
  }

  add(entry: RunEntry): void {
    this.#entries.push(entry)
    this.#bytes += bytesOf(entry)
    this.#forgetOldest()
    const { script, status, usage } = entry.outcome
    const tally = this.#tallies.get(script) ?? { runs: 0, ok: 0, wallMs: [] }
    this.#tallies.set(script, tally)
    tally.runs++
    if (status === 'ok') tally.ok++
    tally.wallMs.push(usage.wallMs)
    if (tally.wallMs.length > MOST_DURATIONS) tally.wallMs.shift()
  }

  /** Puts what became known of a run in place of what was known: its shot, and what the event's schema says of its result. */
  amend(entry: RunEntry): void {
    const index = this.#entries.findLastIndex(({ outcome }) => outcome.runId === entry.outcome.runId)
    const before = this.#entries[index]
    if (before === undefined) return
    this.#entries[index] = entry
    this.#bytes += bytesOf(entry) - bytesOf(before)
    const tally = this.#tallies.get(entry.outcome.script)
    if (tally !== undefined && before.outcome.status === 'ok' && entry.outcome.status !== 'ok') tally.ok--
  }

  figures(script: string): RunFigures {
    const tally = this.#tallies.get(script)
    return tally === undefined ? NONE : { runs: tally.runs, ok: tally.ok, wallMsP50: percentile(tally.wallMs, 0.5) }
  }

  /** Of all scripts together. */
  get total(): { readonly runs: number; readonly ok: number } {
    const all = [...this.#tallies.values()]
    return { runs: all.reduce((sum, { runs }) => sum + runs, 0), ok: all.reduce((sum, { ok }) => sum + ok, 0) }
  }

  clear(): void {
    this.#entries.length = 0
    this.#bytes = 0
    this.#tallies.clear()
  }

  /** The latest run stays, however large it is. */
  #forgetOldest(): void {
    while (this.#entries.length > MOST_RUNS || (this.#bytes > MOST_BYTES && this.#entries.length > 1)) {
      const oldest = this.#entries.shift()
      if (oldest !== undefined) this.#bytes -= bytesOf(oldest)
    }
  }
}

function bytesOf({ outcome: { usage } }: RunEntry): number {
  return usage.outputBytes + usage.logBytes
}
