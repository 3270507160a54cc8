// How many requests are under way at once: for each script, and in all. Others wait, in order.

/** What keeps a place until it is called. */
export type Leave = () => void

interface Waiting {
  readonly key: string
  readonly max: number
  readonly start: () => void
}

/** See the head of the file. */
export class Turns {
  readonly #max: number
  #active = 0
  readonly #activeOf = new Map<string, number>()
  readonly #waiting = new Set<Waiting>()

  /** At most `max` in all. */
  constructor(max: number) {
    this.#max = max
  }

  /** A place among at most `max` of `key`. Rejects with the signal's reason when it is aborted first. */
  async enter(key: string, max: number, signal: AbortSignal): Promise<Leave> {
    signal.throwIfAborted()
    if (!this.#hasPlace(key, max)) await this.#wait(key, max, signal)
    else this.#take(key)
    let hasLeft = false
    return () => {
      if (hasLeft) return
      hasLeft = true
      this.#give(key)
    }
  }

  #wait(key: string, max: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        key,
        max,
        start: () => {
          signal.removeEventListener('abort', onAbort)
          resolve()
        },
      }
      const onAbort = (): void => {
        this.#waiting.delete(waiting)
        reject(signal.reason)
      }
      signal.addEventListener('abort', onAbort, { once: true })
      this.#waiting.add(waiting)
    })
  }

  #hasPlace(key: string, max: number): boolean {
    return this.#active < this.#max && (this.#activeOf.get(key) ?? 0) < max
  }

  #take(key: string): void {
    this.#active++
    this.#activeOf.set(key, (this.#activeOf.get(key) ?? 0) + 1)
  }

  #give(key: string): void {
    this.#active--
    const left = (this.#activeOf.get(key) ?? 1) - 1
    if (left === 0) this.#activeOf.delete(key)
    else this.#activeOf.set(key, left)
    for (const waiting of this.#waiting) {
      if (this.#active >= this.#max) return
      if (!this.#hasPlace(waiting.key, waiting.max)) continue
      this.#waiting.delete(waiting)
      this.#take(waiting.key)
      waiting.start()
    }
  }
}
