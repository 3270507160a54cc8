// Makes untrusted text safe to print: it cannot move the cursor, change colours, reverse its direction, hide or fill the screen.
import { TREACHEROUS } from '../model/treacherous.ts'

/** One line of untrusted text, as many UTF-16 units as it was, so that columns stay where they are: what does not print becomes spaces. */
export function printable(text: string): string {
  return text.toWellFormed().replace(TREACHEROUS, ({ length }) => ' '.repeat(length))
}

/** One line of untrusted text, cut to `max` characters. */
export function printableUpTo(text: string, max: number): string {
  const cut = text.length > max ? `${text.slice(0, max - 1)}…` : text
  return printable(cut)
}
