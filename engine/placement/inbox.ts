// What a runner has been told and has not done yet. Answers and cancellations go before new runs and loads: who already holds a cell does not wait behind
// those who want one. A cancellation of a run that has not begun goes right behind it.
import type { ToRunner } from '../runner/protocol.ts'

/** Fewer results than these are not worth a message of their own while others follow. */
const LEAST_BATCH = 8

/** See the head of the file. */
export class Inbox {
  readonly #first: ToRunner[] = []
  readonly #rest: ToRunner[] = []

  /** Adds a message. */
  add(message: ToRunner): void {
    if (message.kind === 'reply') this.#first.push(message)
    else if (message.kind === 'cancel') this.#addCancel(message)
    else this.#rest.push(message)
  }

  /** Nothing is left to do. */
  get isEmpty(): boolean {
    return this.#left === 0
  }

  /** Whether a run that is left needs the image of this name. */
  needs(key: string): boolean {
    return this.#rest.some((message) => message.kind === 'run' && message.key === key)
  }

  /** Whether the next message is a run of the same image as this one, with as much CPU time. */
  startsWithSiblingOf(message: ToRunner): boolean {
    const next = this.#first.length === 0 ? this.#rest[0] : undefined
    if (message.kind !== 'run' || next?.kind !== 'run') return false
    return next.key === message.key && next.limits.cpuMs === message.limits.cpuMs
  }

  /** Whether so many results should go out before more is done: the host works on one half while the other is done, and neither waits. */
  isHalfDone(results: number): boolean {
    return results >= LEAST_BATCH && results >= this.#left
  }

  get #left(): number {
    return this.#first.length + this.#rest.length
  }

  /** The next message to be handled. */
  next(): ToRunner | undefined {
    return this.#first.shift() ?? this.#rest.shift()
  }

  #addCancel(message: ToRunner): void {
    const at = this.#rest.findIndex(({ id }) => id === message.id)
    if (at === -1) this.#first.push(message)
    else this.#rest.splice(at + 1, 0, message)
  }
}
