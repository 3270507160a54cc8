// Listeners by name. A listener is the host's code: what it throws is reported and harms nobody.

/** Told of what a listener threw. */
export type ListenerProblem = (announcement: string, error: unknown) => void

/** Calls listeners. `M` maps each announcement to what its listeners are given. */
export class Announcer<M extends object> {
  readonly #listeners = new Map<keyof M, Set<(told: never) => void>>()
  readonly #onProblem: ListenerProblem

  constructor(onProblem: ListenerProblem) {
    this.#onProblem = onProblem
  }

  /** Adds a listener; returns a function that takes it away. */
  on<A extends keyof M>(announcement: A, listener: (told: M[A]) => void): () => void {
    const listeners = this.#listeners.get(announcement) ?? new Set()
    this.#listeners.set(announcement, listeners)
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  /** Tells every listener. */
  tell<A extends keyof M & string>(announcement: A, told: M[A]): void {
    const listeners = this.#listeners.get(announcement)
    if (listeners === undefined) return
    for (const listener of listeners as Set<(told: M[A]) => void>) {
      try {
        listener(told)
      } catch (error) {
        this.#onProblem(announcement, error)
      }
    }
  }
}
