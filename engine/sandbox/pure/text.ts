// Text for the sandbox: every encoding that Node knows, and base64. Bytes cross as text of one UTF-16 unit each.
import type { PureFunction } from './pure-function.ts'

const MOST_LABEL_CHARS = 100
const MOST_BYTES = 262_144
/** No encoding leaves more than this unfinished. */
const LONGEST_REST = 3
const NOT_A_BYTE = /[^\0-\xff]/
const BASE64 = /^[A-Za-z0-9+/]*$/
/** The one encoding with shifts. */
const SHIFTING = 'iso-2022-jp'

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
  if (isLast === true) return [read(name, bytes, { fatal: fatal === true }), '']
  if (fatal === true) read(name, bytes, { fatal: true, stream: true })
  // What a shift means for the next chunk cannot be said in bytes: all of it waits.
  if (name === SHIFTING) return ['', units]
  return cut(name, units, bytes)
}

/** `[bytes]` → base64. */
export const btoa: PureFunction = ([units]) => (isByteText(units) ? Buffer.from(units, 'latin1').toString('base64') : undefined)

/** `[digits]` → bytes. The digits come without padding and white space. */
export const atob: PureFunction = ([digits]) => {
  if (typeof digits !== 'string' || digits.length > MOST_BYTES || !BASE64.test(digits)) return undefined
  return Buffer.from(digits, 'base64').toString('latin1')
}

/** Parts the text from the unfinished bytes at the end: without them it is the same, whether or not more is said to follow. */
function cut(name: string, units: string, bytes: Buffer): readonly [string, string] {
  const text = read(name, bytes, { stream: true })
  const whole = read(name, bytes, {})
  if (text === whole) return [text, '']
  for (let rest = 1; rest <= LONGEST_REST; rest++) {
    const end = bytes.length - rest
    if (end >= 0 && read(name, bytes.subarray(0, end), {}) === text) return [text, units.slice(end)]
  }
  return [whole, ''] // malformed beyond what the decoder itself can say twice in the same way
}

function read(name: string, bytes: Buffer, { fatal = false, stream = false }: { fatal?: boolean; stream?: boolean }): string {
  return new TextDecoder(name, { ignoreBOM: true, fatal }).decode(bytes, { stream })
}

function isByteText(units: unknown): units is string {
  return typeof units === 'string' && units.length <= MOST_BYTES && !NOT_A_BYTE.test(units)
}
