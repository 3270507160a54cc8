// Those who wait in a line: first come, first served, and anyone may leave it. A list, not a `Set`: see requests.ts of the runner.

/** Places that are empty are given up when there are so many, and more than others: also those behind one who waits for long. */
const MOST_EMPTY = 256

/** See the head of the file. No value stands in it twice. */
export class Line<T extends object> {
  #places: (T | undefined)[] = []
  /** Before it, all have left. */
  #front = 0
  #size = 0

  /** How many wait. */
  get size(): number {
    return this.#size
  }

  /** Those who wait, in order. */
  get all(): readonly T[] {
    return this.#places.filter((value) => value !== undefined)
  }

  /** Adds one at the end. */
  add(value: T): void {
    this.#places.push(value)
    this.#size++
  }

  /** Takes one out; nothing happens when it does not wait. */
  remove(value: T): void {
    this.#empty(this.#places.indexOf(value, this.#front))
  }

  /** Takes out the first that fits. */
  take(fits: (value: T) => boolean): T | undefined {
    for (let place = this.#front; place < this.#places.length; place++) {
      const value = this.#places[place]
      if (value === undefined || !fits(value)) continue
      this.#empty(place)
      return value
    }
    return undefined
  }

  /** Takes out all. */
  takeAll(): readonly T[] {
    const { all } = this
    this.#places = []
    this.#front = 0
    this.#size = 0
    return all
  }

  #empty(place: number): void {
    if (place === -1) return
    this.#places[place] = undefined
    this.#size--
    while (this.#front < this.#places.length && this.#places[this.#front] === undefined) this.#front++
    const empty = this.#places.length - this.#size
    if (empty < Math.max(MOST_EMPTY, this.#size) && this.#size > 0) return
    this.#places = this.#places.filter((value) => value !== undefined)
    this.#front = 0
  }
}
