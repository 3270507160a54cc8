// Work that is done a few at once, first come, first served.

/** See the head of the file. */
export class AtOnce {
  readonly #waiting: (() => void)[] = []
  #free: number

  /** `count` at most. */
  constructor(count: number) {
    this.#free = count
  }

  /** Does it when its turn comes. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#free--
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free++
      else next()
    }
  }
}
