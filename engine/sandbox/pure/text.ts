// Text for the sandbox: every encoding that Node knows, and base64. Bytes cross as text of one UTF-16 unit each.
import type { PureFunction } from './pure-function.ts'

const MOST_LABEL_CHARS = 100
const MOST_BYTES = 262_144
/** No encoding leaves more than this unfinished. */
const LONGEST_REST = 3
const NOT_A_BYTE = /[^\0-\xff]/
const BASE64 = /^[A-Za-z0-9+/]*$/
const SHIFT = new RegExp(`${String.fromCharCode(27)}(?:\\$[@B]|\\([BIJ])`, 'g')

/** `[label]` → the name of the encoding. */
export const encoding: PureFunction = ([label]) => {
  if (typeof label !== 'string' || label.length > MOST_LABEL_CHARS) return undefined
  return new TextDecoder(label).encoding
}

/**
 * `[encoding, bytes, fatal, isLast]` → `[text, rest]`: what the bytes say, and those at their end that wait for more (none when they are the last).
 * Byte order marks stay. Refuses what is malformed when `fatal`.
 */
export const decode: PureFunction = ([name, units, fatal, isLast]) => {
  if (typeof name !== 'string' || name.length > MOST_LABEL_CHARS || !isByteText(units)) return undefined
  const bytes = Buffer.from(units, 'latin1')
  const text = new TextDecoder(name, { ignoreBOM: true, fatal: fatal === true }).decode(bytes, { stream: isLast !== true })
  return [text, isLast === true ? '' : restOf(name, units, bytes)]
}

/** `[bytes]` → base64. */
export const btoa: PureFunction = ([units]) => (isByteText(units) ? Buffer.from(units, 'latin1').toString('base64') : undefined)

/** `[digits]` → bytes. The digits come without padding and white space. */
export const atob: PureFunction = ([digits]) => {
  if (typeof digits !== 'string' || digits.length > MOST_BYTES || !BASE64.test(digits)) return undefined
  return Buffer.from(digits, 'base64').toString('latin1')
}

/** The unfinished bytes at the end: without them the text is the same, whether or not more is said to follow. */
function restOf(name: string, units: string, bytes: Buffer): string {
  const text = new TextDecoder(name, { ignoreBOM: true }).decode(bytes, { stream: true })
  const whole = new TextDecoder(name, { ignoreBOM: true })
  let end = bytes.length
  while (end > 0 && bytes.length - end < LONGEST_REST && whole.decode(bytes.subarray(0, end)) !== text) end--
  return shiftOf(name, units.slice(0, end)) + units.slice(end)
}

/** In the one encoding that shifts, the shift in force is said again before what follows. */
function shiftOf(name: string, units: string): string {
  return name === 'iso-2022-jp' ? (units.match(SHIFT)?.at(-1) ?? '') : ''
}

function isByteText(units: unknown): units is string {
  return typeof units === 'string' && units.length <= MOST_BYTES && !NOT_A_BYTE.test(units)
}
