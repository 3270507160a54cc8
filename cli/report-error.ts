// Errors as the person at the command line sees them: a sentence, the place with its code frame, what to do, where to read more. Never a stack, unless asked.
import { inspect } from 'node:util'
import { adviceOn } from '../engine/errors/code-fault.ts'
import { isEngineError, locationOf } from '../engine/errors/engine-error.ts'
import type { ScriptFault } from '../engine/index.ts'
import { docsPath } from './docs-path.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { jsonText } from './plain-value.ts'
import { safeLine, safeLines } from './safe-text.ts'
import { paint, printNote } from './terminal.ts'
import { UsageError } from './usage-error.ts'

/** How errors are told. */
export interface ReportStyle {
  /** One line of JSON: `{ "error": { code, name, message, location?, frame?, hint?, docs? } }`, as errors stand in outcomes. */
  readonly json: boolean
  /** With stacks. */
  readonly verbose: boolean
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

/** Takes an error apart: into the shape that errors of scripts have. */
export function errorParts(error: unknown): ScriptFault {
  if (isEngineError(error)) return error.toJSON()
  if (error instanceof UsageError) {
    const { name, message, place, hint } = error
    return { code: 'USAGE', name, message, ...locationOf(place), ...(hint === undefined ? {} : { hint }) }
  }
  const message = `Vivarium failed: ${error instanceof Error ? error.message : String(error)}`
  return { code: 'INTERNAL', name: 'Error', message, ...adviceOn('INTERNAL') }
}

/** The parts as lines for people. */
export function formatError({ message, location, frame, hint, docs }: ScriptFault, stream: NodeJS.WriteStream = process.stderr): string {
  const at = location === undefined ? '' : ` (${safeLine(location.file)}:${location.line}:${location.column})`
  return [
    `${paint('red', 'error:', stream)} ${safeLines(message, '').join('\n')}${at}`,
    ...(frame === undefined ? [] : safeLines(frame, '  ')),
    ...(hint === undefined ? [] : safeLines(hint, '')),
    ...(docs === undefined ? [] : [paint('dim', safeLine(docsPath(docs)), stream)]),
  ].join('\n')
}
