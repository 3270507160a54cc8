// Finds secret values in texts and bytes, as they are and in the spellings that carry them unintended: Base64, hex, what programs make of them for JSON, URLs and
// pages, one line of several.

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
  #latin1: RegExp | undefined

  /** Looks for a value from now on. */
  add(name: string, value: string): void {
    if (this.#values.has(value)) return
    this.#values.set(value, { name, spellings: spellingsOf(value) })
    this.#forget()
  }

  /** Looks for it no longer. */
  remove(value: string): void {
    this.#values.delete(value)
    this.#forget()
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

  #forget(): void {
    this.#pattern = undefined
    this.#latin1 = undefined
  }

  #compiled(as: 'text' | 'latin1' = 'text'): RegExp {
    if (as === 'latin1') {
      this.#latin1 ??= patternOf([...this.#values.values()].flatMap(({ spellings }) => spellings.map(toLatin1)))
      return this.#latin1
    }
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
  const base64 = base64Spellings(bytes)
  const others = [...escapesOf(value), ...base64, ...base64.flatMap(escapesOf), hex, hex.toUpperCase()]
  const lines = value.split(/\r?\n/).map((line) => line.trim())
  return [
    value,
    ...others.filter((spelling) => spelling.length >= SHORTEST_SPELLING),
    ...(lines.length > 1 ? lines.filter((line) => line.length >= SHORTEST_LINE) : []),
  ]
}

/** What else programs write for a text: no two of them escape the same characters. */
function escapesOf(text: string): readonly string[] {
  if (/^\w*$/.test(text)) return []
  return [...new Set([...jsonSpellings(text), ...urlSpellings(text), ...pageSpellings(text)])]
}

/** Some escape slashes, some what has a meaning in pages, some whatever is not ASCII; and JSON within JSON. */
function jsonSpellings(text: string): readonly string[] {
  const json = JSON.stringify(text).slice(1, -1)
  const literal = text.replace(/[\\']/g, '\\$&')
  const [ascii, forPages] = [/[^\x20-\x7e]/g, /[<>&]/g].map((letters) => json.replace(letters, unitOf)) as [string, string]
  const all = [json, ascii, forPages, forPages.replace(/[='\u2028\u2029]/g, unitOf), json.replaceAll("'", "\\'"), literal]
  const withSlashes = [
    ...all,
    ...all.map((each) => each.replaceAll('/', '\\/')),
    ascii.replace(/[<>&'/]/g, (letter) => unitOf(letter).toUpperCase().replace('U', 'u')),
  ]
  return [...withSlashes, ...withSlashes.map((each) => JSON.stringify(each).slice(1, -1))]
}

/** Some escape all but letters and digits, some leave slashes, a space is a plus or not. */
function urlSpellings(value: string): readonly string[] {
  const usual = encodeURIComponent(value.toWellFormed())
  const strict = usual.replace(/[!'()*]/g, octetOf)
  const form = new URLSearchParams([['', value]]).toString().slice(1)
  const all = [usual, strict, strict.replaceAll('%2F', '/'), strict.replaceAll('%20', '+'), form]
  return [
    ...all,
    ...all.map((each) => each.replace(/%[0-9A-F]{2}/g, (octet) => octet.toLowerCase())),
    ...all.map((each) => each.replaceAll('%', '%25')),
  ]
}

/** An apostrophe has many names. */
function pageSpellings(text: string): readonly string[] {
  const some = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const quoted = some.replaceAll('"', '&quot;')
  return [
    some,
    quoted,
    ...['&#39;', '&#039;', '&#x27;', '&apos;'].map((name) => quoted.replaceAll("'", name)),
    some.replaceAll('"', '&#34;').replaceAll("'", '&#39;'),
  ]
}

function unitOf(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`
}

function octetOf(letter: string): string {
  return `%${letter.charCodeAt(0).toString(16).toUpperCase()}`
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
