// The engine as a host sees it: types only.

import type { EngineError } from './errors/engine-error.ts'
import type { AnswerOf, EventDefinitions, EventsOfKind, FilteredOf, PayloadOf } from './events.ts'
import type { Outcome } from './model/outcome.ts'
import type { ExplainedSetting } from './policy/explain.ts'
import type { PerCallLimits } from './policy/resolve.ts'
import type { ScriptInfo } from './registry/script-record.ts'

/** What may be said with a call. */
export interface CallOptions {
  /** Cancels the runs under way when it is aborted. */
  readonly signal?: AbortSignal | undefined
  /** Whose event it is: separates state and storage. */
  readonly tenant?: string | undefined
  /** Lower limits for this call, written as in the policy: `{ wall: '1s' }`. They can only lower. */
  readonly limits?: PerCallLimits | undefined
  /** The id of the one script that is to run, where it handles the event; all that do where nothing is said. Not for `evaluate`. */
  readonly script?: string | undefined
}

/** What came of an event: one outcome for each script that handles it, by priority. */
export interface EmitResult {
  readonly outcomes: readonly Outcome[]
}

/** What came of a filter. */
export interface FilterResult<V> {
  /** The value after the last script that gave a valid one. */
  readonly value: V
  /** The script whose failure ended the chain, where policy says `onError: stop`. */
  readonly stoppedBy: string | undefined
  readonly outcomes: readonly Outcome[]
}

/** What came of a decision. */
export interface DecisionResult<A> {
  /** The first valid answer; undefined when no script gave one. */
  readonly value: A | undefined
  /** The script that gave it. */
  readonly decidedBy: string | undefined
  readonly outcomes: readonly Outcome[]
}

/** What `evaluate` takes beside the code. */
export interface EvaluateOptions extends Omit<CallOptions, 'script'> {
  /** The payload. */
  readonly event?: unknown
  /** The event's name, where the code handles several. */
  readonly name?: string | undefined
}

/** What an engine announces, and what its listeners are given. */
export interface EngineAnnouncements {
  /** A version of a script is in force; or, after a `script-failed`, the one in force is the latest again. */
  'script-loaded': ScriptInfo
  /** A version of a script could not be loaded; with status `ready`, the last good one stays in force. */
  'script-failed': ScriptInfo
  /** A script is gone from the store. */
  'script-removed': ScriptInfo
  /** A script needs what policy does not grant; `denied` has the lines that would. */
  denied: ScriptInfo
  /** A run ended. */
  run: Outcome
  /** A new revision of the policy is in force. */
  'policy-loaded': { readonly revision: number; readonly hash: string; readonly warnings: readonly string[] }
  /** The policy file became invalid; the last valid revision stays in force. */
  'policy-failed': EngineError
  /** The scripts directory could not be read, and what was in force stays; or what schedules remember could not be read or written, and they run on. */
  problem: unknown
}

/** Runs users' scripts. Whoever made it closes it. */
export interface Engine<E extends EventDefinitions = EventDefinitions> extends AsyncDisposable {
  /**
   * Tells all scripts of an event, at once. Never rejects because of a script.
   * Throws `EVENT_UNKNOWN`, `EVENT_KIND_MISMATCH`, `PAYLOAD_INVALID`, `PAYLOAD_NOT_PLAIN`, `INPUT_TOO_LARGE`, `LIMIT_INVALID`, `OPTIONS_INVALID`, `ENGINE_CLOSED`.
   */
  emit<N extends EventsOfKind<E, 'event'>>(event: N, payload: PayloadOf<E[N]>, options?: CallOptions): Promise<EmitResult>
  /** Lets each script transform a value in turn; every step is held against the schema. A failing script is skipped, or stops the chain, by policy. Throws as `emit`. */
  filter<N extends EventsOfKind<E, 'filter'>>(
    event: N,
    value: PayloadOf<E[N]>,
    options?: CallOptions,
  ): Promise<FilterResult<FilteredOf<E[N]>>>
  /** Asks scripts one after another, until one gives a valid answer that is not undefined. Throws as `emit`. */
  decide<N extends EventsOfKind<E, 'decision'>>(
    event: N,
    payload: PayloadOf<E[N]>,
    options?: CallOptions,
  ): Promise<DecisionResult<AnswerOf<E[N]>>>
  /** Runs code that is not in the store, as script `evaluate`. The same code is prepared once. Throws as `emit`. */
  evaluate(code: string, options?: EvaluateOptions): Promise<Outcome>
  /** Every script: what it declares, what it was granted, why it does not run. In order of id. */
  scripts(): readonly ScriptInfo[]
  /** Every setting of a script, as it holds here and now, with the line that set it. Throws `SCRIPT_UNKNOWN`. */
  explain(script: string): readonly ExplainedSetting[]
  /** What is doubtful about the policy in force, such as entries that match no script: one sentence each. */
  policyWarnings(): readonly string[]
  /** The text of `.vivarium/env.d.ts` as it is now: the types of events, of what policy grants, of the sandbox's globals. */
  types(): string
  /** Looks at every script and the policy again; quarantined scripts get another chance. Throws what reading the store throws. */
  reload(): Promise<void>
  /** Listens to announcements; returns a function that stops it. What a listener throws or rejects with is logged, never passed on. Throws `OPTIONS_INVALID`. */
  on<A extends keyof EngineAnnouncements>(announcement: A, listener: (told: EngineAnnouncements[A]) => void): () => void
  /** Ends every runner; runs under way end as `runner_lost`. Resolves when nothing is left. */
  close(): Promise<void>
}
