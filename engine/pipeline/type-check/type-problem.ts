// What a type-check finds, ready to show: the place in the user's own file, with its code frame.
import { type EngineError, engineError } from '../../errors/engine-error.ts'
import { codeFrame } from '../code-frame.ts'
import { printableUpTo } from '../printable.ts'
import { lineOf, placeAt, type SourceText } from '../source-text.ts'
import type { CompilerProblem } from './compiler.ts'
import { type KnownWords, ownWords, typeHint } from './type-hints.ts'

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
  /** What to do about it. */
  readonly hint?: string
}

const LONGEST_MESSAGE = 2_000

/** Where problems were found. */
export interface ProblemSource {
  readonly file: string
  /** Read once, however many problems there are: a source may have a line for each. */
  readonly text: SourceText
  readonly words: KnownWords
}

/** A problem of the compiler in the words of this project. */
export function describeProblem({ file, text, words }: ProblemSource, { start, end, code, message: said }: CompilerProblem): TypeProblem {
  const message = ownWords(said)
  const [from, to] = [placeAt(text, start), placeAt(text, Math.max(start, end))]
  const frame = codeFrame(text, from)
  const hint = typeHint({ code, message, line: lineOf(text, from.line) ?? '' }, words)
  return {
    file,
    ...from,
    endLine: to.line,
    endColumn: to.column,
    code: `TS${code}`,
    message: boundedLines(message),
    ...(frame === undefined ? {} : { frame }),
    ...(hint === undefined ? {} : { hint }),
  }
}

/** That there are more problems in a file than are told; at the place of the last one that is. */
export function describeRest({ file, line, column, endLine, endColumn, code }: TypeProblem, more: number): TypeProblem {
  return { file, line, column, endLine, endColumn, code, message: `${more} more problems of this file are not shown.` }
}

/** The error of a script that is not let in: the first problem, and how many more there are. */
export function typeError({ file, line, column, frame, hint, message, code }: TypeProblem, more: number): EngineError {
  const what = `${message} (${code}${more === 0 ? '' : `; ${more} more`})`
  const place = { file, line, column, ...(frame === undefined ? {} : { frame }) }
  return engineError('TYPE_ERROR', [what], { place, ...(hint === undefined ? {} : { hint }) })
}

/** A problem on one line: what a script that is let in all the same is warned of. */
export function problemLine({ file, line, column, code, message, hint }: TypeProblem): string {
  const [what = ''] = message.split('\n')
  return `${file}:${line}:${column}: ${what} (${code})${hint === undefined ? '' : ` ${hint}`}`
}

function boundedLines(message: string): string {
  return message
    .split('\n')
    .map((line) => printableUpTo(line, LONGEST_MESSAGE))
    .join('\n')
}
