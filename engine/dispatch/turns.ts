// Who may start, and who waits for a turn. Each is known by its `start`, so that one that waits can leave.

/** First come, first served, a few at once. */
export class Turns {
  readonly #running = new Set<() => void>()
  readonly #waiting = new Set<() => void>()
  #max = 1
  #isAdmitting = false

  /** Those that wait. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** Whether nobody runs or waits. */
  get isIdle(): boolean {
    return this.#running.size + this.#waiting.size === 0
  }

  /** Whether one that enters would have to wait. */
  isFull(max: number): boolean {
    return this.#running.size >= max || this.#waiting.size > 0
  }

  /** Starts now or later, so that no more than `max` run at once. The latest `max` counts for all. */
  enter(max: number, start: () => void): void {
    this.#max = max
    this.#waiting.add(start)
    this.#admit()
  }

  /** Takes out one that entered, whether it runs or waits. */
  leave(start: () => void): void {
    if (!this.#waiting.delete(start)) this.#running.delete(start)
    this.#admit()
  }

  /** A loop, not a chain of calls: one that starts may leave at once, and a thousand may wait behind it. */
  #admit(): void {
    if (this.#isAdmitting) return
    this.#isAdmitting = true
    for (const start of this.#waiting) {
      if (this.#running.size >= this.#max) break
      this.#waiting.delete(start)
      this.#running.add(start)
      start()
    }
    this.#isAdmitting = false
  }
}
