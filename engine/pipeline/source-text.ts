// A source with where each of its lines begins, found once: a script chooses its source, and how many places in it the host looks up.
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const LINE_SEPARATOR = 0x2028
const PARAGRAPH_SEPARATOR = 0x2029

/** A place in a source; both numbers from 1. */
export interface Place {
  readonly line: number
  readonly column: number
}

/** See {@link readSource}. */
export interface SourceText {
  readonly text: string
  /** The offset at which each line begins. */
  readonly starts: Uint32Array
}

/** Finds the lines of a source. Lines end as JavaScript ends them, so that they are counted as the transpiler counts them. */
export function readSource(text: string): SourceText {
  let starts = new Uint32Array(64)
  let count = 1
  for (let index = 0; index < text.length; index++) {
    if (!isLineEnd(text, index)) continue
    if (count === starts.length) {
      const longer = new Uint32Array(count * 2)
      longer.set(starts)
      starts = longer
    }
    starts[count++] = index + 1
  }
  return { text, starts: starts.slice(0, count) }
}

/** A line without its end. `line` counts from 1; undefined where there is none. */
export function lineOf({ text, starts }: SourceText, line: number): string | undefined {
  const start = starts[line - 1]
  const next = starts[line]
  if (start === undefined) return undefined
  if (next === undefined) return text.slice(start)
  return text.slice(start, text.startsWith('\r\n', next - 2) ? next - 2 : next - 1)
}

/** The place of an offset; of one outside the source, the nearest. */
export function placeAt({ text, starts }: SourceText, offset: number): Place {
  const at = Math.max(0, Math.min(offset, text.length))
  let [first, last] = [0, starts.length - 1]
  while (first < last) {
    const middle = Math.ceil((first + last) / 2)
    if ((starts[middle] ?? 0) <= at) first = middle
    else last = middle - 1
  }
  return { line: first + 1, column: at - (starts[first] ?? 0) + 1 }
}

/** The offset of a place; undefined where the source has no such line. */
export function offsetOf({ starts }: SourceText, { line, column }: Place): number | undefined {
  const start = starts[line - 1]
  return start === undefined ? undefined : start + column - 1
}

function isLineEnd(text: string, index: number): boolean {
  const code = text.charCodeAt(index)
  if (code === CARRIAGE_RETURN) return text.charCodeAt(index + 1) !== LINE_FEED
  return code === LINE_FEED || code === LINE_SEPARATOR || code === PARAGRAPH_SEPARATOR
}
