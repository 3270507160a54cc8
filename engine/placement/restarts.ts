// When the next runner may be started. Runners that end by themselves are replaced at once, then after growing pauses; where several in a row end before they
// have run anything, none is started for a while.

/** Losses that are made good without a pause, and the span in which they count. */
const FREE_LOSSES = 3
const LOSSES_COUNT_MS = 10_000
const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 1_000
/** So many runners in a row that were of no use end the trying. */
const MOST_FAILURES = 5
/** For so long; then one more is tried. */
const STOP_MS = 10_000

/** Why none is started. */
export interface Stop {
  /** Runners in a row that were of no use. */
  readonly failures: number
  readonly seconds: number
}

/** See the head of the file. */
export class Restarts {
  #losses: number[] = []
  #failures = 0
  #stoppedUntil = 0

  /** Whether none may be started now. */
  get isStopped(): boolean {
    return performance.now() < this.#stoppedUntil
  }

  /** Milliseconds to wait before the next start. */
  get pauseMs(): number {
    const now = performance.now()
    this.#losses = this.#losses.filter((at) => now - at < LOSSES_COUNT_MS)
    const beyond = Math.max(this.#losses.length, this.#failures) - FREE_LOSSES
    return beyond < 0 ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** beyond)
  }

  /** A runner ran something to its end. */
  served(): void {
    this.#failures = 0
  }

  /** A runner ended by itself. `wasUseless` says that it had something to do and never ran anything to its end. A stop, when it was the last straw. */
  lost(wasUseless: boolean): Stop | undefined {
    this.#losses.push(performance.now())
    if (!wasUseless) return undefined
    this.#failures++
    return this.#failures < MOST_FAILURES ? undefined : this.stop()
  }

  /** None is started for a while. */
  stop(): Stop {
    this.#stoppedUntil = performance.now() + STOP_MS
    return { failures: Math.max(1, this.#failures), seconds: STOP_MS / 1_000 }
  }
}
