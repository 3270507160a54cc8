// Isolation `script`: one run at a time for each state. Runs that come meanwhile wait here, at the far end of the channel, so that the next one begins without a
// message there and back.
import type { RequestId, RunMessage } from './protocol.ts'

/** A run that waits for its state. */
export interface WaitingRun {
  readonly message: RunMessage
  /** On the runner's monotonic clock, in ms. */
  readonly arrivedAt: number
  /** Tells that its wall clock has run out. */
  readonly timer: NodeJS.Timeout
}

/** See the head of the file. */
export class StateTurns {
  /** The states that are in use, and who waits for each. */
  readonly #waiting = new Map<string, Map<RequestId, WaitingRun>>()
  /** States that are free for those that wait for them. */
  readonly #due: string[] = []
  readonly #onExpired: (message: RunMessage) => void

  /** `onExpired` is told of runs whose wall clock ran out while they waited. */
  constructor(onExpired: (message: RunMessage) => void) {
    this.#onExpired = onExpired
  }

  /** Whether the run has its state to itself now; it waits otherwise. */
  enter(message: RunMessage): boolean {
    const { state, id, wallMs } = message
    const waiting = this.#waiting.get(state)
    if (waiting === undefined) {
      this.#waiting.set(state, new Map())
      return true
    }
    const expire = (): void => {
      waiting.delete(id)
      this.#onExpired(message)
    }
    waiting.set(id, { message, arrivedAt: performance.now(), timer: setTimeout(expire, wallMs) })
    return false
  }

  /** The run that had the state is over. */
  leave(state: string): void {
    if (this.#waiting.get(state)?.size === 0) this.#waiting.delete(state)
    else this.#due.push(state)
  }

  /** A run that waits wants no more. Undefined when it does not wait. */
  withdraw(id: RequestId): WaitingRun | undefined {
    for (const waiting of this.#waiting.values()) {
      const run = waiting.get(id)
      if (run === undefined) continue
      clearTimeout(run.timer)
      waiting.delete(id)
      return run
    }
    return undefined
  }

  /** The next run whose state has become free: it has it to itself from here on. */
  next(): WaitingRun | undefined {
    for (let state = this.#due.shift(); state !== undefined; state = this.#due.shift()) {
      const waiting = this.#waiting.get(state)
      const run = waiting?.values().next().value
      if (waiting === undefined || run === undefined) {
        this.#waiting.delete(state)
        continue
      }
      clearTimeout(run.timer)
      waiting.delete(run.message.id)
      return run
    }
    return undefined
  }

  /** Whether a run that waits needs the image of this name. */
  needs(key: string): boolean {
    for (const waiting of this.#waiting.values()) for (const { message } of waiting.values()) if (message.key === key) return true
    return false
  }

  /** Whether a state has become free for a run that waits. */
  get isDue(): boolean {
    return this.#due.length > 0
  }

  /** Forgets every run that waits. */
  clear(): void {
    for (const waiting of this.#waiting.values()) for (const { timer } of waiting.values()) clearTimeout(timer)
    this.#waiting.clear()
    this.#due.length = 0
  }
}
