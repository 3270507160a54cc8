// Columns in a text with characters of two UTF-16 units: QuickJS counts characters, source maps and V8 count units.

/** Makes a column in units of a column in characters. Line and columns are from 0. */
export type ToUnits = (line: number, column: number) => number

const WIDE_OR_LINE = /[\ud800-\udbff][\udc00-\udfff]|\n/g

/** Looks through the text once, so that each column takes no time. */
export function findWideCharacters(text: string): ToUnits {
  const lines = new Map<number, number[]>()
  let line = 0
  let start = 0
  for (const { 0: found, index } of text.matchAll(WIDE_OR_LINE)) {
    if (found === '\n') {
      line++
      start = index + 1
      continue
    }
    const places = lines.get(line)
    if (places === undefined) lines.set(line, [index - start])
    else places.push(index - start)
  }
  return (line, column) => column + countBefore(lines.get(line) ?? [], column)
}

/** How many of the places, in units, lie before a column in characters. */
function countBefore(places: readonly number[], column: number): number {
  let low = 0
  let high = places.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((places[middle] ?? 0) - middle < column) low = middle + 1
    else high = middle
  }
  return low
}
