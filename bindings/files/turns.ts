// Who works when: writers of one root one after the other, and never more than so many at once in all.

/** Lets work on the same thing happen in the order of arrival, one at a time. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>()

  /** Does the work once everybody who came before is done with `key`. */
  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key)
    const turn = Promise.withResolvers<void>()
    this.#last.set(key, turn.promise)
    try {
      await before
      return await work()
    } finally {
      if (this.#last.get(key) === turn.promise) this.#last.delete(key)
      turn.resolve()
    }
  }
}

/** Lets at most so many work at once; the others wait in the order of arrival. */
export class Slots {
  readonly #waiting: (() => void)[] = []
  #free: number

  constructor(count: number) {
    this.#free = count
  }

  /** Does the work once there is room for it. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await work()
    } finally {
      // A slot is handed on, so that nobody who comes later can take it first.
      const next = this.#waiting.shift()
      if (next === undefined) this.#free++
      else next()
    }
  }
}
