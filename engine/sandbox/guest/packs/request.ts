// Request: what a script wants to send, checked and put together.
import type { Kit } from '../kit.ts'

/** Fills `made` with `Request`; leaves `partsOf` with the pack of `Headers`, for `ctx.http` (what is to be sent, as plain data; undefined for what is no request). */
export function requestPack(kit: Pick<Kit, 'pack' | 'pure'>, made: Record<string, unknown>): void {
  const { apply } = Reflect
  const { defineProperty } = Object
  const { toUpperCase } = String.prototype
  const TypeErrorOf = TypeError
  const key = {}
  interface Body {
    readonly content: string | Uint8Array | undefined
    readonly type: string
    isUsed: boolean
  }
  const { Headers, listOf, fromList } = kit.pack('headers') as {
    Headers: new (init?: unknown) => { has(name: string): boolean; append(name: string, value: unknown): void }
    listOf(headers: object): readonly string[]
    fromList(list: readonly string[], isFixed: boolean): object
  }
  const { has, append } = Headers.prototype as InstanceType<typeof Headers>
  const { bodyOf, addBody, cloneBody, take } = kit.pack('body') as {
    bodyOf(given: unknown): Body
    addBody(prototype: object, stateOf: (self: unknown) => Body): void
    cloneBody(body: Body, owner: string): Body
    take(body: Body): Body['content']
  }
  const USERNAME = 3
  const PASSWORD = 4
  const usual = { __proto__: null, DELETE: true, GET: true, HEAD: true, OPTIONS: true, POST: true, PUT: true } as unknown as Record<
    string,
    true
  >
  const forbidden = { __proto__: null, CONNECT: true, TRACE: true, TRACK: true } as unknown as Record<string, true>
  const redirects = { __proto__: null, follow: true, error: true, manual: true } as unknown as Record<string, true>

  const isTable = (value: unknown): value is object => (typeof value === 'object' && value !== null) || typeof value === 'function'
  const methodOf = (given: unknown): string => {
    const method = `${given}`
    const upper = apply(toUpperCase, method, []) as string
    try {
      apply(has, new Headers(), [method]) // a method is written like a header's name
    } catch {
      throw new TypeErrorOf(`'${method}' is not a valid HTTP method.`)
    }
    if (forbidden[upper] === true) throw new TypeErrorOf(`'${method}' HTTP method is unsupported.`)
    return usual[upper] === true ? upper : method
  }
  const urlOf = (given: unknown): string => {
    const text = `${given}`
    const parts = kit.pure('url', [text]) as readonly string[] | undefined
    if (parts === undefined) throw new TypeErrorOf(`Failed to parse URL from ${text}`)
    if (parts[USERNAME] !== '' || parts[PASSWORD] !== '')
      throw new TypeErrorOf(`Request cannot be constructed from a URL that includes credentials: ${text}`)
    return parts[0] as string
  }
  const redirectOf = (given: unknown): string => {
    const redirect = `${given}`
    if (redirects[redirect] !== true)
      throw new TypeErrorOf(`Request constructor: ${redirect} is not an accepted type. Expected one of follow, error, manual.`)
    return redirect
  }

  let isRequest: (value: unknown) => value is Request
  let partsOf: (request: Request) => object

  class Request {
    readonly #method: string
    readonly #url: string
    readonly #redirect: string
    readonly #headers: object
    readonly #body: Body
    /** Those that it was made with. */
    readonly #signals: readonly unknown[]
    #signal: unknown
    static {
      isRequest = (value): value is Request => isTable(value) && #url in value
      partsOf = (request) => ({
        url: request.#url,
        method: request.#method,
        redirect: request.#redirect,
        headers: listOf(request.#headers),
        takeBody: () => take(request.#body),
        signals: request.#signals,
      })
      addBody(Request.prototype, (self) => (self as Request).#body)
    }
    constructor(...given: unknown[]) {
      if (given.length === 0) throw new TypeErrorOf('Request constructor: 1 argument required, but only 0 present.')
      const options = given[1]
      const init = (options ?? {}) as Readonly<Record<string, unknown>>
      if (!isTable(init)) throw new TypeErrorOf('Request constructor: the second argument must be an object.')
      const from = isRequest(given[0]) ? given[0] : undefined
      const { method, headers, body, redirect, signal } = init
      this.#url = from === undefined ? urlOf(given[0]) : from.#url
      this.#method = method === undefined ? (from === undefined ? 'GET' : from.#method) : methodOf(method)
      this.#redirect = redirect === undefined ? (from === undefined ? 'follow' : from.#redirect) : redirectOf(redirect)
      this.#signals = signalsOf(signal, from === undefined ? [] : from.#signals)
      this.#headers = headers === undefined && from !== undefined ? fromList(listOf(from.#headers), false) : new Headers(headers)
      const isEmpty = this.#method === 'GET' || this.#method === 'HEAD'
      const isGiven = body !== undefined && body !== null
      if (isEmpty && (isGiven || (from !== undefined && from.#body.content !== undefined)))
        throw new TypeErrorOf('Request with GET/HEAD method cannot have body.')
      if (isGiven) this.#body = bodyOf(body)
      else if (from === undefined) this.#body = bodyOf(undefined)
      else if (given[2] === key) this.#body = cloneBody(from.#body, 'Request')
      else {
        const { type } = from.#body
        this.#body = { content: take(from.#body), type, isUsed: false }
      }
      const { type } = this.#body
      if (isGiven && type !== '' && !apply(has, this.#headers, ['content-type'])) apply(append, this.#headers, ['content-type', type])
    }
    get method(): string {
      return this.#method
    }
    get url(): string {
      return this.#url
    }
    get headers(): object {
      return this.#headers
    }
    get redirect(): string {
      return this.#redirect
    }
    get signal(): unknown {
      const { AbortSignal } = kit.pack('abort') as { AbortSignal: { any(signals: readonly unknown[]): unknown } }
      this.#signal ??= AbortSignal.any(this.#signals)
      return this.#signal
    }
    clone(): Request {
      const Copy = Request as unknown as new (...given: unknown[]) => Request
      return new Copy(this, undefined, key)
    }
  }
  const signalsOf = (given: unknown, otherwise: readonly unknown[]): readonly unknown[] => {
    if (given === undefined) return otherwise
    if (given === null) return []
    ;(kit.pack('abort')['isAborted'] as (signal: unknown) => boolean)(given)
    return [given]
  }
  defineProperty(Request.prototype, Symbol.toStringTag, { __proto__: null, value: 'Request', configurable: true } as PropertyDescriptor)
  made['Request'] = Request
  kit.pack('headers')['partsOf'] = (value: unknown) => (isRequest(value) ? partsOf(value) : undefined)
}
