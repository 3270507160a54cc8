// Replaces what must not be seen in values that people look at: logs, errors, records of host calls.

/** Gives back a text without what must not be seen in it. */
export type Redact = (text: string) => string

/** Stands for what cannot be looked through. */
export const REDACTED = '[redacted]'

/** Deeper than this, a value is not looked through: nobody reads it there either. */
const LEVELS = 200
/** A list with holes can claim billions of items in a few bytes. */
const ITEMS = 100_000

/**
 * A copy of plain data with every text in it redacted, keys included; the value itself where nothing changes. A number whose digits are redacted becomes text.
 * Cycles and shared objects stay what they are. Never throws, whatever the value holds, unless `redact` does.
 */
export function redactValue(value: unknown, redact: Redact): unknown {
  const walk = new Walk(redact)
  const shown = walk.of(value, 0)
  return walk.hasChanged ? shown : value
}

class Walk {
  readonly #redact: Redact
  /** The copy of each object, there before its parts are. */
  readonly #copies = new Map<object, unknown>()
  hasChanged = false

  constructor(redact: Redact) {
    this.#redact = redact
  }

  of(value: unknown, level: number): unknown {
    if (typeof value === 'string') return this.#text(value)
    if (typeof value === 'number' || typeof value === 'bigint') {
      const digits = String(value)
      const shown = this.#text(digits)
      return shown === digits ? value : shown
    }
    if (typeof value !== 'object' || value === null) return value
    if (this.#copies.has(value)) return this.#copies.get(value)
    return level < LEVELS ? this.#object(value, level + 1) : this.#hide()
  }

  #object(value: object, level: number): unknown {
    if (Array.isArray(value)) return this.#list(value, level)
    if (value instanceof Uint8Array) return this.#bytes(value)
    if (value instanceof Map) {
      const copy = this.#keep(value, new Map<unknown, unknown>())
      for (const [key, member] of value) copy.set(this.of(key, level), this.of(member, level))
      return copy
    }
    if (value instanceof Set) {
      const copy = this.#keep(value, new Set<unknown>())
      for (const member of value) copy.add(this.of(member, level))
      return copy
    }
    const prototype: unknown = Object.getPrototypeOf(value)
    return prototype === Object.prototype || prototype === null ? this.#table(value, level) : value
  }

  #list(list: readonly unknown[], level: number): unknown {
    if (list.length > ITEMS) return this.#hide()
    const copy = this.#keep(list, [] as unknown[])
    for (const member of list) copy.push(this.of(member, level))
    return copy
  }

  #table(table: object, level: number): unknown {
    const copy = this.#keep(table, {})
    for (const [key, member] of Object.entries(table)) {
      const value = this.of(member, level)
      Object.defineProperty(copy, this.#text(key), { value, enumerable: true, configurable: true, writable: true })
    }
    return copy
  }

  /** Bytes that spell something to be redacted are not shown at all. */
  #bytes(bytes: Uint8Array): unknown {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
    return this.#redact(text) === text ? bytes : this.#hide()
  }

  #text(text: string): string {
    const shown = this.#redact(text)
    if (shown !== text) this.hasChanged = true
    return shown
  }

  #keep<T>(original: object, copy: T): T {
    this.#copies.set(original, copy)
    return copy
  }

  #hide(): string {
    this.hasChanged = true
    return REDACTED
  }
}
