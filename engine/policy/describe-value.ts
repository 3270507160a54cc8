// How a value that someone wrote is named in a sentence: short, on one line, without characters that could fool a terminal.
import { TREACHEROUS } from '../model/treacherous.ts'

const MAX_SHOWN = 60

/** Names a written value for "cannot be …" and "not …": `"50"`, `50`, `nothing`, `a list`, `a mapping`. */
export function describeValue(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (typeof value === 'string') return quoteText(value)
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'a mapping' : `a ${typeof value}`
}

/** Quotes text, cut to a length that fits a sentence. */
export function quoteText(text: string): string {
  return `"${withoutControls(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text)}"`
}

/** Shows that there is a control character, a direction mark, a filler or half a character, without its effect. Columns stay where they are. */
export function withoutControls(text: string): string {
  return text.replace(TREACHEROUS, ({ length }) => '\uFFFD'.repeat(length))
}
