// How a value that someone wrote is named in a sentence: short, on one line, without characters that could fool a terminal.

const MAX_SHOWN = 60
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

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

/** Replaces control characters, direction marks and lone surrogates. */
export function withoutControls(text: string): string {
  return text.replace(UNSAFE, '\uFFFD')
}
