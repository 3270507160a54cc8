// URL: parsing is the runner's, which tells every part of a URL at once.
import type { Kit } from '../kit.ts'

/** Fills `made` with `URL`. */
export function urlPack(kit: Pick<Kit, 'pack' | 'pure'>, made: Record<string, unknown>): void {
  const { defineProperty, getOwnPropertyDescriptor } = Object
  const TypeErrorOf = TypeError
  const key = {}
  /** The parts as the runner tells them: href, origin, and then these. */
  type Parts = readonly string[]
  const settable = ['protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'hash']
  const SEARCH = 9

  const need = (count: number): void => {
    if (count === 0) throw new TypeErrorOf('The "url" argument must be specified')
  }
  const parse = (url: unknown, base: unknown): Parts | undefined =>
    kit.pure('url', base === undefined ? [`${url}`] : [`${url}`, `${base}`]) as Parts | undefined
  const valid = (parts: Parts | undefined): Parts => {
    if (parts !== undefined) return parts
    const error = new TypeErrorOf('Invalid URL')
    const code = { __proto__: null, value: 'ERR_INVALID_URL', writable: true, enumerable: true, configurable: true }
    throw defineProperty(error, 'code', code as PropertyDescriptor)
  }
  const query = (name: string, ...values: unknown[]): unknown => (kit.pack('query')[name] as (...values: unknown[]) => unknown)(...values)

  let partOf: (url: URL, index: number) => string
  let set: (url: URL, name: string, value: unknown) => void

  class URL {
    #parts: Parts
    #params: object | undefined
    /** The query changed; the parts say so once they are asked for. */
    #isStale = false
    static {
      partOf = (url, index) => url.#fresh()[index] as string
      set = (url, name, value) => {
        url.#fresh()
        url.#become(url.#changed(name, `${value}`))
      }
    }
    constructor(...given: unknown[]) {
      need(given.length)
      this.#parts = given[1] === key ? (given[0] as Parts) : valid(parse(given[0], given[1]))
    }
    static canParse(...given: unknown[]): boolean {
      need(given.length)
      return parse(given[0], given[1]) !== undefined
    }
    static parse(...given: unknown[]): URL | null {
      need(given.length)
      const parts = parse(given[0], given[1])
      return parts === undefined ? null : new URL(parts, key)
    }
    get href(): string {
      return partOf(this, 0)
    }
    set href(value: unknown) {
      this.#fresh()
      this.#become(valid(parse(value, undefined)))
    }
    get origin(): string {
      return partOf(this, 1)
    }
    get searchParams(): object {
      this.#params ??= query('linked', partOf(this, SEARCH), () => {
        this.#isStale = true
      }) as object
      return this.#params
    }
    toString(): string {
      return partOf(this, 0)
    }
    toJSON(): string {
      return partOf(this, 0)
    }
    #fresh(): Parts {
      if (this.#isStale) {
        this.#isStale = false
        this.#parts = this.#changed('search', query('written', this.#params) as string)
      }
      return this.#parts
    }
    #changed(name: string, value: string): Parts {
      return (kit.pure('urlWith', [partOf(this, 0), name, value]) as Parts | undefined) ?? this.#parts
    }
    #become(parts: Parts): void {
      const before = partOf(this, SEARCH)
      this.#parts = parts
      if (this.#params !== undefined && before !== parts[SEARCH]) query('relist', this.#params, parts[SEARCH])
    }
  }

  for (let i = 0; i < settable.length; i++) {
    const name = settable[i] as string
    const accessor = {
      get [name](): unknown {
        return partOf(this as unknown as URL, i + 2)
      },
      set [name](value: unknown) {
        set(this as unknown as URL, name, value)
      },
    }
    const found = getOwnPropertyDescriptor(accessor, name) as PropertyDescriptor
    found.enumerable = false
    defineProperty(URL.prototype, name, found)
  }
  defineProperty(URL.prototype, Symbol.toStringTag, { __proto__: null, value: 'URL', configurable: true } as PropertyDescriptor)
  made['URL'] = URL
}
