// Finds secret values in texts and bytes, as they are and in the spellings that carry them unintended: Base64, hex, JSON, URLs, one line of several.

/** What a spelling must have at least, to be told from chance. */
const SHORTEST_SPELLING = 8
const SHORTEST_LINE = 16
const STAR = 0x2a

interface Found {
  readonly name: string
  readonly spellings: readonly string[]
}

/** A set of values to look for. */
export class SecretPatterns {
  readonly #values = new Map<string, Found>()
  #names = new Map<string, string>()
  #pattern: RegExp | undefined

  /** Looks for a value from now on. */
  add(name: string, value: string): void {
    if (this.#values.has(value)) return
    this.#values.set(value, { name, spellings: spellingsOf(value) })
    this.#pattern = undefined
  }

  /** Looks for it no longer. */
  remove(value: string): void {
    this.#values.delete(value)
    this.#pattern = undefined
  }

  get size(): number {
    return this.#values.size
  }

  /** `[secret NAME]` in the place of each value. */
  redact(text: string): string {
    if (this.#values.size === 0) return text
    return text.replace(this.#compiled(), (spelling) => `[secret ${this.#names.get(spelling)}]`)
  }

  /** As many asterisks in the place of each value, in bytes; the same bytes where none is in them. */
  mask(bytes: Uint8Array): Uint8Array {
    if (this.#values.size === 0) return bytes
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
    let masked: Uint8Array | undefined
    for (const found of text.matchAll(this.#compiled('latin1'))) {
      masked ??= Uint8Array.from(bytes)
      masked.fill(STAR, found.index, found.index + found[0].length)
    }
    return masked ?? bytes
  }

  #compiled(as: 'text' | 'latin1' = 'text'): RegExp {
    if (as === 'latin1') return patternOf([...this.#values.values()].flatMap(({ spellings }) => spellings.map(toLatin1)))
    if (this.#pattern === undefined) {
      this.#names = new Map([...this.#values.values()].flatMap(({ name, spellings }) => spellings.map((spelling) => [spelling, name])))
      this.#pattern = patternOf([...this.#names.keys()])
    }
    return this.#pattern
  }
}

/** The longest first: of two that begin alike, the one that holds the other counts. */
function patternOf(spellings: readonly string[]): RegExp {
  const longestFirst = [...new Set(spellings)].sort((a, b) => b.length - a.length)
  return new RegExp(longestFirst.map(escapePattern).join('|'), 'g')
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

function toLatin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

function spellingsOf(value: string): readonly string[] {
  const bytes = Buffer.from(value, 'utf8')
  const hex = bytes.toString('hex')
  const others = [JSON.stringify(value).slice(1, -1), ...urlSpellings(value), ...base64Spellings(bytes), hex, hex.toUpperCase()]
  const lines = value.split(/\r?\n/).map((line) => line.trim())
  return [
    value,
    ...others.filter((spelling) => spelling.length >= SHORTEST_SPELLING),
    ...(lines.length > 1 ? lines.filter((line) => line.length >= SHORTEST_LINE) : []),
  ]
}

function urlSpellings(value: string): readonly string[] {
  const upper = encodeURIComponent(value.toWellFormed())
  const form = new URLSearchParams([['', value]]).toString().slice(1)
  return [upper, upper.replace(/%[0-9A-F]{2}/g, (octet) => octet.toLowerCase()), form]
}

/** At each of the three offsets that the value can have in what is encoded: the characters that depend on nothing but the value. */
function base64Spellings(bytes: Buffer): readonly string[] {
  return [0, 1, 2].flatMap((offset) => {
    const padded = Buffer.concat([Buffer.alloc(offset), bytes])
    const first = Math.ceil((offset * 8) / 6)
    const last = Math.floor((padded.length * 8) / 6)
    return [padded.toString('base64').slice(first, last), padded.toString('base64url').slice(first, last)]
  })
}
