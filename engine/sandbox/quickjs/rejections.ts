// Rejections that nobody awaits, as the engine tells of them while guest code runs: kept by what they are in memory, read when no guest frame is on the stack.
import type { Pointer } from './build.ts'
import type { Machine } from './machine.ts'

/** What has a count of references is an object, a text or the like: the lowest of their tags. */
const LOWEST_COUNTED_TAG = 0xfffffff7
/** Of more, only the first are kept: one is reported. */
const MOST_KEPT = 16

interface Rejection {
  readonly promise: Pointer
  /** The reason, a value's halves; it is counted as ours. */
  readonly low: number
  readonly high: number
}

/** See the head of the file. */
export class Rejections {
  readonly #kept: Rejection[] = []

  /** Whether there is none that nobody awaits. */
  get isEmpty(): boolean {
    return this.#kept.length === 0
  }

  /** The engine tells of one. */
  note(machine: Machine, { promise, low, high }: Rejection, isHandled: boolean): void {
    if (isHandled) {
      // Where a promise is gone, another may have its place: the last one is meant.
      const index = this.#kept.findLastIndex((each) => each.promise === promise)
      if (index === -1) return
      count(machine, low, high, -1)
      this.#kept.splice(index, 1)
    } else if (this.#kept.length < MOST_KEPT) {
      count(machine, low, high, 1)
      this.#kept.push({ promise, low, high })
    }
  }

  /** The first reason as a guest value, 0 when there is no room for it; the others are given back. */
  take(machine: Machine, context: Pointer): Pointer {
    const values = this.#kept.map(({ low, high }) => newValue(machine, low, high))
    this.forget()
    const [first = 0, ...others] = values
    for (const value of others) if (value !== 0) machine.exports.freeValue(context, value)
    return first
  }

  /** Forgets all: the sandbox begins anew. */
  forget(): void {
    this.#kept.length = 0
  }
}

function count(machine: Machine, low: Pointer, high: number, change: number): void {
  if (high >>> 0 >= LOWEST_COUNTED_TAG) machine.setWord(low, machine.word(low) + change)
}

function newValue(machine: Machine, low: number, high: number): Pointer {
  const value = machine.exports.malloc(8)
  if (value === 0) return 0
  machine.setWord(value, low)
  machine.setWord(value + 4, high)
  return value
}
