// Finds secret values in texts and bytes, as they are and in the spellings that carry them unintended.
import { spellingsOf } from './secret-spellings.ts'
import { type Found, SpellingIndex } from './spelling-index.ts'

const STAR = 0x2a

/** What a value is looked for in: in texts, in texts in lower case, and in bytes that are read as Latin-1 in lower case, which leaves each where it is. */
type Kind = 'text' | 'bytes' | 'lower'

const WRITTEN: Readonly<Record<Kind, (spelling: string) => string>> = {
  text: (spelling) => spelling,
  bytes: (spelling) => Buffer.from(spelling, 'utf8').toString('latin1').toLowerCase(),
  lower: (spelling) => spelling.toLowerCase(),
}

interface Value {
  readonly name: string
  readonly value: string
}

/** Something that is looked through for values. */
interface Search {
  readonly kind: Kind
  readonly text: string
  /** The names of secrets whose values count; all of them where undefined. */
  readonly names: ReadonlySet<string> | undefined
  readonly found: Found[]
}

/** A set of values to look for: its own, and some of another set as they are when it looks. */
export class SecretPatterns {
  readonly #values = new Map<string, Value>()
  readonly #countOf = new Map<string, number>()
  /** Filled when they are first looked into. */
  readonly #indexes = new Map<Kind, SpellingIndex>()
  readonly #shared: { readonly patterns: SecretPatterns; readonly names: ReadonlySet<string> } | undefined

  /** Looks also for what `patterns` looks for under one of `names`. */
  constructor(patterns?: SecretPatterns, names: Iterable<string> = []) {
    this.#shared = patterns === undefined ? undefined : { patterns, names: new Set(names) }
  }

  /** Looks for a value of a secret from now on. It must have three characters at least. */
  add(name: string, value: string): void {
    const key = keyOf(name, value)
    if (this.#values.has(key)) return
    this.#values.set(key, { name, value })
    this.#countOf.set(name, (this.#countOf.get(name) ?? 0) + 1)
    for (const [kind, index] of this.#indexes) index.add(name, value, spellingsOf(value).map(WRITTEN[kind]))
  }

  /** Looks for it no longer, unless it is also one of another secret. */
  remove(name: string, value: string): void {
    if (!this.#values.delete(keyOf(name, value))) return
    this.#countOf.set(name, (this.#countOf.get(name) ?? 1) - 1)
    for (const [kind, index] of this.#indexes) index.remove(name, value, spellingsOf(value).map(WRITTEN[kind]))
  }

  /** How many values. */
  get size(): number {
    let size = this.#values.size
    if (this.#shared === undefined) return size
    const { patterns, names } = this.#shared
    for (const name of names) size += patterns.#countOf.get(name) ?? 0
    return size
  }

  /** `[secret NAME]` in the place of each value. */
  redact(text: string): string {
    const found = this.#find('text', text)
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

  /** As many asterisks in the place of each value, in bytes, also in letters of the other case; the same bytes where none is in them. */
  mask(bytes: Uint8Array): Uint8Array {
    if (this.size === 0) return bytes
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
    const found = this.#find('bytes', text.toLowerCase())
    if (found.length === 0) return bytes
    const masked = Uint8Array.from(bytes)
    for (const { start, end } of found) masked.fill(STAR, start, end)
    return masked
  }

  /** Whether a value is in a text, also in letters of the other case: hosts of URLs, say, lose theirs. */
  isIn(text: string): boolean {
    return this.size > 0 && this.#find('lower', text.toLowerCase()).length > 0
  }

  #find(kind: Kind, text: string): Found[] {
    const found: Found[] = []
    this.#look({ kind, text, names: undefined, found })
    if (this.#shared !== undefined && this.#shared.names.size > 0)
      this.#shared.patterns.#look({ kind, text, names: this.#shared.names, found })
    return found
  }

  #look({ kind, text, names, found }: Search): void {
    if (this.#values.size === 0) return
    this.#indexOf(kind).find(text, (each) => {
      if (names === undefined || names.has(each.name)) found.push(each)
    })
  }

  #indexOf(kind: Kind): SpellingIndex {
    let index = this.#indexes.get(kind)
    if (index === undefined) {
      index = new SpellingIndex()
      for (const { name, value } of this.#values.values()) index.add(name, value, spellingsOf(value).map(WRITTEN[kind]))
      this.#indexes.set(kind, index)
    }
    return index
  }
}

function keyOf(name: string, value: string): string {
  return `${name} ${value}`
}
