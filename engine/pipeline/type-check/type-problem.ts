// What a type-check finds, ready to show: the place in the user's own file, with its code frame.
import type { ScriptFault } from '../../model/outcome.ts'
import { codeFrame, type Place } from '../code-frame.ts'
import { printableUpTo } from '../printable.ts'
import type { CompilerProblem } from './compiler.ts'

/** Something that is wrong with a file. */
export interface TypeProblem {
  /** Relative to the scripts directory. */
  readonly file: string
  /** From 1, as all four. */
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
  /** `TS2345` and so on; `TYPE_CHECK_FAILED` where the file could not be checked. */
  readonly code: string
  readonly message: string
  /** The source around the place. */
  readonly frame?: string
}

const LONGEST_MESSAGE = 2_000

/** A problem of the compiler in the words of this project. */
export function describeProblem(file: string, text: string, { start, end, code, message }: CompilerProblem): TypeProblem {
  const [from, to] = [placeAt(text, start), placeAt(text, Math.max(start, end))]
  const frame = codeFrame(text, from)
  return {
    file,
    ...from,
    endLine: to.line,
    endColumn: to.column,
    code: `TS${code}`,
    message: boundedLines(message),
    ...(frame === undefined ? {} : { frame }),
  }
}

/** The fault of a script that is not let in: the first problem, and how many more there are. */
export function faultOfProblems(
  [first, ...others]: readonly [TypeProblem, ...TypeProblem[]],
  describe: (what: string) => string,
): ScriptFault {
  const more = others.length === 0 ? '' : `\n(and ${others.length} more)`
  const { file, line, column, frame, code, message } = first
  return {
    code: 'TYPE_ERROR',
    name: 'TypeError',
    message: describe(`${message} (${code})${more}`),
    location: { file, line, column },
    ...(frame === undefined ? {} : { frame }),
  }
}

function placeAt(text: string, offset: number): Place {
  const before = text.slice(0, offset).split(/\r\n|[\n\r\u2028\u2029]/)
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}

function boundedLines(message: string): string {
  return message
    .split('\n')
    .map((line) => printableUpTo(line, LONGEST_MESSAGE))
    .join('\n')
}
