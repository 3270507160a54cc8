// Choices at random that can be made again: the same seed gives the same ones in the same order.
import { createHash } from 'node:crypto'

/** Whatever can be chosen more or less often. */
export interface Weighted {
  readonly weight: number
}

/** See the head of the file. */
export class Choices {
  #state: number

  /** Streams with different names are independent of each other: how often one is asked does not change another. */
  constructor(seed: string, stream: string) {
    this.#state = createHash('sha256')
      .update(JSON.stringify([seed, stream]))
      .digest()
      .readUInt32LE()
  }

  /** A number from 0 up to 1, without 1. */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.fraction() * (high - low + 1))
  }

  /** True as often as the probability says. */
  isTrue(probability: number): boolean {
    return this.fraction() < probability
  }

  /** One of a list, which must not be empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.between(0, list.length - 1)] as T
  }

  /** One of a list, by weight. */
  weighted<T extends Weighted>(list: readonly T[]): T {
    let left = this.fraction() * list.reduce((sum, { weight }) => sum + weight, 0)
    for (const item of list) {
      left -= item.weight
      if (left < 0) return item
    }
    return list.at(-1) as T
  }
}
