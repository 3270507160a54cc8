// Measures what a run computes, by the thread's own CPU clock, so that a busy machine does not cut a run that has not had its share.
// That clock costs as much as a small run: it is read at intervals, and short entries count as the time that passed.

/** CPU time of one run, over all of its entries. */
export class CpuMeter {
  /** The thread's CPU clock, as it was read last: one for all meters of the thread. */
  static #markedAt = Number.NEGATIVE_INFINITY
  static #markedCpuMs = 0

  #limitMs = 0
  #usedMs = 0
  #enteredAt = 0
  #deadline = 0

  /** Starts a run. */
  begin(limitMs: number): void {
    this.#limitMs = limitMs
    this.#usedMs = 0
  }

  /** Before this moment the limit cannot be reached. */
  get deadline(): number {
    return this.#deadline
  }

  /** Milliseconds used by entries that ended. */
  get usedMs(): number {
    return this.#usedMs
  }

  /** Guest code begins to run. */
  enter(now: number): void {
    if (now - CpuMeter.#markedAt > READ_EVERY_MS) {
      CpuMeter.#markedAt = now
      CpuMeter.#markedCpuMs = threadCpuMs()
    }
    this.#enteredAt = now
    this.#deadline = now + this.#limitMs - this.#usedMs
  }

  /** Guest code ended. */
  leave(now: number): void {
    const elapsed = now - this.#enteredAt
    this.#usedMs += elapsed > READ_EVERY_MS ? this.#entryCpu(now) : elapsed
  }

  /** Whether the limit is reached. Call often while guest code runs. */
  isExceeded(now: number): boolean {
    if (now < this.#deadline) return false
    const left = this.#limitMs - this.#usedMs - this.#entryCpu(now)
    this.#deadline = now + left
    return left <= 0
  }

  /** From the last reading before the entry on: too much by what happened in between, and never more than has passed. */
  #entryCpu(now: number): number {
    return Math.min(now - this.#enteredAt, threadCpuMs() - CpuMeter.#markedCpuMs)
  }
}

const READ_EVERY_MS = 2

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
