// What a script has under way, whichever version of it: runs, those that wait, and how often one had to be killed.
import { Crowds } from './crowds.ts'
import { Turns } from './turns.ts'

/** Runs that go to the runner of one state: it has one begin when the other ends. */
const MOST_IN_STATE = 64
/** After so many kills a script runs no more until it changes. */
const KILLS_TO_QUARANTINE = 3
/** Versions whose kills are remembered: those of a script are few, those of `evaluate` as many as there are snippets. */
const MOST_VERSIONS = 1_000

/** The lane of one script. */
export class Lane {
  /** Runs that meet before they come to the lane itself. */
  readonly crowds = new Crowds()
  readonly #runs = new Turns()
  /** With isolation `script`: a few runs at a time for each state, which has them one after another. */
  readonly #states = new Map<string, Turns>()
  /** Version → how often it had to be killed, for those that run alone; the one that was killed last stands last. */
  readonly #kills = new Map<string, number>()

  /** Runs that wait. */
  get waiting(): number {
    return this.#runs.waiting
  }

  /** How often a version had to be killed. */
  killsOf(hash: string): number {
    return this.#kills.get(hash) ?? 0
  }

  /** Whether a version runs alone, because it had to be killed before, or may be what had. */
  isSolitary(hash: string): boolean {
    return this.#kills.has(hash)
  }

  /** Whether a version runs no more. */
  isQuarantined(hash: string): boolean {
    return this.killsOf(hash) >= KILLS_TO_QUARANTINE
  }

  /** A run of a version had to be killed. */
  killed(hash: string): void {
    this.#note(hash, this.killsOf(hash) + 1)
  }

  /** One of several runs of a version may have been what a runner had to be killed for: alone, each will show. */
  suspect(hash: string): void {
    this.#note(hash, this.killsOf(hash))
  }

  /** Gives the script another chance. */
  forgive(): void {
    this.#kills.clear()
  }

  /** Starts now when fewer than `max` runs are under way, else when one ends. False when `mostWaiting` wait already. */
  enter(start: () => void, max: number, mostWaiting: number): boolean {
    return this.#runs.enter(start, max, mostWaiting)
  }

  /** A run ended: the next one takes its place. */
  leave(): void {
    this.#runs.leave()
  }

  /** A run that waits wants no more. */
  withdraw(start: () => void): void {
    this.#runs.withdraw(start)
  }

  /** A few runs at a time for a state; the others wait in turn. */
  enterState(state: string, start: () => void): void {
    let turns = this.#states.get(state)
    if (turns === undefined) {
      turns = new Turns()
      this.#states.set(state, turns)
    }
    turns.enter(start, MOST_IN_STATE, Number.POSITIVE_INFINITY) // the lane itself bounds how many wait
  }

  /** A run of a state ended. */
  leaveState(state: string): void {
    const turns = this.#states.get(state)
    turns?.leave()
    if (turns?.isIdle === true) this.#states.delete(state)
  }

  /** A run that waits for a state wants no more. */
  withdrawState(state: string, start: () => void): void {
    this.#states.get(state)?.withdraw(start)
  }

  #note(hash: string, kills: number): void {
    this.#kills.delete(hash)
    this.#kills.set(hash, kills)
    if (this.#kills.size <= MOST_VERSIONS) return
    for (const oldest of this.#kills.keys()) {
      this.#kills.delete(oldest)
      return
    }
  }
}
