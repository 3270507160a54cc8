// How many requests are under way at once: for each script, and in all. Others wait, and scripts take turns.

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
  /** Of those who wait: when they last had a place, by a count of places given. */
  readonly #servedAt = new Map<string, number>()
  #served = 0

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
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      this.#waiting.delete(next)
      this.#take(next.key)
      this.#servedAt.set(next.key, ++this.#served)
      next.start()
    }
    if (this.#waiting.size === 0) this.#servedAt.clear()
  }

  /** Whoever has waited longest since its last place: many that wait for one key hold up nobody else. */
  #next(): Waiting | undefined {
    if (this.#active >= this.#max) return undefined
    let best: Waiting | undefined
    for (const waiting of this.#waiting) {
      if (!this.#hasPlace(waiting.key, waiting.max)) continue
      if (best === undefined || this.#lastOf(waiting) < this.#lastOf(best)) best = waiting
    }
    return best
  }

  #lastOf({ key }: Waiting): number {
    return this.#servedAt.get(key) ?? 0
  }
}
