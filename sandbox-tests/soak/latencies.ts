// Times to the outcome, in bounded memory: counted in buckets that are 3 % wide.

const BUCKETS_AN_OCTAVE = 24
const LEAST_MS = 0.001

/** See the head of the file. */
export class Latencies {
  readonly #buckets: number[] = []
  #count = 0

  /** Adds a time. */
  add(ms: number): void {
    const bucket = Math.max(0, Math.round(Math.log2(ms / LEAST_MS) * BUCKETS_AN_OCTAVE))
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1
    this.#count++
  }

  /** The time, in ms, that this share of all stayed below; 0 where there are none. */
  quantile(share: number): number {
    let left = this.#count * share
    for (const [bucket, count = 0] of this.#buckets.entries()) {
      left -= count
      if (left <= 0 && count > 0) return LEAST_MS * 2 ** (bucket / BUCKETS_AN_OCTAVE)
    }
    return 0
  }
}
