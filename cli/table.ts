// Tables in plain text: columns as wide as their widest cell, texts to the left, numbers to the right.
import { stripVTControlCharacters } from 'node:util'

/** One column of a table. */
export interface Column {
  readonly header: string
  /** `left` where nothing is said. */
  readonly align?: 'left' | 'right'
}

const GAP = '  '

/** The lines of a table, its headers first; an empty row makes an empty line. Cells may be coloured; a missing one is empty. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const lines = [columns.map(({ header }) => header), ...rows]
  const widths = columns.map((_, index) => Math.max(...lines.map((cells) => widthOf(cells[index] ?? ''))))
  return lines.map((cells) => formatLine(columns, cells, widths)).join('\n')
}

function formatLine(columns: readonly Column[], cells: readonly string[], widths: readonly number[]): string {
  const padded = columns.map(({ align = 'left' }, index) => pad(cells[index] ?? '', widths[index] ?? 0, align))
  return padded.join(GAP).trimEnd()
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(width - widthOf(text))
  return align === 'left' ? text + space : space + text
}

/** Letters as a reader counts them, without colours. */
function widthOf(text: string): number {
  return Array.from(stripVTControlCharacters(text)).length
}
