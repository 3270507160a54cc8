// The seam between host and runner: a two-way pipe of messages. A placement has nothing else to supply.
import type { Activity } from './activity.ts'
import type { FromRunner, ToRunner } from './protocol.ts'

/** The host's end. Messages arrive in the order in which they were sent; sending to a dead runner does nothing. */
export interface Channel {
  send(message: ToRunner): void
  /** One listener; set before the first message can arrive. */
  onMessage(listener: (message: FromRunner) => void): void
  /** Fires once, when the far end is gone; `reason` says why when nobody asked for it. */
  onClose(listener: (reason: string | undefined) => void): void
  /** What the far end computes at this moment, without asking it; undefined where it cannot be seen. */
  readonly activity: Activity | undefined
  /** The CPU time that the far end has had, in ms, also while it listens to nobody; undefined where that cannot be known. */
  cpuMs(): Promise<number | undefined>
  /** Ends the runner without its cooperation. Resolves when it is gone. */
  kill(): Promise<void>
}

/** The runner's end. */
export interface RunnerPort {
  send(message: FromRunner): void
  /** Delivers what was sent since the last flush. Called when the runner has done all it could. */
  flush(): void
}
