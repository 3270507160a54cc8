// One schedule as time goes by: which tick is next, which were missed. Pure: it is told the time, and keeps no timer.
import type { GrantedSchedule } from '../model/manifest.ts'
import type { Ticks } from './ticks.ts'

/** A tick that is later than this was missed: the host slept, was down or blocked. In ms. */
export const GRACE_MS = 10_000
/** Missed ticks that are counted. */
const MOST_MISSED = 100

/** What is due. */
export interface DueTick {
  readonly scheduled: number
  readonly missed: number
}

/** What a schedule comes to when it is looked at. */
export type Look = { readonly run: DueTick } | { readonly run?: never; readonly passedOver: number } | undefined

/** See the head of the file. */
export class DueSchedule {
  readonly #schedule: Pick<GrantedSchedule, 'leastMs' | 'missed'>
  readonly #ticks: Ticks
  readonly #jitter: () => number
  #last: number
  #next: number | undefined
  #due: number | undefined
  /** Missed since the last run. */
  #missed = 0

  /** `last`: ticks up to then are done with. `jitter` says by how many milliseconds a run is put off. */
  constructor(
    schedule: Pick<GrantedSchedule, 'leastMs' | 'missed'>,
    parts: { readonly ticks: Ticks; readonly jitter: () => number },
    last: number,
  ) {
    this.#schedule = schedule
    this.#ticks = parts.ticks
    this.#jitter = parts.jitter
    this.#last = last
    this.#plan(this.#ticks.next(last))
  }

  /** The moment up to which its ticks are done with. */
  get last(): number {
    return this.#last
  }

  /** Its next tick; undefined when none will come. */
  get next(): number | undefined {
    return this.#next
  }

  /** When it is to be looked at. */
  get due(): number | undefined {
    return this.#due
  }

  /** Begins anew: what came before is neither missed nor done. */
  restart(now: number): void {
    this.#last = now
    this.#missed = 0
    this.#plan(this.#ticks.next(now))
  }

  /** Says what is to be done now, once: undefined where nothing is. */
  look(now: number): Look {
    if (this.#next === undefined || this.#due === undefined || this.#due > now) return undefined
    const { tick, passed } = this.#latest(this.#next, now)
    const late = passed === 0 ? now - this.#due : now - tick
    const missed = Math.min(MOST_MISSED, this.#missed + passed)
    this.#last = tick
    this.#plan(this.#following(tick))
    const isMissed = late > GRACE_MS && this.#schedule.missed === 'skip'
    this.#missed = isMissed ? Math.min(MOST_MISSED, missed + 1) : 0
    return isMissed ? { passedOver: passed + 1 } : { run: { scheduled: tick, missed } }
  }

  /** The last tick that has come, and how many come before it. */
  #latest(first: number, now: number): { readonly tick: number; readonly passed: number } {
    let tick = first
    for (let passed = 0; passed < MOST_MISSED; passed++) {
      const following = this.#following(tick)
      if (following === undefined || following > now) return { tick, passed }
      tick = following
    }
    return { tick: Math.max(tick, this.#ticks.latest(now) ?? tick), passed: MOST_MISSED }
  }

  #following(tick: number): number | undefined {
    return this.#ticks.next(tick + Math.max(this.#schedule.leastMs, 1) - 1)
  }

  #plan(next: number | undefined): void {
    this.#next = next
    this.#due = next === undefined ? undefined : next + this.#jitter()
  }
}
