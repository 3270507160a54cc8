// Who may start, and who waits for a turn. Each that waits is known by its `start`, so that it can go away.
import { Line } from '../model/line.ts'

/** First come, first served, a few at once. */
export class Turns {
  readonly #waiting = new Line<() => void>()
  #running = 0
  #max = 1
  #isAdmitting = false

  /** Those that wait. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** Whether nobody runs or waits. */
  get isIdle(): boolean {
    return this.#running + this.#waiting.size === 0
  }

  /** Starts now or later, so that no more than `max` run at once; the latest `max` counts. False, and never, when `mostWaiting` wait already. */
  enter(start: () => void, max: number, mostWaiting: number): boolean {
    this.#max = max
    if (this.#running < max && this.#waiting.size === 0) {
      this.#running++
      start()
      return true
    }
    if (this.#waiting.size >= mostWaiting) return false
    this.#waiting.add(start)
    this.#admit()
    return true
  }

  /** One that started has ended: the next one takes its place. */
  leave(): void {
    this.#running--
    if (this.#waiting.size > 0) this.#admit()
  }

  /** One that waits wants no more. */
  withdraw(start: () => void): void {
    this.#waiting.remove(start)
  }

  /** A loop, not a chain of calls: one that starts may end at once, with a thousand waiting behind it. */
  #admit(): void {
    if (this.#isAdmitting) return
    this.#isAdmitting = true
    while (this.#running < this.#max) {
      const start = this.#waiting.take(anyone)
      if (start === undefined) break
      this.#running++
      start()
    }
    this.#isAdmitting = false
  }
}

function anyone(): boolean {
  return true
}
