// A request of a script from its URL to the response, redirects included. Each hop is checked as the first one is.
import { REDACTED } from '../../engine/model/redact.ts'
import { HostFunctionError } from '../host-function-error.ts'
import type { SecretPatterns } from '../secret-patterns.ts'
import type { Connections } from './connections.ts'
import { ResponseFlaw } from './flaws.ts'
import type { CompiledGrant } from './grant.ts'
import { describeGranted } from './granted-words.ts'
import { type HopResponse, isRedirect, onlyHeader, sendHop } from './hop.ts'
import { covers } from './host-pattern.ts'
import { codingsOf, staysPacked } from './read-body.ts'
import { forOtherOrigin, type RequestHeader, withoutBody } from './request-headers.ts'
import type { AddressBook } from './resolve.ts'
import { readTarget, type Target } from './target.ts'

/** What a request is made with. */
export interface Outbound {
  readonly addresses: AddressBook
  readonly connections: Connections
}

/** One request, checked and with its secrets. */
export interface Request {
  /** Whose it is: requests of different scripts or tenants share nothing. */
  readonly who: string
  readonly grant: CompiledGrant
  readonly target: Target
  readonly method: string
  readonly headers: readonly RequestHeader[]
  readonly body: Uint8Array | undefined
  readonly redirect: 'follow' | 'manual' | 'error'
  /** What must not come back to the script. */
  readonly hidden: SecretPatterns
  /** Whether a secret may go along with a hop. */
  readonly maySendSecret: (name: string, target: Target, method: string) => boolean
}

/** What a script gets. */
export interface Response extends Omit<HopResponse, 'headers'> {
  readonly headers: [string, string][]
  readonly url: string
  readonly redirected: boolean
}

/** Throws `HTTP_DENIED` unless the grant covers a request. */
export function checkGranted({ patterns }: CompiledGrant, target: Target, method: string): void {
  if (!patterns.some((pattern) => covers(pattern, target, method)))
    throw HostFunctionError.of('HTTP_DENIED', method, target.origin, describeGranted(patterns, target))
}

/** Sends a request and follows its redirects. Throws `HTTP_*` and the signal's reason. */
export async function fetchAll(request: Request, outbound: Outbound, signal: AbortSignal): Promise<Response> {
  const { grant, redirect } = request
  let now: Pick<Request, 'target' | 'method' | 'headers' | 'body'> = request
  for (let redirects = 0; ; redirects++) {
    const response = await fetchOnce({ ...request, ...now }, outbound, signal)
    const location = isRedirect(response) && redirect !== 'manual' ? locationOf(response, now.target) : undefined
    // The script could unpack what nobody has searched for secrets.
    if (request.hidden.size > 0 && location === undefined && isOpaque(response))
      throw failed(now, 'its body is packed in a way that the host cannot look into')
    if (location === undefined) return show(response, { href: now.target.href, redirected: redirects > 0, hidden: request.hidden })
    if (redirect === 'error') throw failed(now, 'the response is a redirect')
    // Servers make it of headers that a script may set: to follow it, or to say where it leads, would give the secret away.
    if (request.hidden.isIn(location)) throw failed(now, 'the response is a redirect with a secret in it')
    if (redirects >= grant.redirects) throw HostFunctionError.of('HTTP_REDIRECTS_EXCEEDED', grant.redirects)
    now = withoutSecrets(follow(now, response.status, readTarget(location, now.target.href)), request)
  }
}

async function fetchOnce(request: Request, { addresses, connections }: Outbound, signal: AbortSignal): Promise<HopResponse> {
  const { who, grant, target, method, headers, body, redirect } = request
  checkGranted(grant, target, method)
  try {
    const found = await addresses.find(target, grant, { who, signal })
    const skipsRedirects = redirect !== 'manual'
    return await sendHop(
      { who, target, addresses: found, method, headers, body, limit: grant.response, signal, skipsRedirects },
      connections,
    )
  } catch (error) {
    signal.throwIfAborted()
    throw error instanceof HostFunctionError ? error : failed({ method, target }, reasonOf(error), error)
  }
}

function isOpaque({ headers, body }: HopResponse): boolean {
  const codings = headers.flatMap(([name, value]) => (name === 'content-encoding' ? codingsOf(value) : []))
  return body.byteLength > 0 && staysPacked(codings)
}

function locationOf(response: HopResponse, target: Target): string | undefined {
  try {
    return onlyHeader(response, 'location')
  } catch (error) {
    throw failed({ method: 'the redirect of', target }, reasonOf(error), error)
  }
}

/** The next hop, as browsers make it. */
function follow(
  { target, method, headers, body }: Pick<Request, 'target' | 'method' | 'headers' | 'body'>,
  status: number,
  next: Target,
): Pick<Request, 'target' | 'method' | 'headers' | 'body'> {
  const kept = next.origin === target.origin ? headers : forOtherOrigin(headers)
  const becomesGet = status === 303 ? method !== 'HEAD' : (status === 301 || status === 302) && method === 'POST'
  return becomesGet
    ? { target: next, method: 'GET', headers: withoutBody(kept), body: undefined }
    : { target: next, method, headers: kept, body }
}

/** A hop without the secrets that were granted for others: a redirect may have made another method of the request's. */
function withoutSecrets<H extends Pick<Request, 'target' | 'method' | 'headers'>>(hop: H, { maySendSecret }: Request): H {
  const { target, method, headers } = hop
  return { ...hop, headers: headers.filter(({ secrets }) => secrets.every((name) => maySendSecret(name, target, method))) }
}

/** The response without the secrets that went out: a server that echoes them does not give them to the script. */
function show(
  { status, statusText, headers, body }: HopResponse,
  { href, redirected, hidden }: { readonly href: string; readonly redirected: boolean; readonly hidden: SecretPatterns },
): Response {
  return {
    status,
    statusText: hide(statusText, hidden),
    url: hide(href, hidden),
    redirected,
    headers: headers.map(([name, value]) => [hide(name, hidden), hide(value, hidden)]),
    body: hidden.mask(body),
  }
}

/** A text with a secret in letters of the other case is not shown at all. */
function hide(text: string, hidden: SecretPatterns): string {
  const shown = hidden.redact(text)
  return hidden.isIn(shown) ? REDACTED : shown
}

function failed({ method, target }: Pick<Request, 'method' | 'target'>, why: string, cause?: unknown): HostFunctionError {
  return HostFunctionError.because(cause, 'HTTP_FAILED', method, target.origin, why)
}

/** Words for what the network threw. The error's own words may name addresses and files of the host. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOTFOUND', 'the host has no address'],
  ['EAI_AGAIN', 'the host could not be looked up'],
  ['ECONNREFUSED', 'the connection was refused'],
  ['ECONNRESET', 'the connection was reset'],
  ['EPIPE', 'the connection was reset'],
  ['UND_ERR_SOCKET', 'the connection was closed before the response was complete'],
  ['EHOSTUNREACH', 'the host cannot be reached'],
  ['ENETUNREACH', 'the host cannot be reached'],
  ['ETIMEDOUT', 'the host does not answer'],
  ['UND_ERR_HEADERS_OVERFLOW', 'the headers of the response are too large'],
  ['HPE_HEADER_OVERFLOW', 'the headers of the response are too large'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'the body of the response is not as long as it says'],
  ['CERT_HAS_EXPIRED', 'the certificate of the host has expired'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'the certificate is for another host'],
])

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'the request could not be made'
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const known = REASONS.get(code)
  if (known !== undefined) return known
  if (error.name === 'TimeoutError') return 'the host does not answer'
  if (code.startsWith('HPE_')) return 'the response is not HTTP'
  if (code.startsWith('Z_') || code.startsWith('ERR__ERROR_') || code.startsWith('ERR_BROTLI') || code.startsWith('ERR_ZLIB'))
    return 'the body of the response cannot be decompressed'
  if (/CERT|SELF_SIGNED|UNABLE_TO_|^ERR_SSL|^ERR_TLS/.test(code)) return 'the host could not prove who it is'
  return error instanceof ResponseFlaw ? error.message : 'the request could not be made'
}
