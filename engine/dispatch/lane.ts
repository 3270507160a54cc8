// What a script has under way, whichever version of it: runs, those that wait, and how often one had to be killed.

/** Runs of one script that may wait. */
const MOST_WAITING = 1_000
/** After so many kills a script runs no more until it changes. */
const KILLS_TO_QUARANTINE = 3

/** The lane of one script. */
export class Lane {
  #running = 0
  #kills = 0
  /** The version that the kills count for. */
  #killedHash = ''
  readonly #waiting: (() => void)[] = []
  /** With isolation `script`: states with a run under way, and who waits for each. */
  readonly #states = new Map<string, (() => void)[]>()

  /** Runs that wait. */
  get waiting(): number {
    return this.#waiting.length
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
    if (this.#running < max) {
      this.#running++
      start()
      return true
    }
    if (this.#waiting.length >= MOST_WAITING) return false
    this.#waiting.push(start)
    return true
  }

  /** A run ended: the next one takes its place. */
  leave(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#running--
    else next()
  }

  /** One run at a time for a state; the others wait for it in turn. */
  enterState(state: string, start: () => void): void {
    const queue = this.#states.get(state)
    if (queue !== undefined) queue.push(start)
    else {
      this.#states.set(state, [])
      start()
    }
  }

  /** A run of a state ended. */
  leaveState(state: string): void {
    const next = this.#states.get(state)?.shift()
    if (next === undefined) this.#states.delete(state)
    else next()
  }
}
