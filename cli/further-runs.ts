// Runs that scripts set off by emitting events of their own. Nobody is given their outcomes by a call; whoever wants to see all of them, and their end, counts here.
import type { EngineObserver, Outcome } from '../engine/index.ts'

/** Watches one engine, as its observer. */
export class FurtherRuns {
  readonly #onOutcome: (outcome: Outcome) => void
  #started = 0
  #ended = 0
  #wake: () => void = () => undefined

  /** `onOutcome` is told of each of these runs when it ended. */
  constructor(onOutcome: (outcome: Outcome) => void) {
    this.#onOutcome = onOutcome
  }

  /** For `createEngine`. */
  get observer(): EngineObserver {
    return {
      // The answer of `ctx.events.emit` is the number of runs that it started.
      hostCall: ({ binding, method }, reply) => {
        if (binding === 'events' && method === 'emit' && reply.ok) this.#started += Number(reply.value)
        this.#wake()
      },
      run: (outcome) => {
        if (outcome.causedBy === undefined) return
        this.#ended++
        this.#onOutcome(outcome)
        this.#wake()
      },
    }
  }

  /** Resolves when all runs that were started until then have ended, and those that they started; or when the signal is aborted. */
  async settled(signal: AbortSignal): Promise<void> {
    const onAbort = (): void => this.#wake()
    signal.addEventListener('abort', onAbort, { once: true })
    while (this.#ended < this.#started && !signal.aborted)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    signal.removeEventListener('abort', onAbort)
  }
}
