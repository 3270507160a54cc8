// Measures what a run computes. Elapsed time is the cheap upper bound; once code runs long enough to be polled, the thread's own CPU clock decides,
// so that a busy machine does not cut a run that has not had its share.

/** CPU time of one run, over all of its entries. */
export class CpuMeter {
  #limitMs = 0
  #usedMs = 0
  #enteredAt = 0
  /** Elapsed ms and CPU ms of the thread at the first poll of this entry; -1 before it. */
  #polledAt = -1
  #cpuAtPoll = 0
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
    this.#enteredAt = now
    this.#polledAt = -1
    this.#deadline = now + this.#limitMs - this.#usedMs
  }

  /** Guest code ended. */
  leave(now: number): void {
    this.#usedMs += this.#polledAt < 0 ? now - this.#enteredAt : this.#entryCpu(now)
  }

  /** Whether the limit is reached. Call often while guest code runs. */
  isExceeded(now: number): boolean {
    if (this.#polledAt < 0) {
      this.#polledAt = now - this.#enteredAt
      this.#cpuAtPoll = threadCpuMs()
    }
    if (now < this.#deadline) return false
    const left = this.#limitMs - this.#usedMs - this.#entryCpu(now)
    this.#deadline = now + left
    return left <= 0
  }

  /** The system's CPU clock moves in steps: it may run ahead, but never counts more than has passed. */
  #entryCpu(now: number): number {
    return Math.min(now - this.#enteredAt, this.#polledAt + threadCpuMs() - this.#cpuAtPoll)
  }
}

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
