// The lines around a place in a source, with a marker: what errors show to a script's author.
import { codeFrameColumns } from '@babel/code-frame'
import { printable } from './printable.ts'

/** Line ends as JavaScript knows them, so that lines are counted as the transpiler counts them. */
const LINE_END = /\r\n|[\n\r\u2028\u2029]/
const LINES_ABOVE = 2
const LINES_BELOW = 3
/** Minified code has its whole text on one line: only this much around the column is shown. */
const WIDEST = 120

/** A place in a source; both numbers from 1. */
export interface Place {
  readonly line: number
  readonly column: number
}

/** The lines of a source, without their ends. */
export function splitLines(source: string): string[] {
  return source.split(LINE_END)
}

/**
 * A code frame of a source, or of its lines where there are many frames to make. Safe to print: control characters of the source are blanked. `color` marks it up for a terminal. Undefined where the place is
 * outside the source.
 */
export function codeFrame(source: string | readonly string[], { line, column }: Place, color = false): string | undefined {
  const lines = typeof source === 'string' ? splitLines(source) : source
  const marked = lines[line - 1]
  if (marked === undefined || column < 1) return undefined
  const first = Math.max(1, line - LINES_ABOVE)
  const start = windowStart(marked.length, column)
  const shown = lines.slice(first - 1, line + LINES_BELOW).map((text) => cut(text, start))
  // From 0 here. A place just behind the end of a line is where something is missing; the marker stands there, not further out.
  const markedColumn = Math.min(column - 1, marked.length) - start
  return codeFrameColumns(
    shown.join('\n'),
    { start: { line, column: markedColumn } },
    { startLine: first, linesAbove: LINES_ABOVE, linesBelow: LINES_BELOW, forceColor: color },
  )
}

function windowStart(length: number, column: number): number {
  return length <= WIDEST ? 0 : Math.max(0, Math.min(column - WIDEST / 2, length - WIDEST))
}

/** The ellipses take the places of characters, so that columns stay where they are. */
function cut(text: string, start: number): string {
  const part = text.slice(start, start + WIDEST)
  const isCutLeft = start > 0 && part !== ''
  const isCutRight = text.length > start + WIDEST
  return printable(`${isCutLeft ? '…' : ''}${part.slice(isCutLeft ? 1 : 0, isCutRight ? -1 : undefined)}${isCutRight ? '…' : ''}`)
}
