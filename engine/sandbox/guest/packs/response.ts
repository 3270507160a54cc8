// Response, and how ctx.http.fetch asks the host: what a script gives becomes plain data, what the host answers a Response.
import type { Kit } from '../kit.ts'

/** Fills `made` with `Response` and, for `ctx.http`, `fetch` (makes the arguments plain, asks, makes the answer a `Response`). */
export function responsePack(kit: Pick<Kit, 'call' | 'pack' | 'pure'>, made: Record<string, unknown>): void {
  const { apply } = Reflect
  const { defineProperty } = Object
  const { stringify } = JSON
  const PromiseOf = Promise
  const TypeErrorOf = TypeError
  const RangeErrorOf = RangeError
  const NumberOf = Number
  const key = {}
  const codeAt = apply(Function.prototype.bind, Function.prototype.call, [String.prototype.charCodeAt]) as (
    text: string,
    at: number,
  ) => number
  interface Body {
    readonly content: string | Uint8Array | undefined
    readonly type: string
    isUsed: boolean
  }
  interface Facts {
    readonly status: number
    readonly statusText: string
    readonly url: string
    readonly redirected: boolean
    readonly type: string
    readonly headers: object
    readonly body: Body
  }
  const headersMade = kit.pack('headers')
  const { Headers, listOf, fromList } = headersMade as unknown as {
    Headers: new (init?: unknown) => { has(name: string): boolean; append(name: string, value: unknown): void }
    listOf(headers: object): readonly string[]
    fromList(list: readonly string[], isFixed: boolean): object
  }
  const { has, append } = Headers.prototype as InstanceType<typeof Headers>
  const { bodyOf, addBody, cloneBody } = kit.pack('body') as {
    bodyOf(given: unknown): Body
    addBody(prototype: object, stateOf: (self: unknown) => Body): void
    cloneBody(body: Body, owner: string): Body
  }
  const bodiless = { __proto__: null, 101: true, 103: true, 204: true, 205: true, 304: true } as unknown as Record<number, true>
  const redirecting = { __proto__: null, 301: true, 302: true, 303: true, 307: true, 308: true } as unknown as Record<number, true>

  const isTable = (value: unknown): value is object => (typeof value === 'object' && value !== null) || typeof value === 'function'
  /** As the standard makes a 16-bit number of anything. */
  const shortOf = (given: unknown): number => {
    const number = NumberOf(given)
    return number - number === 0 ? ((number | 0) === number ? number : number - (number % 1)) & 0xffff : 0
  }
  const statusTextOf = (given: unknown): string => {
    const text = `${given}`
    for (let i = 0; i < text.length; i++) {
      const code = codeAt(text, i)
      if ((code < 32 && code !== 9) || code === 127 || code > 255) throw new TypeErrorOf('Invalid statusText')
    }
    return text
  }
  const factsOf = (body: Body, options: unknown): Facts => {
    const init = (options ?? {}) as Readonly<Record<string, unknown>>
    if (!isTable(init)) throw new TypeErrorOf('Response constructor: the second argument must be an object.')
    const status = init['status'] === undefined ? 200 : shortOf(init['status'])
    if (status < 200 || status > 599) throw new RangeErrorOf('init["status"] must be in the range of 200 to 599, inclusive.')
    const statusText = init['statusText'] === undefined ? '' : statusTextOf(init['statusText'])
    const headers = new Headers(init['headers'])
    if (body.content !== undefined && bodiless[status] === true)
      throw new TypeErrorOf(`Response constructor: Invalid response status code ${status}`)
    if (body.type !== '' && !apply(has, headers, ['content-type'])) apply(append, headers, ['content-type', body.type])
    return { status, statusText, url: '', redirected: false, type: 'default', headers, body }
  }
  const noBody = (): Body => bodyOf(undefined)

  class Response {
    readonly #facts: Facts
    static {
      addBody(Response.prototype, (self) => (self as Response).#facts.body)
    }
    constructor(...given: unknown[]) {
      this.#facts = given[1] === key ? (given[0] as Facts) : factsOf(bodyOf(given[0]), given[1])
    }
    static error(): Response {
      return responseOf({
        status: 0,
        statusText: '',
        url: '',
        redirected: false,
        type: 'error',
        headers: fromList([], true),
        body: noBody(),
      })
    }
    static json(...given: unknown[]): Response {
      if (given.length === 0) throw new TypeErrorOf('Response.json: 1 argument required, but only 0 present.')
      const text: unknown = stringify(given[0])
      if (typeof text !== 'string') throw new TypeErrorOf('The data is not JSON serializable')
      return responseOf(factsOf({ content: text, type: 'application/json', isUsed: false }, given[1]))
    }
    static redirect(...given: unknown[]): Response {
      if (given.length === 0) throw new TypeErrorOf('Response.redirect: 1 argument required, but only 0 present.')
      const text = `${given[0]}`
      const parts = kit.pure('url', [text]) as readonly string[] | undefined
      if (parts === undefined) throw new TypeErrorOf(`Failed to parse URL from ${text}`)
      const status = given[1] === undefined ? 302 : shortOf(given[1])
      if (redirecting[status] !== true) throw new RangeErrorOf(`Invalid status code ${status}`)
      const headers = fromList(['location', parts[0] as string], true)
      return responseOf({ status, statusText: '', url: '', redirected: false, type: 'default', headers, body: noBody() })
    }
    get type(): string {
      return this.#facts.type
    }
    get url(): string {
      return this.#facts.url
    }
    get redirected(): boolean {
      return this.#facts.redirected
    }
    get status(): number {
      return this.#facts.status
    }
    get ok(): boolean {
      return this.#facts.status >= 200 && this.#facts.status <= 299
    }
    get statusText(): string {
      return this.#facts.statusText
    }
    get headers(): object {
      return this.#facts.headers
    }
    clone(): Response {
      const { status, statusText, url, redirected, type, headers, body } = this.#facts
      return responseOf({
        status,
        statusText,
        url,
        redirected,
        type,
        headers: fromList(listOf(headers), type !== 'default'),
        body: cloneBody(body, 'Response'),
      })
    }
  }
  const responseOf = (facts: Facts): Response => new (Response as unknown as new (...given: unknown[]) => Response)(facts, key)

  defineProperty(Response.prototype, Symbol.toStringTag, { __proto__: null, value: 'Response', configurable: true } as PropertyDescriptor)
  made['Response'] = Response

  const pairsOf = (list: readonly string[]): [string, string][] => {
    const pairs: [string, string][] = []
    for (let i = 0; i < list.length; i += 2) pairs[i / 2] = [list[i] as string, list[i + 1] as string]
    return pairs
  }
  interface RequestParts {
    readonly url: string
    readonly method: string
    readonly redirect: string
    readonly headers: readonly string[]
    /** What it holds, once; throws where it was read. */
    takeBody(): unknown
    readonly signals: readonly unknown[]
  }
  const signalsOf = (given: unknown, from: RequestParts | undefined): readonly unknown[] => {
    if (given === undefined) return from === undefined ? [] : from.signals
    if (given === null) return []
    ;(kit.pack('abort')['isAborted'] as (signal: unknown) => boolean)(given)
    return [given]
  }
  type Plain = { -readonly [name in 'method' | 'headers' | 'body' | 'redirect' | 'timeout']?: unknown }
  interface Asked {
    readonly url: string
    readonly init: Plain
    readonly signals: readonly unknown[]
  }
  /** What the host is asked for; URLs and methods are its business to judge. */
  const askedOf = (input: unknown, options: unknown): Asked => {
    // Where no request was ever made, what makes them was not either.
    const partsOf = headersMade['partsOf'] as ((value: unknown) => RequestParts | undefined) | undefined
    const given = (options ?? {}) as Readonly<Record<string, unknown>>
    if (!isTable(given)) throw new TypeErrorOf('ctx.http.fetch: the second argument must be an object.')
    const from = partsOf?.(input)
    const init: Plain = from === undefined ? {} : { method: from.method, redirect: from.redirect }
    if (given['method'] !== undefined) init.method = given['method']
    if (given['redirect'] !== undefined) init.redirect = given['redirect']
    if (given['timeout'] !== undefined) init.timeout = given['timeout']
    const sent = given['body']
    const own = sent === undefined || sent === null ? undefined : bodyOf(sent)
    const isTaken = given['headers'] === undefined && from !== undefined
    const headers = isTaken ? fromList(from.headers, false) : new Headers(given['headers'])
    if (own !== undefined && own.type !== '' && !apply(has, headers, ['content-type'])) apply(append, headers, ['content-type', own.type])
    const list = listOf(headers)
    if (list.length > 0) init.headers = pairsOf(list)
    const url = from === undefined ? `${input}` : from.url
    const signals = signalsOf(given['signal'], from)
    // Last, when nothing else can be wrong any more: a body is taken once.
    const content = own === undefined ? from?.takeBody() : own.content
    if (content !== undefined) init.body = content
    return { url, init, signals }
  }
  const respond = (reply: Readonly<Record<string, unknown>>): Response => {
    const list: string[] = []
    const pairs = reply['headers'] as readonly (readonly [string, string])[]
    for (let i = 0; i < pairs.length; i++) {
      const pair = pairs[i] as readonly [string, string]
      list[i * 2] = pair[0]
      list[i * 2 + 1] = pair[1]
    }
    const content = reply['body'] as Uint8Array
    const { status, statusText, url, redirected } = reply as unknown as Facts
    const body: Body = { content: bodiless[status] === true ? undefined : content, type: '', isUsed: false }
    return responseOf({ status, statusText, url, redirected, type: 'basic', headers: fromList(list, true), body })
  }
  /** Waits no longer than the signals say. The host's work is not undone: its answer comes to nobody. */
  const unlessAborted = (answer: Promise<unknown>, signals: readonly unknown[]): Promise<unknown> => {
    const { whenAborted } = kit.pack('abort') as { whenAborted(signal: unknown, run: () => void): void }
    return new PromiseOf((yes, no) => {
      for (let i = 0; i < signals.length; i++) whenAborted(signals[i], () => no((signals[i] as { reason: unknown }).reason))
      void (async () => {
        try {
          yes(await answer)
        } catch (error) {
          no(error)
        }
      })()
    })
  }
  made['fetch'] = async (input: unknown, options: unknown): Promise<Response> => {
    const { url, init, signals } = askedOf(input, options)
    for (let i = 0; i < signals.length; i++) (signals[i] as { throwIfAborted(): void }).throwIfAborted()
    const answer = kit.call('http.fetch', [url, init])
    const reply = signals.length === 0 ? await answer : await unlessAborted(answer, signals)
    return respond(reply as Readonly<Record<string, unknown>>)
  }
}
