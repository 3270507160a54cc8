// URLSearchParams: queries are read and written here, without the runner.
import type { Kit } from '../kit.ts'

/** Fills `made` with `URLSearchParams` and, for the pack of `URL`, `linked` (makes one that tells of its changes), `relist` (reads it anew) and `written` (its text). */
export function queryPack(kit: Pick<Kit, 'pure'>, made: Record<string, unknown>): void {
  const { apply, ownKeys } = Reflect
  const { defineProperty, getOwnPropertyDescriptor } = Object
  const { replace, slice, split, indexOf, toWellFormed } = String.prototype
  const { sort } = Array.prototype
  const encode = encodeURIComponent
  const decode = decodeURIComponent
  const TypeErrorOf = TypeError
  const IteratorOf = Iterator as unknown as new () => object
  const { iterator } = Symbol
  const unlike = /[!'()~]|%20/g
  const plus = /\+/g
  const escapes = /(?:%[0-9A-Fa-f]{2})+/g
  const likeness: Record<string, string> = {
    __proto__: null as never,
    '!': '%21',
    "'": '%27',
    '(': '%28',
    ')': '%29',
    '~': '%7E',
    '%20': '+',
  }

  const text = (value: unknown): string => apply(toWellFormed, `${value}`, []) as string
  const need = (count: number, names: string, least = 1): void => {
    if (count < least) throw new TypeErrorOf(`The ${names} must be specified`)
  }
  const encodePart = (part: string): string => apply(replace, encode(part), [unlike, (found: string) => likeness[found]]) as string
  const decodeRun = (run: string): string => {
    try {
      return decode(run)
    } catch {
      return (kit.pure('unescapeRun', [run]) as string | undefined) ?? run // not UTF-8
    }
  }
  const decodePart = (part: string): string => apply(replace, apply(replace, part, [plus, ' ']), [escapes, decodeRun]) as string

  /** A query as names and values, one after the other. */
  const readQuery = (query: string): string[] => {
    const list: string[] = []
    let size = 0
    const parts = apply(split, query, ['&']) as string[]
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i] as string
      if (part === '') continue
      const cut = apply(indexOf, part, ['=']) as number
      list[size++] = decodePart(cut < 0 ? part : (apply(slice, part, [0, cut]) as string))
      list[size++] = cut < 0 ? '' : decodePart(apply(slice, part, [cut + 1]) as string)
    }
    return list
  }
  const writeQuery = (list: readonly string[]): string => {
    let query = ''
    for (let i = 0; i < list.length; i += 2)
      query += `${i === 0 ? '' : '&'}${encodePart(list[i] as string)}=${encodePart(list[i + 1] as string)}`
    return query
  }
  const readPairs = (pairs: Iterable<unknown>): string[] => {
    const list: string[] = []
    let size = 0
    for (const pair of pairs) {
      let count = 0
      if ((typeof pair === 'object' && pair !== null) || typeof pair === 'function') {
        for (const item of pair as Iterable<unknown>) if (++count < 3) list[size++] = text(item)
      }
      if (count !== 2) throw new TypeErrorOf('Each query pair must be an iterable [name, value] tuple')
    }
    return list
  }
  const readRecord = (record: object): string[] => {
    const list: string[] = []
    let size = 0
    const names = ownKeys(record)
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string
      if (getOwnPropertyDescriptor(record, name)?.enumerable !== true) continue
      const known = text(name)
      const value = text((record as Record<string, unknown>)[name])
      let at = 0
      while (at < size && list[at] !== known) at += 2
      if (at === size) {
        list[size] = known
        size += 2
      }
      list[at + 1] = value
    }
    return list
  }
  const readInit = (init: unknown): string[] => {
    if ((typeof init !== 'object' || init === null) && typeof init !== 'function') {
      const query = text(init)
      return readQuery(query[0] === '?' ? (apply(slice, query, [1]) as string) : query)
    }
    const method = (init as Partial<Iterable<unknown>>)[iterator as typeof Symbol.iterator]
    if (method === undefined || method === null) return readRecord(init)
    if (typeof method !== 'function') throw new TypeErrorOf('Query pairs must be iterable')
    return readPairs(init as Iterable<unknown>)
  }

  let listOf: (params: URLSearchParams) => string[]
  let linked: unknown
  let relist: unknown

  class URLSearchParams {
    #list: string[]
    #changed: (() => void) | undefined
    static {
      listOf = (params) => params.#list
      linked = (query: string, changed: () => void) => {
        const params = new URLSearchParams(query)
        params.#changed = changed
        return params
      }
      relist = (params: URLSearchParams, query: string) => {
        params.#list = readInit(query)
      }
    }
    constructor(init: unknown = '') {
      this.#list = readInit(init)
    }
    get size(): number {
      return this.#list.length / 2
    }
    append(...given: unknown[]): void {
      need(given.length, '"name" and "value" arguments', 2)
      const name = text(given[0])
      const value = text(given[1])
      const list = this.#list
      list[list.length] = name
      list[list.length] = value
      this.#changed?.()
    }
    delete(...given: unknown[]): void {
      need(given.length, '"name" argument')
      const name = text(given[0])
      const value = given[1] === undefined ? undefined : text(given[1])
      const list = this.#list
      this.#keep((at) => list[at] !== name || (value !== undefined && list[at + 1] !== value))
    }
    get(...given: unknown[]): string | null {
      need(given.length, '"name" argument')
      const name = text(given[0])
      const list = this.#list
      for (let i = 0; i < list.length; i += 2) if (list[i] === name) return list[i + 1] as string
      return null
    }
    getAll(...given: unknown[]): string[] {
      need(given.length, '"name" argument')
      const name = text(given[0])
      const list = this.#list
      const all: string[] = []
      for (let i = 0; i < list.length; i += 2) if (list[i] === name) all[all.length] = list[i + 1] as string
      return all
    }
    has(...given: unknown[]): boolean {
      need(given.length, '"name" argument')
      const name = text(given[0])
      const value = given[1] === undefined ? undefined : text(given[1])
      const list = this.#list
      for (let i = 0; i < list.length; i += 2) if (list[i] === name && (value === undefined || list[i + 1] === value)) return true
      return false
    }
    set(...given: unknown[]): void {
      need(given.length, '"name" and "value" arguments', 2)
      const name = text(given[0])
      const value = text(given[1])
      const list = this.#list
      let first = 0
      while (first < list.length && list[first] !== name) first += 2
      list[first] = name
      list[first + 1] = value
      this.#keep((at) => at === first || list[at] !== name)
    }
    sort(): void {
      const list = this.#list
      const pairs: [string, string][] = []
      for (let i = 0; i < list.length; i += 2) pairs[i / 2] = [list[i] as string, list[i + 1] as string]
      apply(sort, pairs, [(a: [string], b: [string]) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0)])
      const sorted: string[] = []
      for (let i = 0; i < pairs.length; i++) {
        const pair = pairs[i] as [string, string]
        sorted[i * 2] = pair[0]
        sorted[i * 2 + 1] = pair[1]
      }
      this.#replace(sorted)
    }
    forEach(run: unknown, self?: unknown): void {
      void this.#list
      if (typeof run !== 'function') throw new TypeErrorOf('The "callback" argument must be of type function.')
      for (let i = 0; i < this.#list.length; i += 2) apply(run, self, [this.#list[i + 1], this.#list[i], this])
    }
    entries(): object {
      return this.#pairs(2)
    }
    keys(): object {
      return this.#pairs(0)
    }
    values(): object {
      return this.#pairs(1)
    }
    toString(): string {
      return writeQuery(this.#list)
    }
    #pairs(kind: number): object {
      void this.#list
      return new Pairs(this, kind)
    }
    #keep(stays: (at: number) => boolean): void {
      const list = this.#list
      const kept: string[] = []
      let size = 0
      for (let i = 0; i < list.length; i += 2) {
        if (!stays(i)) continue
        kept[size++] = list[i] as string
        kept[size++] = list[i + 1] as string
      }
      this.#replace(kept)
    }
    #replace(list: string[]): void {
      this.#list = list
      this.#changed?.()
    }
  }

  class Pairs extends IteratorOf {
    readonly #params: URLSearchParams
    /** 0 names, 1 values, 2 both. */
    readonly #kind: number
    #at = 0
    constructor(params: URLSearchParams, kind: number) {
      super()
      this.#params = params
      this.#kind = kind
    }
    next(): { value: unknown; done: boolean } {
      const list = listOf(this.#params)
      const at = this.#at
      if (at >= list.length) return { value: undefined, done: true }
      this.#at += 2
      return { value: this.#kind === 2 ? [list[at], list[at + 1]] : list[at + this.#kind], done: false }
    }
  }

  const tag = (prototype: object, name: string): void => {
    defineProperty(prototype, Symbol.toStringTag, { __proto__: null, value: name, configurable: true } as PropertyDescriptor)
  }
  tag(URLSearchParams.prototype, 'URLSearchParams')
  tag(Pairs.prototype, 'URLSearchParams Iterator')
  delete (Pairs.prototype as { constructor?: unknown }).constructor
  const { entries } = URLSearchParams.prototype
  defineProperty(URLSearchParams.prototype, iterator, {
    __proto__: null,
    value: entries,
    writable: true,
    configurable: true,
  } as PropertyDescriptor)
  made['URLSearchParams'] = URLSearchParams
  made['linked'] = linked
  made['relist'] = relist
  made['written'] = (params: URLSearchParams) => writeQuery(listOf(params))
}
