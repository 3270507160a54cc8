// What a script has under way, whichever version of it: runs, those that wait, and how often one had to be killed.
import { Turns } from './turns.ts'

/** Runs of one script that may wait. */
const MOST_WAITING = 1_000
/** After so many kills a script runs no more until it changes. */
const KILLS_TO_QUARANTINE = 3

/** The lane of one script. */
export class Lane {
  readonly #runs = new Turns()
  /** With isolation `script`: one run at a time for each state. */
  readonly #states = new Map<string, Turns>()
  #kills = 0
  /** The version that the kills count for. */
  #killedHash = ''

  /** Runs that wait. */
  get waiting(): number {
    return this.#runs.waiting
  }

  /** How often a version had to be killed. */
  killsOf(hash: string): number {
    return hash === this.#killedHash ? this.#kills : 0
  }

  /** Whether a version runs alone, because it had to be killed before. */
  isSolitary(hash: string): boolean {
    return this.killsOf(hash) > 0
  }

  /** Whether a version runs no more. */
  isQuarantined(hash: string): boolean {
    return this.killsOf(hash) >= KILLS_TO_QUARANTINE
  }

  /** A run of a version had to be killed. */
  killed(hash: string): void {
    this.#kills = this.killsOf(hash) + 1
    this.#killedHash = hash
  }

  /** Gives the script another chance. */
  forgive(): void {
    this.#kills = 0
  }

  /** Starts now when fewer than `max` runs are under way, else when one ends. False when too many wait already. */
  enter(max: number, start: () => void): boolean {
    if (this.#runs.isFull(max) && this.#runs.waiting >= MOST_WAITING) return false
    this.#runs.enter(max, start)
    return true
  }

  /** A run ended, or one that waits wants no more: the next one takes its place. */
  leave(start: () => void): void {
    this.#runs.leave(start)
  }

  /** One run at a time for a state; the others wait for it in turn. */
  enterState(state: string, start: () => void): void {
    let turns = this.#states.get(state)
    if (turns === undefined) {
      turns = new Turns()
      this.#states.set(state, turns)
    }
    turns.enter(1, start)
  }

  /** A run of a state ended, or one that waits for it wants no more. */
  leaveState(state: string, start: () => void): void {
    const turns = this.#states.get(state)
    turns?.leave(start)
    if (turns?.isIdle === true) this.#states.delete(state)
  }
}
