// The code frame of a policy error: the lines around the place, with a marker, safe to print.
import { codeFrameColumns } from '@babel/code-frame'
import { withoutControls } from './describe-value.ts'

const LINES_ABOVE = 2
const LINES_BELOW = 2
const MAX_WIDTH = 120
/** So much behind a place is shown in any case. */
const MARGIN = 20

/** Draws the lines around a place (line and column from 1). Long lines are cut to what surrounds the column. */
export function policyFrame(text: string, line: number, column: number): string {
  const first = Math.max(1, line - LINES_ABOVE)
  const start = column > MAX_WIDTH - MARGIN ? column - Math.floor(MAX_WIDTH / 2) : 0
  const shown = text
    .split(/\r\n|[\n\r]/, line + LINES_BELOW)
    .slice(first - 1)
    .map((each) => withoutControls(cut(each, start).replaceAll('\t', ' ')))
  return codeFrameColumns(
    shown.join('\n'),
    { start: { line, column: column - start - 1 } }, // the library counts columns from 0
    { startLine: first, linesAbove: LINES_ABOVE, linesBelow: LINES_BELOW },
  )
}

/** The ellipses take the places of characters, so that columns stay where they are. */
function cut(text: string, start: number): string {
  const part = text.slice(start, start + MAX_WIDTH)
  const isCutLeft = start > 0 && part !== ''
  const isCutRight = text.length > start + MAX_WIDTH
  return `${isCutLeft ? '…' : ''}${part.slice(isCutLeft ? 1 : 0, isCutRight ? -1 : undefined)}${isCutRight ? '…' : ''}`
}
