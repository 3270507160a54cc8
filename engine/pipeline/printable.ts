// Makes untrusted text safe to print: it cannot move the cursor, change colours, reverse its direction or fill the screen.

/** C0 and C1 controls, the line separators, and marks that hide or reorder text; each is one UTF-16 unit, so columns stay where they are. */
const TREACHEROUS = /[\p{Cc}\u00AD\u061C\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB]/gu

/** One line of untrusted text, as long as it was: what does not print becomes a space. */
export function printable(text: string): string {
  return text.toWellFormed().replace(TREACHEROUS, ' ')
}

/** One line of untrusted text, cut to `max` characters. */
export function printableUpTo(text: string, max: number): string {
  const cut = text.length > max ? `${text.slice(0, max - 1)}…` : text
  return printable(cut)
}
