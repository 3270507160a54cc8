// What a binding is once it is defined: a namespace of host functions with schemas, a cost and handlers.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { BindingHost } from '../engine/model/binding-host.ts'
import type { Cause, RunId } from '../engine/model/event.ts'
import type { Grant as AllGrants } from '../engine/model/grant.ts'
import type { BindingSurface, RunBudget } from '../engine/model/host-call.ts'
import type { Outcome } from '../engine/model/outcome.ts'
import type { Redact } from '../engine/model/redact.ts'
import type { ScriptId } from '../engine/model/script.ts'

/** Who calls, and with what right: the first argument of every handler. None of it comes from the script. */
export interface BindingCall<Grant = unknown> {
  readonly script: ScriptId
  readonly tenant: string | undefined
  readonly runId: RunId
  readonly event: string
  /** Why the run is: what a further event is emitted with. */
  readonly cause: Cause
  /** What policy granted, as the binding's grant schema made it; `true` stands for all. */
  readonly grant: Grant
  /** What policy granted of every binding, by name: for a binding that works with what another one grants. */
  readonly grants: AllGrants
  /** Aborted when the run ends before the call does: pass it on to whatever can be cancelled. */
  readonly signal: AbortSignal
  /** What the run has used, and may use: what works on for long must not do so beyond `wallDeadline`. */
  readonly budget: RunBudget
  /** The engine that the call came through. */
  readonly host: BindingHost
}

/** One host function, as the gate holds it. Only the gate calls `handler`. */
export interface BindingMethod {
  /** Of the arguments, as an array: a tuple in most cases. */
  readonly input: StandardSchemaV1
  readonly output: StandardSchemaV1
  /** What one call is metered at; no unit, 1 where nothing is said. */
  readonly cost: number
  readonly handler: (call: BindingCall, ...args: readonly unknown[]) => unknown
}

/**
 * A namespace of host functions. Made by `defineBinding`, frozen. Usable in several engines, unless it has `close`: then it is for one engine, which closes it.
 */
export interface Binding {
  readonly surface: BindingSurface
  readonly methods: ReadonlyMap<string, BindingMethod>
  /** The TypeScript type of `ctx.<name>`, as text; undefined where the definition gives none. */
  readonly types: string | undefined
  /** Of what policy writes under `allow.<name>`, beside `true`; undefined where there is nothing more to say. */
  readonly grant: StandardSchemaV1 | undefined
  /** Told of every outcome, for a binding that works on what runs leave behind. Never throws. */
  readonly observer: { run(outcome: Outcome): void } | undefined
  /** Takes out of a text what nobody may see in logs, errors and records of calls. */
  readonly redact: Redact | undefined
  /** Called once by each engine, when it is open and before any run; what it throws, `createEngine` rejects with. */
  readonly attach: ((host: BindingHost) => void | Promise<void>) | undefined
  /** Lets go of what the binding holds. Called by the first engine that closes: an engine that goes on would meet a binding that is closed. */
  readonly close: (() => void | Promise<void>) | undefined
}
