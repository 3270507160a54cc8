// The seam for whoever watches: every method optional, none may throw into the engine.
import type { HostCall, HostReply } from '../model/host-call.ts'
import type { Outcome } from '../model/outcome.ts'

/** Told of what happens; never asked. */
export interface EngineObserver {
  /** A run ended. */
  run?(outcome: Outcome): void
  /** A host call was answered, `ms` after it arrived. What bindings redact is taken out of both. */
  hostCall?(call: HostCall, reply: HostReply, ms: number): void
  /** A runner was started, ended or killed; or none is started for a while, because they end too soon (`stopped`). */
  runner?(change: RunnerChange): void
}

/** What happened to a runner. */
export interface RunnerChange {
  readonly kind: 'started' | 'closed' | 'killed' | 'lost' | 'stopped'
  readonly role: string
  /** Why, where nobody asked for it. */
  readonly reason?: string
  /** The last that a process wrote about itself before it ended. It may name files of the machine. */
  readonly detail?: string
}
