// One request to one place and its response: no redirect is followed here.
import type { Readable } from 'node:stream'
import { HostFunctionError } from '../host-function-error.ts'
import type { Connection, Connections } from './connections.ts'
import { ResponseFlaw } from './flaws.ts'
import { ACCEPTED_CODINGS, codingsOf, readBody } from './read-body.ts'
import type { RequestHeader } from './request-headers.ts'
import type { Target } from './target.ts'

const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])
const REDIRECTS = new Set([301, 302, 303, 307, 308])
/** The body of a redirect is read to its end where it is small, so that the connection can be used again. */
const REDIRECT_BODY_BYTES = 16 * 1024

/** One hop. */
export interface Hop {
  readonly who: string
  readonly target: Target
  readonly addresses: readonly string[]
  readonly method: string
  readonly headers: readonly RequestHeader[]
  readonly body: Uint8Array | undefined
  /** Most bytes of the response's body, decompressed. */
  readonly limit: number
  readonly signal: AbortSignal
  /** Whether the body of a redirect is of no interest. */
  readonly skipsRedirects: boolean
}

/** What came back. */
export interface HopResponse {
  readonly status: number
  readonly statusText: string
  /** Names in lower case. */
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Uint8Array
}

/** Whether a response leads elsewhere. */
export function isRedirect({ status }: { readonly status: number }): boolean {
  return REDIRECTS.has(status)
}

/** The only value of a header; undefined where there is none. Throws a `ResponseFlaw` where there are several. */
export function onlyHeader({ headers }: Pick<HopResponse, 'headers'>, wanted: string): string | undefined {
  const values = headers.filter(([name]) => name === wanted)
  if (values.length > 1) throw new ResponseFlaw(`the response has ${values.length} headers "${wanted}"`)
  return values[0]?.[1]
}

/** Sends one request. Throws what the network threw, `HTTP_RESPONSE_TOO_LARGE`, and the signal's reason. */
export async function sendHop(hop: Hop, connections: Connections): Promise<HopResponse> {
  const connection = await connections.open({ ...hop, mayBeUsed: true })
  const first = await attempt(hop, connection)
  if ('response' in first) return first.response
  // The other end may give up a connection at the very moment it is used again. That says nothing of the request.
  hop.signal.throwIfAborted()
  if (!connection.isUsed || first.hasAnswered || !IDEMPOTENT.has(hop.method)) throw first.failure
  const second = await attempt(hop, await connections.open({ ...hop, mayBeUsed: false }))
  if ('response' in second) return second.response
  throw second.failure
}

/** The body of a response, as undici gives it. */
type Received = Readable & { dump(options: { limit: number }): Promise<void> }

type Attempt = { readonly response: HopResponse } | { readonly failure: unknown; readonly hasAnswered: boolean }

async function attempt(hop: Hop, { client, release }: Connection): Promise<Attempt> {
  let hasAnswered = false
  try {
    const { target, method, headers, body, signal } = hop
    const sent = headers.flatMap(({ name, value }) => [name, value])
    const { path } = target
    // Undici types what it is given as headers; it takes and gives a flat list just the same.
    const answer = await client.request({
      path,
      method: method as 'GET',
      headers: withDefaults(sent),
      body: body ?? null,
      signal,
      responseHeaders: 'raw',
    })
    hasAnswered = true
    answer.body.on('error', () => undefined) // whoever reads it hears of it; where nobody reads, an error must not end the host
    const response = { status: answer.statusCode, statusText: answer.statusText, headers: readHeaders(answer.headers) }
    const received = { ...response, body: await receive(hop, response, answer.body) }
    release(true)
    return { response: received }
  } catch (failure) {
    release(false)
    return { failure, hasAnswered }
  }
}

async function receive(hop: Hop, response: Omit<HopResponse, 'body'>, body: Received): Promise<Uint8Array> {
  const { status, headers } = response
  if (hop.skipsRedirects && isRedirect(response) && headers.some(([name]) => name === 'location')) {
    await body.dump({ limit: REDIRECT_BODY_BYTES })
    return new Uint8Array()
  }
  const hasBody = hop.method !== 'HEAD' && status !== 204 && status !== 304
  const valuesOf = (wanted: string) => headers.filter(([name]) => name === wanted).map(([, value]) => value)
  if (hasBody && valuesOf('content-length').some((length) => Number(length) > hop.limit)) {
    body.destroy()
    throw HostFunctionError.of('HTTP_RESPONSE_TOO_LARGE', hop.limit)
  }
  return await readBody(body, hasBody ? codingsOf(valuesOf('content-encoding').join(',')) : [], hop)
}

function withDefaults(headers: string[]): string[] {
  const has = (wanted: string) => headers.some((name, index) => index % 2 === 0 && name === wanted)
  if (!has('accept')) headers.push('accept', '*/*')
  if (!has('accept-encoding')) headers.push('accept-encoding', ACCEPTED_CODINGS)
  if (!has('user-agent')) headers.push('user-agent', 'vivarium')
  return headers
}

function readHeaders(raw: unknown): readonly (readonly [string, string])[] {
  const list = raw as readonly (Buffer | string)[]
  const texts = list.map((each) => (typeof each === 'string' ? each : each.toString('latin1')))
  return texts.flatMap((name, index) => (index % 2 === 0 ? [[name.toLowerCase(), texts[index + 1] ?? ''] as const] : []))
}
