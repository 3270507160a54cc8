// Text of scripts, policies and payloads on a terminal: it cannot move the cursor, change colours, reverse its direction, pass for another line or fill the screen.
import { TREACHEROUS } from '../engine/model/treacherous.ts'

const SHORT: { readonly [char: string]: string } = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

const MOST_LINES = 40
const WIDEST = 1_000

/** One line: line feeds too (they are for those who split lines first), and other control characters, stand as escapes such as `\x1b`. */
export function safeLine(text: string, widest = WIDEST): string {
  return cut(text, widest).replace(TREACHEROUS, toEscape)
}

/** The lines of a text one after another, without the space around them. Not safe yet. No pattern: it would look through a row of spaces from each of them. */
export function oneLine(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .join(' ')
    .trim()
}

/** Lines of text, each safe and indented; what is too long or too wide is cut with a note that says so. */
export function safeLines(text: string, indent: string): string[] {
  const lines = text.split('\n')
  const shown = lines.slice(0, MOST_LINES).map((line) => `${indent}${safeLine(line)}`)
  if (lines.length > MOST_LINES) shown.push(`${indent}… ${lines.length - MOST_LINES} more lines`)
  return shown
}

/** JSON text with the same characters as JSON escapes: they occur in strings only. */
export function safeJson(json: string): string {
  return json.replace(TREACHEROUS, (char) => Array.from({ length: char.length }, (_, index) => unitEscape(char.charCodeAt(index))).join(''))
}

function cut(text: string, widest: number): string {
  return text.length > widest ? `${text.slice(0, widest)}… (${text.length - widest} more characters)` : text
}

function toEscape(char: string): string {
  const code = char.codePointAt(0) ?? 0
  if (code > 0xffff) return `\\u{${code.toString(16)}}`
  return SHORT[char] ?? (code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : unitEscape(code))
}

function unitEscape(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`
}
