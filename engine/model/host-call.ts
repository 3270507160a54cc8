// A script's call of a host function, and the answer: plain data, so that it can cross any channel.
import type { Cause, RunId } from './event.ts'
import type { Grant, Narrowed } from './grant.ts'
import type { Json } from './json.ts'
import type { Limits } from './limits.ts'
import type { ScriptId } from './script.ts'

/** One call, with the identity that the engine (never the script) put on it. */
export interface HostCall {
  readonly script: ScriptId
  readonly tenant: string | undefined
  readonly runId: RunId
  readonly event: string
  /** Why the run is. */
  readonly cause: Cause
  /** What the script was granted when its image was made. */
  readonly grant: Grant
  readonly binding: string
  readonly method: string
  /** Decoded arguments: plain values, never live objects. */
  readonly args: readonly unknown[]
  /** Aborted when the run ends before the call does. */
  readonly signal: AbortSignal
  readonly budget: RunBudget
}

/** What a run may use, and what it has used when it makes a call. None of it comes from the script. */
export interface RunBudget {
  /** In force for this run. */
  readonly limits: Limits
  /** Milliseconds that it has computed. */
  readonly cpuMs: number
  /** Milliseconds since it was accepted. */
  readonly wallMs: number
  /** Calls that it has made, this one among them. */
  readonly hostCalls: number
  /** When its wall clock runs out: on the steady clock of the host (`performance.now()`), in ms. */
  readonly wallDeadline: number
}

/** What a script is told when a call fails. */
export interface HostCallError {
  readonly code: string
  readonly message: string
}

/** The answer to a call; a host function never throws across the wall. */
export type HostReply = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: HostCallError }

/** The door that the engine knows: the gate is one. It must not throw; if it does, the script sees `HOST_FAILURE`. */
export type HostCallHandler = (call: HostCall) => Promise<HostReply>

/** Something that is wrong with what policy wrote under `allow.<binding>`. */
export interface AllowProblem {
  /** The end of a sentence that begins with the path. */
  readonly message: string
  readonly path: readonly (string | number)[]
  /** The path's last key is what is wrong, not what stands there. */
  readonly isKey?: true
}

/** What the engine must know of a binding to grant it: its methods, and how policy's value meets a need. */
export interface BindingSurface {
  readonly name: string
  readonly description: string
  readonly methods: readonly string[]
  /**
   * Checks what policy wrote under `allow`. Returns the normalised value, or what is wrong: the first of it, and `others` where there is more.
   */
  readonly readAllow: (
    written: unknown,
  ) => { readonly ok: true; readonly value: Json } | ({ readonly ok: false; readonly others?: readonly AllowProblem[] } & AllowProblem)
  /**
   * How much of a need policy gives, where members that are equal as JSON are not the measure (patterns of hosts, directories). `need` is what the script
   * wrote, never `true` or `false`; `allow` is what `readAllow` made, never `false`. What it gives must be within `allow`; a need that makes it throw is not given.
   */
  readonly narrow?: ((need: Json, allow: Json) => Narrowed) | undefined
}
