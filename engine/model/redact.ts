// Replaces what must not be seen in values that people look at: logs, errors, records of host calls.

/** Gives back a text without what must not be seen in it. */
export type Redact = (text: string) => string

/** Stands for what cannot be looked through. */
export const REDACTED = '[redacted]'

/** Deeper than this, a value is not looked through: nobody reads it there either. */
const LEVELS = 200

/**
 * Plain data with every text in it redacted, keys included; the value itself where nothing in it changes. A number whose digits are redacted becomes
 * text. Never throws, whatever the value holds, unless `redact` does.
 */
export function redactValue(value: unknown, redact: Redact): unknown {
  return new Walk(redact).of(value, 0)
}

class Walk {
  readonly #redact: Redact
  readonly #known = new Map<object, unknown>()

  constructor(redact: Redact) {
    this.#redact = redact
  }

  of(value: unknown, level: number): unknown {
    if (typeof value === 'string') return this.#redact(value)
    if (typeof value === 'number' || typeof value === 'bigint') {
      const digits = String(value)
      const shown = this.#redact(digits)
      return shown === digits ? value : shown
    }
    if (typeof value !== 'object' || value === null) return value
    if (this.#known.has(value)) return this.#known.get(value)
    if (level >= LEVELS) return REDACTED
    this.#known.set(value, value) // a cycle leads back to the original: replaced below where anything changes
    const made = this.#ofObject(value, level + 1)
    this.#known.set(value, made)
    return made
  }

  #ofObject(value: object, level: number): unknown {
    if (Array.isArray(value)) return this.#ofList(value, level)
    if (value instanceof Uint8Array) return this.#ofBytes(value)
    if (value instanceof Map) {
      const entries = [...value]
      const shown = entries.map((entry) => this.#ofList(entry, level) as [unknown, unknown])
      return shown.every((entry, index) => entry === entries[index]) ? value : new Map(shown)
    }
    if (value instanceof Set) {
      const members = [...value]
      const shown = this.#ofList(members, level)
      return shown === members ? value : new Set(shown)
    }
    const prototype: unknown = Object.getPrototypeOf(value)
    return prototype === Object.prototype || prototype === null ? this.#ofTable(value, level) : value
  }

  #ofList(list: readonly unknown[], level: number): readonly unknown[] {
    let shown: unknown[] | undefined
    for (let index = 0; index < list.length; index++) {
      const member = this.of(list[index], level)
      if (Object.is(member, list[index])) continue
      shown ??= [...list]
      shown[index] = member
    }
    return shown ?? list
  }

  #ofTable(table: object, level: number): unknown {
    const entries = Object.entries(table)
    const shown = entries.map(([key, member]) => [this.#redact(key), this.of(member, level)] as const)
    const isSame = shown.every(([key, member], index) => key === entries[index]?.[0] && Object.is(member, entries[index]?.[1]))
    return isSame ? table : Object.fromEntries(shown)
  }

  /** Bytes that spell something to be redacted are not shown at all. */
  #ofBytes(bytes: Uint8Array): unknown {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
    return this.#redact(text) === text ? bytes : REDACTED
  }
}
