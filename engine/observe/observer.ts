// The seam for whoever watches: every method optional, none may throw into the engine.
import type { HostCall, HostReply } from '../model/host-call.ts'
import type { Outcome } from '../model/outcome.ts'

/** Told of what happens; never asked. */
export interface EngineObserver {
  /** A run ended. */
  run?(outcome: Outcome): void
  /** A host call was answered, `ms` after it arrived. Secret values are not redacted here: treat as sensitive. */
  hostCall?(call: HostCall, reply: HostReply, ms: number): void
  /** A runner was started, ended or killed. */
  runner?(change: { readonly kind: 'started' | 'closed' | 'killed' | 'lost'; readonly role: string; readonly reason?: string }): void
}
