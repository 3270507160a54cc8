// What a runner's thread has been told and has not done yet. Answers and cancellations go before new runs and loads:
// who already holds a cell does not wait behind those who want one.
import type { ToRunner } from '../runner/protocol.ts'

/** See the head of the file. */
export class Inbox {
  readonly #first: ToRunner[] = []
  readonly #rest: ToRunner[] = []

  /** Adds a message. */
  add(message: ToRunner): void {
    const queue = message.kind === 'reply' || message.kind === 'cancel' ? this.#first : this.#rest
    queue.push(message)
  }

  /** Nothing is left to do. */
  get isEmpty(): boolean {
    return this.#first.length === 0 && this.#rest.length === 0
  }

  /** The next message to be handled. */
  next(): ToRunner | undefined {
    return this.#first.shift() ?? this.#rest.shift()
  }
}
