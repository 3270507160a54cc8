// How the parts of a default export are read: it is JSON from the sandbox, in which marks stand for what JSON cannot write. Nothing in it is trusted.
import { didYouMean } from '../errors/did-you-mean.ts'
import type { Json } from '../model/json.ts'
import { printableUpTo } from './printable.ts'

/** Characters of the longest name: of a script, an event, a binding. */
export const LONGEST_NAME = 100
const MOST_ENTRIES = 100
/** What the sandbox writes for values that JSON has no words for. */
const MARKS = new Set(['function', 'symbol', 'undefined', 'bigint', 'cycle'])

/** An object of a default export. */
export type Table = { readonly [key: string]: Json }

/** What is wrong: the facts of a `MANIFEST_INVALID`, and the property that the author finds it by. */
export class Flaw extends Error {
  readonly facts: readonly [path: string, expected: string, got: string]
  readonly key: string | undefined
  readonly hint: string | undefined

  constructor(facts: readonly [path: string, expected: string, got: string], key?: string, hint?: string) {
    super(facts.join(' '))
    this.facts = facts
    this.key = key
    this.hint = hint
  }
}

/** The entries of an object that need not be there, in order. Throws a {@link Flaw}. */
export function entriesOf(value: Json | undefined, path: string, expected: string): [string, Json][] {
  if (value === undefined) return []
  if (!isTable(value)) throw invalid(path, expected, value)
  const entries = Object.entries(value)
  if (entries.length > MOST_ENTRIES)
    throw new Flaw([path, `an object with at most ${MOST_ENTRIES} entries`, `one with ${entries.length}`], keyOf(path))
  return entries
}

/** Throws a {@link Flaw} for a key that means nothing. */
export function expectKeys(table: Table, keys: readonly string[], path: string): void {
  const unknown = Object.keys(table).find((key) => !keys.includes(key))
  if (unknown === undefined) return
  const expected = `one of ${keys.map((key) => `"${key}"`).join(', ')}`
  const hint = didYouMean(unknown, keys).trim()
  throw new Flaw(
    [`each key of ${path === '' ? 'it' : path.slice(0, -1)}`, expected, quote(unknown)],
    unknown,
    hint === '' ? undefined : hint,
  )
}

/** A property that is there and has a value. */
export function optional(table: Table, key: string): Json | undefined {
  const value = Object.hasOwn(table, key) ? table[key] : undefined
  return isMark(value, 'undefined') ? undefined : value
}

/** Whether a value is an object, and neither a list nor a mark. */
export function isTable(value: Json | undefined): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isMark(value)
}

/** Whether a value stands for what JSON cannot write: for anything, or for one thing. */
export function isMark(value: Json | undefined, mark?: string): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const keys = Object.keys(value)
  const written = keys.length === 1 && keys[0] === '$' ? (value as Table)['$'] : undefined
  return typeof written === 'string' && (mark === undefined ? MARKS.has(written) : written === mark)
}

/** Whether a text can be shown in one line as it is. */
export function isName(text: string): boolean {
  return text.length > 0 && text.length <= LONGEST_NAME && printableUpTo(text, LONGEST_NAME) === text && text.trim() !== ''
}

/** What was found, and what should have been. */
export function invalid(path: string, expected: string, got: Json | undefined): Flaw {
  return new Flaw([path, expected, describeValue(got)], keyOf(path))
}

/** What was found, and the words that could have been there. */
export function unknownWord(path: string, words: readonly string[], got: Json): Flaw {
  const { facts, key } = invalid(path, `one of ${words.map(quote).join(', ')}`, got)
  const hint = typeof got === 'string' ? didYouMean(got, words).trim() : ''
  return new Flaw(facts, key, hint === '' ? undefined : hint)
}

/** The property that a path names: `on["push"].priority` is found by its event, `"every"` by itself. */
function keyOf(path: string): string | undefined {
  return /\["(.+?)"\]/.exec(path)?.[1] ?? /^"(\w+)"$/.exec(path)?.[1]
}

function describeValue(value: Json | undefined): string {
  if (value === undefined) return 'missing'
  if (isMark(value, 'undefined')) return 'undefined'
  if (value === null) return 'null'
  if (isMark(value)) return `a ${String((value as Table)['$'])}`
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object'
  return String(value)
}

/** A text of the script in quotes, fit to be shown. */
export function quote(text: string): string {
  return `"${shown(text)}"`
}

/** A text of the script, fit to be shown. */
export function shown(text: string): string {
  return printableUpTo(text, 60)
}
