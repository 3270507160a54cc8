// Errors as the person at the command line sees them: a sentence, the place with its code frame, what to do, where to read more. Never a stack, unless asked.
import { inspect } from 'node:util'
import { adviceOn } from '../engine/errors/code-fault.ts'
import { type EngineError, isEngineError } from '../engine/errors/engine-error.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { jsonText } from './plain-value.ts'
import { safeLine, safeLines } from './safe-text.ts'
import { paint, printNote } from './terminal.ts'
import { UsageError } from './usage-error.ts'

/** How errors are told. */
export interface ReportStyle {
  /** One line of JSON: `{ "error": { code, message, place?, hint?, docs? } }`. */
  readonly json: boolean
  /** With stacks. */
  readonly verbose: boolean
}

/** An error in the parts that people and machines are told. */
export interface ErrorParts {
  readonly code: string
  readonly message: string
  readonly place?: EngineError['place']
  readonly hint?: string | undefined
  readonly docs?: string | undefined
}

/** Codes of errors that the event's data caused. */
const OF_THE_DATA = /^(?:PAYLOAD|INPUT|EVENT)_/

/** Tells an error on standard error. */
export function reportError(error: unknown, { json, verbose }: ReportStyle): void {
  const parts = errorParts(error)
  printNote(json ? jsonText({ error: parts }) : formatError(parts))
  if (verbose) printNote(safeLines(inspect(error), '  ').join('\n'))
  else if (parts.code === 'INTERNAL') printNote('Run it again with --verbose to see the stack.')
}

/** What the program ends with after an error. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof UsageError) return EXIT.usage
  return isEngineError(error) && OF_THE_DATA.test(error.code) ? EXIT.usage : EXIT.cannotStart
}

/** Takes an error apart. */
export function errorParts(error: unknown): ErrorParts {
  if (isEngineError(error)) return pick(error.code, error.message, error)
  if (error instanceof UsageError) return pick('USAGE', error.message, error)
  const message = `Vivarium failed: ${error instanceof Error ? error.message : String(error)}`
  return pick('INTERNAL', message, { place: undefined, hint: undefined })
}

/** The parts as lines for people. */
export function formatError({ message, place, hint, docs }: ErrorParts, stream: NodeJS.WriteStream = process.stderr): string {
  const at = place === undefined ? '' : ` (${safeLine(place.file)}:${place.line}:${place.column})`
  return [
    `${paint('red', 'error:', stream)} ${safeLines(message, '').join('\n')}${at}`,
    ...(place?.frame === undefined ? [] : safeLines(place.frame, '  ')),
    ...(hint === undefined ? [] : safeLines(hint, '')),
    ...(docs === undefined ? [] : [paint('dim', docs, stream)]),
  ].join('\n')
}

function pick(
  code: string,
  message: string,
  { place, hint }: { readonly place: ErrorParts['place']; readonly hint: string | undefined },
): ErrorParts {
  return { code, message, ...(place && { place }), ...adviceOn(code, hint) }
}
