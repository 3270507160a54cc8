// What a conformance program is: a small script, what it is given, and what must come of it, on every runtime alike.
import type { LogLevel, OutcomeStatus } from '../../engine/index.ts'
import type { DifferenceName } from './known-differences.ts'

/** What must come of one event. Fields that are left out are only held against the other runtime. */
export interface Expected {
  /** `ok` where nothing is said. */
  readonly status?: OutcomeStatus
  readonly value?: unknown
  /** What the specification, or the engine's own table of codes, says of the error; frames as `f 2:7`. */
  readonly error?: { readonly code?: string; readonly name?: string; readonly message?: string; readonly frames?: readonly string[] }
  /** Every entry: level, message, perhaps data. */
  readonly logs?: readonly (readonly [level: LogLevel, message: string, data?: unknown])[]
  readonly hostCalls?: number
  readonly stateLost?: true
}

/** One event that a program is sent. */
export interface Call extends Expected {
  /** `go` where nothing is said. */
  readonly event?: string
  readonly payload?: unknown
  readonly limits?: { readonly [name: string]: string | number }
}

/** One program. */
export interface Program extends Expected {
  /** The body of an async handler `(event, ctx)` of the event `go`; `ctx.host` is granted. */
  readonly body?: string
  /** A whole module, where a body is not enough. */
  readonly script?: string
  /** The payload, where there is one call; 7 where nothing is said. */
  readonly payload?: unknown
  /** Several events, one after another. */
  readonly calls?: readonly Call[]
  /** All calls at once. */
  readonly atOnce?: true
  /** What the policy says of the script, beside patient limits. */
  readonly policy?: { readonly isolation?: 'script'; readonly limits?: { readonly [name: string]: string | number } }
  /** The runtimes are known to differ here, in what `known-differences.ts` says. */
  readonly differs?: DifferenceName | readonly DifferenceName[]
  /** Why plain Node comes to something else; where nothing is said, a body without `ctx` must come to its value there too. */
  readonly notInNode?: string
}

/** Programs of one theme, by their names. */
export type Programs = { readonly [name: string]: Program }
