// Finds many spellings in a text at once, in a time that hardly grows with their number: each is filed under its last characters, which tell secrets apart best.
// Spellings come and go without anything being built anew.

/** How many of the last characters; no spelling is shorter. */
const TAIL = 3
const FILTER_BITS = 12

/** A place in a text where a spelling stands. */
export interface Found {
  readonly start: number
  readonly end: number
  /** What the spelling was added with. */
  readonly name: string
}

interface Entry {
  readonly spelling: string
  readonly name: string
  readonly value: string
}

/** See the head of the file. */
export class SpellingIndex {
  readonly #entries = new Map<number, Entry[]>()
  /** Where nothing is filed: most places of most texts are passed over by a look into this. */
  readonly #filter = new Uint8Array(1 << FILTER_BITS)

  /** Files the spellings of a value. Each must have three characters at least. */
  add(name: string, value: string, spellings: Iterable<string>): void {
    for (const spelling of new Set(spellings)) {
      const tail = tailOf(spelling, spelling.length)
      const others = this.#entries.get(tail)
      if (others === undefined) this.#entries.set(tail, [{ spelling, name, value }])
      else others.push({ spelling, name, value })
      this.#filter[filterOf(tail)] = 1
    }
  }

  /** Takes out the spellings of a value that were filed under a name. */
  remove(name: string, value: string, spellings: Iterable<string>): void {
    for (const spelling of spellings) {
      const tail = tailOf(spelling, spelling.length)
      const left = this.#entries.get(tail)?.filter((entry) => entry.name !== name || entry.value !== value)
      if (left === undefined || left.length === 0) this.#entries.delete(tail)
      else this.#entries.set(tail, left)
    }
  }

  /** Tells of every place, in the order of their ends, also of those that overlap. */
  find(text: string, tell: (found: Found) => void): void {
    if (this.#entries.size === 0) return
    for (let end = TAIL; end <= text.length; end++) {
      const tail = tailOf(text, end)
      if (this.#filter[filterOf(tail)] === 0) continue
      for (const { spelling, name } of this.#entries.get(tail) ?? []) {
        const start = end - spelling.length
        if (start >= 0 && text.startsWith(spelling, start)) tell({ start, end, name })
      }
    }
  }
}

/** A number that is made of the three characters before an end. */
function tailOf(text: string, end: number): number {
  return ((text.charCodeAt(end - 3) * 31 + text.charCodeAt(end - 2)) * 31 + text.charCodeAt(end - 1)) | 0
}

function filterOf(tail: number): number {
  return (tail ^ (tail >>> FILTER_BITS)) & ((1 << FILTER_BITS) - 1)
}
