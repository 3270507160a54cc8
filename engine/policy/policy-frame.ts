// The code frame of a policy error: the lines around the place, with a marker, safe to print.
import { codeFrameColumns } from '@babel/code-frame'
import { withoutControls } from './describe-value.ts'

const LINES_ABOVE = 2
const LINES_BELOW = 2
const MAX_WIDTH = 120

/** Draws the lines around a place (line and column from 1). Long lines are cut to what surrounds the column. */
export function policyFrame(text: string, line: number, column: number): string {
  const first = Math.max(1, line - LINES_ABOVE)
  const cut = column > MAX_WIDTH ? column - Math.floor(MAX_WIDTH / 2) : 0
  const shown = text
    .split(/\r\n|[\n\r]/, line + LINES_BELOW)
    .slice(first - 1)
    .map((each) => withoutControls(each.slice(cut, cut + MAX_WIDTH).replaceAll('\t', ' ')))
  return codeFrameColumns(
    shown.join('\n'),
    { start: { line, column: column - cut - 1 } }, // the library counts columns from 0
    { startLine: first, linesAbove: LINES_ABOVE, linesBelow: LINES_BELOW },
  )
}
