// Listeners by name. A listener is the host's code: what it throws, or rejects with, is reported and harms nobody.
import { didYouMean } from '../errors/did-you-mean.ts'
import { engineError } from '../errors/engine-error.ts'
import { reportRejection } from './report-rejection.ts'

/** Told of what a listener threw. */
export type ListenerProblem = (announcement: string, error: unknown) => void

/** Calls listeners. `M` maps each announcement to what its listeners are given. */
export class Announcer<M extends object> {
  readonly #listeners = new Map<keyof M, Set<(told: never) => void>>()
  readonly #names: readonly (keyof M & string)[]
  readonly #onProblem: ListenerProblem

  /** `names`: all that is ever announced. */
  constructor(names: readonly (keyof M & string)[], onProblem: ListenerProblem) {
    this.#names = names
    this.#onProblem = onProblem
  }

  /** Adds a listener; returns a function that takes it away. Throws `OPTIONS_INVALID` for what is never announced, and for what is no function. */
  on<A extends keyof M & string>(announcement: A, listener: (told: M[A]) => void): () => void {
    if (!this.#names.includes(announcement)) {
      const name = String(announcement)
      throw engineError('OPTIONS_INVALID', [
        `engine.on: "${name}" is never announced.${didYouMean(name, this.#names)} There are ${this.#names.join(', ')}.`,
      ])
    }
    if (typeof listener !== 'function')
      throw engineError('OPTIONS_INVALID', [`engine.on: the listener must be a function, not ${typeof listener}.`])
    const listeners = this.#listeners.get(announcement) ?? new Set()
    this.#listeners.set(announcement, listeners)
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  /** Tells every listener. */
  tell<A extends keyof M & string>(announcement: A, told: M[A]): void {
    const listeners = this.#listeners.get(announcement)
    if (listeners === undefined) return
    const onProblem = (error: unknown): void => this.#onProblem(announcement, error)
    for (const listener of listeners as Set<(told: M[A]) => unknown>) {
      try {
        reportRejection(listener(told), onProblem)
      } catch (error) {
        onProblem(error)
      }
    }
  }
}
