// The globals of the sandbox beside the language itself, as TypeScript declares them. A test holds them against a real sandbox.

/** Declarations for the global scope of env.d.ts. */
export const GLOBALS = `/** Lines for the outcome's log, as ctx.log writes them. */
interface Console {
  debug(...values: unknown[]): void
  trace(...values: unknown[]): void
  log(...values: unknown[]): void
  info(...values: unknown[]): void
  dir(...values: unknown[]): void
  table(...values: unknown[]): void
  warn(...values: unknown[]): void
  error(...values: unknown[]): void
  assert(condition?: unknown, ...values: unknown[]): void
}
declare var console: Console

/** Calls back once, after so many milliseconds. A run has a limit of timers ("timers"), and ends when its handler does. */
declare function setTimeout(handler: (...values: never[]) => void, milliseconds?: number, ...values: unknown[]): number
/** Calls back again and again, until it is cleared or the handler has ended. */
declare function setInterval(handler: (...values: never[]) => void, milliseconds?: number, ...values: unknown[]): number
declare function clearTimeout(timer: number | undefined): void
declare function clearInterval(timer: number | undefined): void
declare function queueMicrotask(callback: () => void): void
declare function structuredClone<T>(value: T): T
/** Text of base64 as binary text. */
declare function atob(text: string): string
/** Binary text as base64. */
declare function btoa(text: string): string

interface Performance {
  /** Milliseconds of the run; stands still while the script computes. */
  now(): number
  toJSON(): unknown
}
declare var performance: Performance

interface Crypto {
  /** Random values from the run's own seed. */
  getRandomValues<T extends ArrayBufferView>(array: T): T
  randomUUID(): string
}
declare var crypto: Crypto

interface URL {
  href: string
  readonly origin: string
  protocol: string
  username: string
  password: string
  host: string
  hostname: string
  port: string
  pathname: string
  search: string
  hash: string
  readonly searchParams: URLSearchParams
  toString(): string
  toJSON(): string
}
declare var URL: {
  prototype: URL
  new (url: string | URL, base?: string | URL): URL
  canParse(url: string | URL, base?: string | URL): boolean
  parse(url: string | URL, base?: string | URL): URL | null
}

interface URLSearchParams {
  readonly size: number
  append(name: string, value: string): void
  delete(name: string, value?: string): void
  get(name: string): string | null
  getAll(name: string): string[]
  has(name: string, value?: string): boolean
  set(name: string, value: string): void
  sort(): void
  forEach(callback: (value: string, name: string, parent: URLSearchParams) => void): void
  entries(): IterableIterator<[string, string]>
  keys(): IterableIterator<string>
  values(): IterableIterator<string>
  [Symbol.iterator](): IterableIterator<[string, string]>
  toString(): string
}
declare var URLSearchParams: {
  prototype: URLSearchParams
  new (init?: string | URLSearchParams | Iterable<readonly [string, string]> | Readonly<Record<string, string>>): URLSearchParams
}

interface TextEncoder {
  readonly encoding: string
  encode(text?: string): Uint8Array<ArrayBuffer>
  encodeInto(text: string, into: Uint8Array): { read: number; written: number }
}
declare var TextEncoder: { prototype: TextEncoder; new (): TextEncoder }

interface TextDecoder {
  readonly encoding: string
  readonly fatal: boolean
  readonly ignoreBOM: boolean
  decode(bytes?: ArrayBuffer | ArrayBufferView, options?: { stream?: boolean }): string
}
declare var TextDecoder: { prototype: TextDecoder; new (label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean }): TextDecoder }

interface Event {
  readonly type: string
  readonly target: EventTarget | null
  readonly currentTarget: EventTarget | null
  readonly bubbles: boolean
  readonly cancelable: boolean
  readonly composed: boolean
  readonly defaultPrevented: boolean
  readonly eventPhase: number
  readonly timeStamp: number
  readonly isTrusted: boolean
  composedPath(): EventTarget[]
  preventDefault(): void
  stopPropagation(): void
  stopImmediatePropagation(): void
}
declare var Event: {
  prototype: Event
  new (type: string, options?: { bubbles?: boolean; cancelable?: boolean; composed?: boolean }): Event
  readonly NONE: 0
  readonly CAPTURING_PHASE: 1
  readonly AT_TARGET: 2
  readonly BUBBLING_PHASE: 3
}
type EventListener = ((event: Event) => void) | { handleEvent(event: Event): void }
interface EventTarget {
  addEventListener(type: string, listener: EventListener | null, options?: boolean | { once?: boolean; capture?: boolean; signal?: AbortSignal }): void
  removeEventListener(type: string, listener: EventListener | null, options?: boolean | { capture?: boolean }): void
  dispatchEvent(event: Event): boolean
}
declare var EventTarget: { prototype: EventTarget; new (): EventTarget }

interface AbortSignal extends EventTarget {
  readonly aborted: boolean
  readonly reason: unknown
  onabort: ((event: Event) => void) | null
  throwIfAborted(): void
}
declare var AbortSignal: {
  prototype: AbortSignal
  abort(reason?: unknown): AbortSignal
  timeout(milliseconds: number): AbortSignal
  any(signals: Iterable<AbortSignal>): AbortSignal
}
interface AbortController {
  readonly signal: AbortSignal
  abort(reason?: unknown): void
}
declare var AbortController: { prototype: AbortController; new (): AbortController }

interface DOMException extends Error {
  readonly code: number
}
declare var DOMException: { prototype: DOMException; new (message?: string, name?: string | { name?: string; cause?: unknown }): DOMException }

type HeadersInit = Headers | Iterable<readonly [string, string]> | Readonly<Record<string, string>>
interface Headers {
  append(name: string, value: string): void
  delete(name: string): void
  get(name: string): string | null
  getSetCookie(): string[]
  has(name: string): boolean
  set(name: string, value: string): void
  forEach(callback: (value: string, name: string, parent: Headers) => void): void
  entries(): IterableIterator<[string, string]>
  keys(): IterableIterator<string>
  values(): IterableIterator<string>
  [Symbol.iterator](): IterableIterator<[string, string]>
}
declare var Headers: { prototype: Headers; new (init?: HeadersInit): Headers }

type BodyInit = string | ArrayBuffer | ArrayBufferView | URLSearchParams
/** A body that is there as a whole: text, JSON or bytes. */
interface Body {
  readonly bodyUsed: boolean
  arrayBuffer(): Promise<ArrayBuffer>
  bytes(): Promise<Uint8Array<ArrayBuffer>>
  json<T = unknown>(): Promise<T>
  text(): Promise<string>
}
interface RequestInit {
  method?: string
  headers?: HeadersInit
  body?: BodyInit | null
  redirect?: 'follow' | 'error' | 'manual'
  signal?: AbortSignal | null
}
interface Request extends Body {
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly redirect: 'follow' | 'error' | 'manual'
  readonly signal: AbortSignal
  clone(): Request
}
declare var Request: { prototype: Request; new (input: string | URL | Request, init?: RequestInit): Request }
interface ResponseInit {
  status?: number
  statusText?: string
  headers?: HeadersInit
}
interface Response extends Body {
  readonly status: number
  readonly statusText: string
  readonly ok: boolean
  readonly url: string
  readonly redirected: boolean
  readonly headers: Headers
  clone(): Response
}
declare var Response: {
  prototype: Response
  new (body?: BodyInit | null, init?: ResponseInit): Response
  json(value: unknown, init?: ResponseInit): Response
}
`
