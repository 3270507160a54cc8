// A runner that has just asked the host something looks out for the answer before its thread goes to sleep: to wake a thread takes longer than most bindings
// take to answer. Where answers do not come in time, it soon stops looking.

/** In ms: about what two wake-ups of a thread take. */
const LOOK_MS = 0.1
/** After this many misses in a row, looks get no rarer: one in 32. */
const MOST_MISSES = 5

/** See the head of the file. */
export class Lookout {
  #misses = 0
  /** Looks to let pass. */
  #passes = 0

  /** What `poll` comes to in time. Undefined when that is nothing, or when lately it was nothing. The thread does nothing else meanwhile. */
  await<T>(poll: () => T | undefined): T | undefined {
    if (this.#passes > 0) {
      this.#passes--
      return undefined
    }
    const until = performance.now() + LOOK_MS
    do {
      const found = poll()
      if (found === undefined) continue
      this.#misses = 0
      return found
    } while (performance.now() < until)
    if (this.#misses < MOST_MISSES) this.#misses++
    this.#passes = 2 ** this.#misses - 1
    return undefined
  }
}
