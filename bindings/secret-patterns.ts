// Finds secret values in texts and bytes, as they are and in the spellings that carry them unintended.
import { spellingsOf } from './secret-spellings.ts'

/** A pattern of many values takes long to build, and values come and go: each is in a chunk of its own with few others. */
const VALUES_OF_A_CHUNK = 16
const STAR = 0x2a

interface Found {
  readonly start: number
  readonly end: number
  readonly name: string
}

/** A set of values to look for: its own, and those of other sets as they are when it looks. */
export class SecretPatterns {
  readonly #others: readonly SecretPatterns[]
  readonly #chunks: Chunk[] = []
  readonly #chunkOf = new Map<string, Chunk>()

  constructor(others: readonly SecretPatterns[] = []) {
    this.#others = others
  }

  /** Looks for a value from now on. */
  add(name: string, value: string): void {
    if (this.#chunkOf.has(value)) return
    let chunk = this.#chunks.find(({ isFull }) => !isFull)
    if (chunk === undefined) {
      chunk = new Chunk()
      this.#chunks.push(chunk)
    }
    chunk.add(name, value)
    this.#chunkOf.set(value, chunk)
  }

  /** Looks for it no longer. */
  remove(value: string): void {
    this.#chunkOf.get(value)?.remove(value)
    this.#chunkOf.delete(value)
  }

  get size(): number {
    return this.#others.reduce((sum, { size }) => sum + size, this.#chunkOf.size)
  }

  /** `[secret NAME]` in the place of each value. */
  redact(text: string): string {
    const found: Found[] = []
    this.#find((chunk) => chunk.find(text, found))
    if (found.length === 0) return text
    // Of two that begin alike, the longer one counts; what reaches into another one goes with it.
    found.sort((a, b) => a.start - b.start || b.end - a.end)
    let shown = ''
    let at = 0
    for (const { start, end, name } of found) {
      if (start >= at) shown += `${text.slice(at, start)}[secret ${name}]`
      at = Math.max(at, end)
    }
    return shown + text.slice(at)
  }

  /** As many asterisks in the place of each value, in bytes; the same bytes where none is in them. */
  mask(bytes: Uint8Array): Uint8Array {
    if (this.size === 0) return bytes
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
    const found: Omit<Found, 'name'>[] = []
    this.#find((chunk) => chunk.findBytes(text, found))
    if (found.length === 0) return bytes
    const masked = Uint8Array.from(bytes)
    for (const { start, end } of found) masked.fill(STAR, start, end)
    return masked
  }

  /** Whether a value is in a text, also in letters of the other case: hosts of URLs, say, lose theirs. */
  isIn(text: string): boolean {
    return this.#chunks.some((chunk) => chunk.isIn(text)) || this.#others.some((other) => other.isIn(text))
  }

  #find(look: (chunk: Chunk) => void): void {
    for (const chunk of this.#chunks) look(chunk)
    for (const other of this.#others) other.#find(look)
  }
}

/** A few values in one pattern, which is built when it is first needed. */
class Chunk {
  readonly #values = new Map<string, { readonly name: string; readonly spellings: readonly string[] }>()
  #names: ReadonlyMap<string, string> | undefined
  #text: RegExp | undefined
  #bytes: RegExp | undefined
  #anyCase: RegExp | undefined

  get isFull(): boolean {
    return this.#values.size >= VALUES_OF_A_CHUNK
  }

  add(name: string, value: string): void {
    this.#values.set(value, { name, spellings: spellingsOf(value) })
    this.#forget()
  }

  remove(value: string): void {
    this.#values.delete(value)
    this.#forget()
  }

  find(text: string, into: Found[]): void {
    if (this.#values.size === 0) return
    this.#names ??= new Map([...this.#values.values()].flatMap(({ name, spellings }) => spellings.map((spelling) => [spelling, name])))
    this.#text ??= patternOf([...this.#names.keys()])
    for (const found of matches(this.#text, text))
      into.push({ start: found.index, end: found.index + found[0].length, name: this.#names.get(found[0]) ?? '' })
  }

  /** In bytes that are written as Latin-1. */
  findBytes(text: string, into: Omit<Found, 'name'>[]): void {
    if (this.#values.size === 0) return
    this.#bytes ??= patternOf(this.#spellings().map(toLatin1))
    for (const found of matches(this.#bytes, text)) into.push({ start: found.index, end: found.index + found[0].length })
  }

  isIn(text: string): boolean {
    if (this.#values.size === 0) return false
    this.#anyCase ??= patternOf(this.#spellings(), 'i')
    return this.#anyCase.test(text)
  }

  #spellings(): readonly string[] {
    return [...this.#values.values()].flatMap(({ spellings }) => spellings)
  }

  #forget(): void {
    this.#names = undefined
    this.#text = undefined
    this.#bytes = undefined
    this.#anyCase = undefined
  }
}

/** As `matchAll`, which would make a copy of the pattern each time. */
function* matches(pattern: RegExp, text: string): Generator<RegExpExecArray> {
  pattern.lastIndex = 0
  for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) yield found
}

/** The longest first: of two that begin alike, the one that holds the other counts. */
function patternOf(spellings: readonly string[], flags: 'g' | 'i' = 'g'): RegExp {
  const longestFirst = [...new Set(spellings)].sort((a, b) => b.length - a.length)
  return new RegExp(longestFirst.map(escapePattern).join('|'), flags)
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

function toLatin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}
