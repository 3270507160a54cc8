// Headers of requests and responses: names and values that HTTP can carry.
import type { Kit } from '../kit.ts'

/** Fills `made` with `Headers` and, for the pack of `Response`, `listOf` (names and values, one after the other), `fromList` and `isHeaders`. */
export function headersPack(_kit: Pick<Kit, never>, made: Record<string, unknown>): void {
  const { apply, ownKeys } = Reflect
  const { defineProperty, getOwnPropertyDescriptor } = Object
  const { slice, toLowerCase } = String.prototype
  const { sort } = Array.prototype
  const TypeErrorOf = TypeError
  const IteratorOf = Iterator as unknown as new () => object
  const { iterator } = Symbol
  const codeAt = apply(Function.prototype.bind, Function.prototype.call, [String.prototype.charCodeAt]) as (
    text: string,
    at: number,
  ) => number
  const SET_COOKIE = 'set-cookie'
  /** What a name may have beside letters and digits. */
  const marks = { __proto__: null } as unknown as Record<number, true>
  const MARKS = "!#$%&'*+-.^_`|~"
  for (let i = 0; i < MARKS.length; i++) marks[codeAt(MARKS, i)] = true

  const need = (count: number, names: string, least = 1): void => {
    if (count < least) throw new TypeErrorOf(`The ${names} must be specified`)
  }
  const isTable = (value: unknown): value is object => (typeof value === 'object' && value !== null) || typeof value === 'function'
  const isNameUnit = (code: number): boolean =>
    (code > 96 && code < 123) || (code > 64 && code < 91) || (code > 47 && code < 58) || marks[code] === true
  const nameOf = (given: unknown): string => {
    const name = `${given}`
    let isName = name !== ''
    for (let i = 0; i < name.length && isName; i++) isName = isNameUnit(codeAt(name, i))
    if (!isName) throw new TypeErrorOf(`"${name}" is an invalid header name`)
    return apply(toLowerCase, name, []) as string
  }
  const isSpace = (code: number): boolean => code === 32 || code === 9 || code === 10 || code === 13
  const contentOf = (given: unknown): string => {
    const value = `${given}`
    let from = 0
    let to = value.length
    while (from < to && isSpace(codeAt(value, from))) from++
    while (to > from && isSpace(codeAt(value, to - 1))) to--
    for (let i = from; i < to; i++) {
      const code = codeAt(value, i)
      if (code === 0 || code === 10 || code === 13 || code > 255) throw new TypeErrorOf(`"${value}" is an invalid header value`)
    }
    return apply(slice, value, [from, to]) as string
  }

  /** No spread: it would ask for an iterator, which a script can replace. */
  const copyOf = (list: readonly string[]): string[] => {
    const copy: string[] = []
    for (let i = 0; i < list.length; i++) copy[i] = list[i] as string
    return copy
  }

  let listOf: (headers: Headers) => readonly string[]
  let sortedOf: (headers: Headers) => readonly string[]
  let fromList: (list: readonly string[], isFixed: boolean) => Headers
  let isHeaders: (value: unknown) => value is Headers

  class Headers {
    /** Names in lower case and values, one after the other. */
    #list: string[] = []
    #sorted: readonly string[] | undefined
    /** Those of a response that came from elsewhere do not change. */
    #isFixed = false
    static {
      listOf = (headers) => headers.#list
      sortedOf = (headers) => headers.#inOrder()
      isHeaders = (value): value is Headers => isTable(value) && #list in value
      fromList = (list, isFixed) => {
        const headers = new Headers()
        headers.#list = copyOf(list)
        headers.#isFixed = isFixed
        return headers
      }
    }
    constructor(...given: unknown[]) {
      const init = given[0]
      if (init === undefined) return
      if (!isTable(init)) throw new TypeErrorOf('The "init" argument must be headers, a list of pairs, or an object.')
      const pairs = (init as Partial<Iterable<unknown>>)[iterator as typeof Symbol.iterator]
      if (pairs === undefined || pairs === null) this.#fill(init)
      else if (isHeaders(init)) this.#list = copyOf(init.#list)
      else for (const pair of init as Iterable<unknown>) this.#appendPair(pair)
    }
    append(...given: unknown[]): void {
      void this.#list
      need(given.length, '"name" and "value" arguments', 2)
      this.#append(given[0], given[1])
    }
    delete(...given: unknown[]): void {
      void this.#list
      need(given.length, '"name" argument')
      const name = nameOf(given[0])
      this.#keep((at) => this.#list[at] !== name)
    }
    get(...given: unknown[]): string | null {
      void this.#list
      need(given.length, '"name" argument')
      return this.#joined(nameOf(given[0]))
    }
    getSetCookie(): string[] {
      const list = this.#list
      const all: string[] = []
      for (let i = 0; i < list.length; i += 2) if (list[i] === SET_COOKIE) all[all.length] = list[i + 1] as string
      return all
    }
    has(...given: unknown[]): boolean {
      void this.#list
      need(given.length, '"name" argument')
      return this.#joined(nameOf(given[0])) !== null
    }
    set(...given: unknown[]): void {
      void this.#list
      need(given.length, '"name" and "value" arguments', 2)
      const name = nameOf(given[0])
      const value = contentOf(given[1])
      const list = this.#list
      let first = 0
      while (first < list.length && list[first] !== name) first += 2
      this.#change()
      list[first] = name
      list[first + 1] = value
      this.#keep((at) => at <= first || list[at] !== name)
    }
    forEach(run: unknown, self?: unknown): void {
      void this.#list
      if (typeof run !== 'function') throw new TypeErrorOf('The "callback" argument must be of type function.')
      for (let i = 0; i < this.#inOrder().length; i += 2) apply(run, self, [this.#inOrder()[i + 1], this.#inOrder()[i], this])
    }
    entries(): object {
      void this.#list
      return new Pairs(this, 2)
    }
    keys(): object {
      void this.#list
      return new Pairs(this, 0)
    }
    values(): object {
      void this.#list
      return new Pairs(this, 1)
    }
    #fill(record: object): void {
      const names = ownKeys(record)
      for (let i = 0; i < names.length; i++) {
        const name = names[i] as string
        if (getOwnPropertyDescriptor(record, name)?.enumerable === true) this.#append(name, (record as Record<string, unknown>)[name])
      }
    }
    #appendPair(pair: unknown): void {
      const both: unknown[] = []
      if (isTable(pair)) for (const item of pair as Iterable<unknown>) both[both.length] = item
      if (both.length !== 2) throw new TypeErrorOf('Each header must be a [name, value] pair')
      this.#append(both[0], both[1])
    }
    #append(given: unknown, value: unknown): void {
      const name = nameOf(given)
      const shown = contentOf(value)
      this.#change()
      const list = this.#list
      list[list.length] = name
      list[list.length] = shown
    }
    #change(): void {
      if (this.#isFixed) throw new TypeErrorOf('immutable')
      this.#sorted = undefined
    }
    #joined(name: string): string | null {
      const list = this.#list
      let all: string | null = null
      for (let i = 0; i < list.length; i += 2) if (list[i] === name) all = all === null ? (list[i + 1] as string) : `${all}, ${list[i + 1]}`
      return all
    }
    #keep(stays: (at: number) => boolean): void {
      this.#change()
      const list = this.#list
      const kept: string[] = []
      let size = 0
      for (let i = 0; i < list.length; i += 2) {
        if (!stays(i)) continue
        kept[size++] = list[i] as string
        kept[size++] = list[i + 1] as string
      }
      this.#list = kept
    }
    /** By name, values of one name joined; cookies stay apart. */
    #inOrder(): readonly string[] {
      if (this.#sorted !== undefined) return this.#sorted
      const list = this.#list
      const seen = { __proto__: null } as unknown as Record<string, true>
      const names: string[] = []
      for (let i = 0; i < list.length; i += 2) {
        const name = list[i] as string
        if (seen[name] === true) continue
        seen[name] = true
        names[names.length] = name
      }
      apply(sort, names, [])
      const sorted: string[] = []
      for (let i = 0; i < names.length; i++) {
        const name = names[i] as string
        const values = name === SET_COOKIE ? this.getSetCookie() : [this.#joined(name) as string]
        for (let j = 0; j < values.length; j++) {
          sorted[sorted.length] = name
          sorted[sorted.length] = values[j] as string
        }
      }
      this.#sorted = sorted
      return sorted
    }
  }

  class Pairs extends IteratorOf {
    readonly #headers: Headers
    /** 0 names, 1 values, 2 both. */
    readonly #kind: number
    #at = 0
    constructor(headers: Headers, kind: number) {
      super()
      this.#headers = headers
      this.#kind = kind
    }
    next(): { value: unknown; done: boolean } {
      const list = sortedOf(this.#headers)
      const at = this.#at
      if (at >= list.length) return { value: undefined, done: true }
      this.#at += 2
      return { value: this.#kind === 2 ? [list[at], list[at + 1]] : list[at + this.#kind], done: false }
    }
  }

  const tag = (prototype: object, name: string): void => {
    defineProperty(prototype, Symbol.toStringTag, { __proto__: null, value: name, configurable: true } as PropertyDescriptor)
  }
  tag(Headers.prototype, 'Headers')
  tag(Pairs.prototype, 'Headers Iterator')
  delete (Pairs.prototype as { constructor?: unknown }).constructor
  const { entries } = Headers.prototype
  defineProperty(Headers.prototype, iterator, { __proto__: null, value: entries, writable: true, configurable: true } as PropertyDescriptor)
  made['Headers'] = Headers
  made['listOf'] = (headers: Headers) => listOf(headers)
  made['fromList'] = fromList
  made['isHeaders'] = isHeaders
}
