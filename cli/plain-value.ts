// Values that scripts return or log, made safe to write: bounded in depth and size, without cycles. A value of a few bytes may share its parts
// so that it unrolls to more than there is memory for.
import { inspect } from 'node:util'
import { safeJson } from './safe-text.ts'

/** Characters that a value may unroll to. */
const ROOM = { json: 64 * 1024 * 1024, shown: 8_000 } as const
const DEEPEST = { json: 1_000, shown: 20 } as const

const TOO_LARGE = '[cut: too large]'
const TOO_DEEP = '[cut: nested too deep]'
const CYCLE = '[cycle]'

/**
 * The value as JSON text on one line. What JSON cannot write: a `Date` is its ISO text, a `Map` a list of pairs, a `Set` a list, a `BigInt` its digits, a `Uint8Array` base64,
 * `NaN` and `Infinity` are text, `undefined` is left out (null in a list), and a part that is too large, too deep or a cycle is text that says so.
 */
export function jsonText(value: unknown): string {
  return safeJson(JSON.stringify(new Unroller('json').unroll(value)) ?? 'null')
}

/** The value as people read it, on one line or several; not yet safe for a terminal. */
export function shownValue(value: unknown): string {
  const bounded = new Unroller('shown').unroll(value)
  return inspect(bounded, { depth: null, breakLength: 100, maxArrayLength: null, maxStringLength: null, colors: false })
}

/** Copies a value until its room is used up. `shown` keeps the kinds of values, `json` does not. */
class Unroller {
  readonly #style: 'json' | 'shown'
  readonly #above = new Set<object>()
  #room: number

  constructor(style: 'json' | 'shown') {
    this.#style = style
    this.#room = ROOM[style]
  }

  unroll(value: unknown): unknown {
    if (typeof value === 'string') return this.#text(value)
    this.#room -= 2
    if (this.#room < 0) return TOO_LARGE
    if (typeof value === 'object' && value !== null) return this.#object(value)
    if (this.#style === 'shown') return value
    const isText = typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value))
    return isText ? this.#text(String(value)) : value
  }

  #text(text: string): string {
    const room = Math.max(0, this.#room)
    this.#room -= text.length + 2
    if (text.length <= room) return text
    return room === 0 || this.#style === 'json' ? TOO_LARGE : `${text.slice(0, room)}… (${text.length - room} more characters)`
  }

  #object(value: object): unknown {
    if (this.#above.has(value)) return CYCLE
    if (this.#above.size >= DEEPEST[this.#style]) return TOO_DEEP
    this.#above.add(value)
    const copy = this.#copy(value)
    this.#above.delete(value)
    return copy
  }

  #copy(value: object): unknown {
    const isJson = this.#style === 'json'
    if (value instanceof Date) return isJson && Number.isNaN(value.getTime()) ? null : value
    if (value instanceof Uint8Array) return isJson ? this.#text(Buffer.from(value).toString('base64')) : value.subarray(0, 100)
    if (Array.isArray(value)) return this.#items(value)
    if (value instanceof Set) return isJson ? this.#items(value) : new Set(this.#items(value))
    const isMap = value instanceof Map
    const pairs = this.#pairs(isMap ? value : Object.entries(value))
    if (isMap) return isJson ? pairs : new Map(pairs)
    return Object.fromEntries(pairs)
  }

  #pairs(pairs: Iterable<readonly [unknown, unknown]>): [string, unknown][] {
    const copies: [string, unknown][] = []
    for (const [key, item] of pairs) {
      if (this.#room < 0) break
      // The key of an object is a string and stays one.
      copies.push([this.unroll(key) as string, this.unroll(item)])
    }
    return copies
  }

  /** Stops at the first item without room. */
  #items(items: Iterable<unknown>): unknown[] {
    const copies: unknown[] = []
    for (const item of items) {
      copies.push(this.unroll(item))
      if (this.#room < 0) break // the last copy says that there was more
    }
    return copies
  }
}
