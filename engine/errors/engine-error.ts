// The one error class of the engine: a code of the table, a sentence, and for files a place.
import type { ScriptFault } from '../model/outcome.ts'
import { adviceOn } from './code-fault.ts'
import { describe, type ErrorCode, type ErrorFacts } from './codes.ts'

const BRAND = Symbol.for('vivarium.engine-error')

/** Where in a file something is wrong, ready to show. */
export interface ErrorPlace {
  /** Path as the user knows it: relative to the scripts directory, or as it was given. */
  readonly file: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  /** The source around the place, with a marker. */
  readonly frame?: string
}

/** Details that an error may carry beside its sentence. */
export interface ErrorDetails {
  readonly cause?: unknown
  readonly place?: ErrorPlace
  readonly hint?: string
}

/** An error of the engine. Recognise it by {@link isEngineError}, tell errors apart by `code` (docs/errors.md). */
export class EngineError extends Error {
  readonly code: ErrorCode
  // Declared only: what is not known is not there, and a log of the error does not show it.
  declare readonly place: ErrorPlace | undefined
  declare readonly hint: string | undefined

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'EngineError'
    this.code = code
    if (details.place !== undefined) this.place = details.place
    if (details.hint !== undefined) this.hint = details.hint
  }

  /** On the prototype, where a log of the error does not show it. */
  get [BRAND](): true {
    return true
  }

  /** What `JSON.stringify` writes: the shape that errors of scripts have in outcomes, so that a host shows both in one way. No stack: that is for logs. */
  toJSON(): ScriptFault {
    const { code, name, message, place, hint } = this
    return { code, name, message, ...locationOf(place), ...adviceOn(code, hint) }
  }
}

/** A place as errors of scripts have it. */
export function locationOf(place: ErrorPlace | undefined): Pick<ScriptFault, 'location' | 'frame'> {
  if (place === undefined) return {}
  const { file, line, column, frame } = place
  return { location: { file, line, column }, ...(frame === undefined ? {} : { frame }) }
}

/** Makes the error of a code. `details` carries cause, place and hint. */
export function engineError<C extends ErrorCode>(code: C, facts: ErrorFacts<C>, details?: ErrorDetails): EngineError {
  return new EngineError(code, describe(code, ...facts), details)
}

/** Whether a value is an {@link EngineError}, also one of another copy of this package. */
export function isEngineError(value: unknown): value is EngineError {
  return typeof value === 'object' && value !== null && BRAND in value
}
