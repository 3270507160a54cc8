// Paths and names in the commands that are shown to be tried: what is copied into a shell is one word there.
import { safeLine } from './safe-text.ts'

/** The text as a shell reads it: in quotes where it needs them. */
export function shellWord(text: string): string {
  const word = safeLine(text)
  if (/^[\w./:\\@%+,=-]+$/.test(word) && (process.platform === 'win32' || !word.includes('\\'))) return word
  return process.platform === 'win32' ? `"${word}"` : `'${word.replaceAll("'", `'\\''`)}'`
}
