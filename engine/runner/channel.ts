// The seam between host and runner: a two-way pipe of messages. A placement has nothing else to supply.
import type { OutcomeStatus } from '../model/outcome.ts'
import type { ActivityMarker } from '../sandbox/sandbox.ts'
import type { ActivitySight } from './activity.ts'
import type { FromRunner, ToRunner } from './protocol.ts'

/** What a runner computes, seen from the host. */
export interface ActivityView {
  /** What is being computed, if anything. */
  see(): ActivitySight | undefined
  /** What the request that is being computed has logged. Meaningful once the runner is gone. */
  readLog(): string[]
}

/** What a runner computes, told by the runner. */
export interface RunnerActivity extends ActivityMarker {
  /** Names the request that the next entries belong to, and what it has logged so far. For a run that begins, `kind` is the same as of its siblings; for all others it is absent. */
  subject(id: number, logged: readonly string[], kind?: string): void
}

/** What is known of a far end that is gone, beside the reason. */
export interface CloseFacts {
  /** The last that it wrote about itself. May name files of the machine: for logs, never for outcomes. */
  readonly detail?: string
  /** It was not what was asked for, or could not start: the error to throw. */
  readonly error?: Error
  /** Somebody else ended it: nothing that it computed is to blame. */
  readonly isFromOutside?: boolean
  /** It broke down, and what it computed then is to blame: how that counts. */
  readonly blame?: OutcomeStatus
}

/** The host's end. Messages arrive in the order in which they were sent; sending to a dead runner does nothing. */
export interface Channel {
  send(message: ToRunner): void
  /** One listener; set before the first message can arrive. */
  onMessage(listener: (message: FromRunner) => void): void
  /** Fires once, when the far end is gone; `reason` says why when nobody asked for it. */
  onClose(listener: (reason: string | undefined, facts?: CloseFacts) => void): void
  /** What the far end computes at this moment, without asking it; undefined where it cannot be seen. */
  readonly activity: ActivityView | undefined
  /** The CPU time that the far end has had, in ms, also while it listens to nobody; undefined where that cannot be known. */
  cpuMs(): Promise<number | undefined>
  /** Whether the far end as a whole has grown beyond all measure, so that it must be ended. Absent where it shares the host's memory. */
  readonly isOverweight?: () => boolean
  /** Whether the far end should have been heard and was not. Asked often while something is under way in it. Absent where nothing can stop it from answering. */
  readonly isMute?: () => boolean
  /** Ends the runner without its cooperation. Resolves when it is gone. */
  kill(): Promise<void>
}

/** The runner's end. */
export interface RunnerPort {
  send(message: FromRunner): void
  /** Delivers what was sent since the last flush. Called when the runner has done all it could. */
  flush(): void
  /** Guest code of a script is about to run, which may be the runner's end. `key` names its image, and is empty for a load. For channels that lose what was not delivered. */
  secure?(key: string): void
}
