// The result of a run: one closed union; success and failure share one shape.
import type { RunId } from './event.ts'
import type { ScriptId } from './script.ts'
import type { Usage } from './usage.ts'

/** Every status that an outcome can have. */
export const OUTCOME_STATUSES = Object.freeze([
  'ok',
  'exception',
  'cpu_exceeded',
  'wall_exceeded',
  'memory_exceeded',
  'stack_exceeded',
  'output_exceeded',
  'host_calls_exceeded',
  'denied',
  'throttled',
  'queue_full',
  'quarantined',
  'cancelled',
  'load_failed',
  'runner_lost',
] as const)

/** See {@link OUTCOME_STATUSES}. */
export type OutcomeStatus = (typeof OUTCOME_STATUSES)[number]

/** What went wrong, as data: safe to show to the script's author. No host path, no host frame. */
export interface ScriptFault {
  /** A code of docs/errors.md, or the `code` that the script put on its own error. */
  readonly code: string
  readonly name: string
  readonly message: string
  /** The user's frames only, mapped to the user's TypeScript. */
  readonly stack?: string
  /** Where it happened: a path relative to the scripts directory, line and column from 1. */
  readonly location?: { readonly file: string; readonly line: number; readonly column: number }
  /** The user's source around the place, ready to print. */
  readonly frame?: string
  /** What to do about it. */
  readonly hint?: string
  /** Where the documentation says more: `docs/errors.md#CODE`, for codes of the table. */
  readonly docs?: string
}

/** The severity of a log entry. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** One line that a script logged. */
export interface LogEntry {
  readonly level: LogLevel
  readonly message: string
  /** Structured fields, JSON only. */
  readonly data?: unknown
  /** Set on the one entry that stands for all that were dropped over the limit. */
  readonly truncated?: true
  /** Set on the one entry that reports a rejection which nobody awaited: what it was, and where. */
  readonly error?: ScriptFault
}

interface OutcomeBase {
  readonly script: ScriptId
  readonly event: string
  readonly runId: RunId
  readonly usage: Usage
  readonly logs: readonly LogEntry[]
  /** The run that emitted the event, where a script did. */
  readonly causedBy?: RunId
  /** With isolation `script`: module state was lost, because this run was cut or its runner died. */
  readonly stateLost?: true
}

/** A run that ended well. */
export interface OkOutcome extends OutcomeBase {
  readonly status: 'ok'
  readonly value?: unknown
  readonly error?: never
}

/** A run that did not. */
export interface FailedOutcome extends OutcomeBase {
  readonly status: Exclude<OutcomeStatus, 'ok'>
  readonly value?: never
  readonly error: ScriptFault
}

/** What came of one run. */
export type Outcome = OkOutcome | FailedOutcome

/** An error as the sandbox described it: untrusted text, bounded in length, frames not yet mapped. */
export interface GuestFault {
  readonly name: string
  readonly message: string
  /** The sandbox's own stack text: lines like `    at f (script:1:34)`. Frames of the script are in the file `script`. */
  readonly stack: string
  /** The `code` property, when it is a string. */
  readonly code?: string
  readonly cause?: GuestFault
}

/** Where a run was when it was cut, as the sandbox described it: untrusted text. */
export interface CutSite {
  /** As in {@link GuestFault}. */
  readonly stack: string
  /** What it awaited there: `binding.method`, or the name of a timer's function. Absent where it was computing. */
  readonly awaited?: string
}
