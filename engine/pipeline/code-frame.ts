// The lines around a place in a source, with a marker: what errors show to a script's author.
import { codeFrameColumns } from '@babel/code-frame'
import { printable } from './printable.ts'
import { lineOf, type Place, readSource, type SourceText } from './source-text.ts'

const LINES_ABOVE = 2
const LINES_BELOW = 3
/** Minified code has its whole text on one line: only this much around the column is shown. */
const WIDEST = 120

/**
 * A code frame of a source; pass it as read where there is more than one to make. Safe to print: control characters of the source are blanked. `color` marks
 * it up for a terminal. Undefined where the place is outside the source.
 */
export function codeFrame(source: string | SourceText, { line, column }: Place, color = false): string | undefined {
  const read = typeof source === 'string' ? readSource(source) : source
  const marked = lineOf(read, line)
  if (marked === undefined || column < 1) return undefined
  const first = Math.max(1, line - LINES_ABOVE)
  const start = windowStart(marked.length, column)
  const last = Math.min(read.starts.length, line + LINES_BELOW)
  const shown = Array.from({ length: last - first + 1 }, (_, index) => cut(lineOf(read, first + index) ?? '', start))
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
