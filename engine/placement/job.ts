// What a supervisor runs: a run on its way to exactly one end.
import type { OutcomeStatus } from '../model/outcome.ts'
import type { RequestId, RunMessage, StateEnd } from '../runner/protocol.ts'
import type { ArrivedCall, GoneRun, RunnerClient } from '../runner/runner-client.ts'
import type { Suspicion } from '../runner/suspects.ts'
import type { RunEnd } from '../sandbox/sandbox.ts'

/** A run on its way to an end. */
export interface Job {
  /** Whose run it is: scripts share the runners. */
  readonly script: string
  /** The name of the state that it continues; empty without one. */
  readonly state: string
  /** The message that starts it. */
  message(id: RequestId, wallMs: number, now: number): RunMessage
  /** When it must be over, on the host's monotonic clock. */
  readonly wallDeadline: number
  /** Where its script may run at this moment: `alone` once a runner had to be killed for it or may have been, `refused` once that has happened too often. */
  readonly standing: 'shared' | 'alone' | 'refused'
  onCall(call: ArrivedCall, client: RunnerClient, id: RequestId): void
  onEnd(end: RunEnd, state: StateEnd): void
  /** It had to be killed, or its runner broke down in it; `status` says how it counts. */
  onKilled(status: OutcomeStatus, gone: GoneRun): void
  /** Its runner was lost, and it cannot be run again unseen. */
  onLost(reason: string): void
  /** Its wall clock ran out before a runner was free. */
  onExpired(): void
  /** The host cancelled it, and its runner is gone before it could say so. */
  onCancelled(): void
  /** Its script may run no more. */
  onRefused(): void
  /** Something is wrong with its script, and maybe with this run. Called for each run of which that may be so, before it is run again. */
  onSuspected(suspicion: Suspicion): void
}

/** How a job can be reached until it ends. */
export interface JobHandle {
  /** Asks the runner to cancel; takes the job out when it still waits. Whether it was waiting. */
  cancel(reason: string): boolean
}
