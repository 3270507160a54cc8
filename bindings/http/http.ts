// The binding `http`: requests to hosts that policy names. Everything between a script and the network is here: patterns, addresses, caps, secrets.
import { z } from 'zod'
import type { Binding, BindingCall } from '../binding.ts'
import { defineBinding } from '../define-binding.ts'
import { HostFunctionError } from '../host-function-error.ts'
import { ownerOf } from '../owner-of.ts'
import { accessOf, maySend, secretGrantsOf } from '../secret-grants.ts'
import { SecretPatterns } from '../secret-patterns.ts'
import type { SecretStore } from '../secrets-store.ts'
import { type Leave, Turns } from '../turns.ts'
import { Connections } from './connections.ts'
import { type Connector, systemConnector } from './dial.ts'
import { dnsResolver } from './dns-resolver.ts'
import { checkGranted, fetchAll, type Outbound, type Request, type Response } from './fetch.ts'
import { compileGrant, grantSchema, type HttpGrant, narrowHttp } from './grant.ts'
import { describeGranted } from './granted-words.ts'
import { HTTP_TYPES } from './http-types.ts'
import { prepareHeaders, type Revealer, refuseParts } from './request-headers.ts'
import { AddressBook, type Resolver, systemResolver, untilAborted } from './resolve.ts'
import { readTarget, type Target } from './target.ts'

/** Requests under way at once, of all scripts. */
const MOST_REQUESTS = 128

const METHOD = /^[A-Za-z-]{1,32}$/
const HEADER_CHARACTERS = 16 * 1024
/** Beyond what any request may have: a list of wrong items is not looked at one by one. */
const MOST_PAIRS = 1_000

const pair = z.tuple([z.string().max(HEADER_CHARACTERS), z.string().max(HEADER_CHARACTERS)])

const init = z
  .strictObject({
    method: z.string().regex(METHOD, { error: 'it is no method' }).default('GET'),
    headers: z
      .union([z.array(pair).max(MOST_PAIRS), z.record(z.string().max(HEADER_CHARACTERS), z.string().max(HEADER_CHARACTERS))])
      .default({}),
    body: z.union([z.string(), z.instanceof(Uint8Array)], { error: 'it must be a text or a Uint8Array' }).optional(),
    redirect: z.enum(['follow', 'manual', 'error']).default('follow'),
    timeout: z.number().positive().optional(),
  })
  .prefault({})

const reply = z.object({
  status: z.int(),
  statusText: z.string(),
  url: z.string(),
  redirected: z.boolean(),
  headers: z.array(pair),
  body: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
})

/** What `http` is made from. */
export interface HttpOptions {
  /** Where `{{secret:NAME}}` in headers comes from; without it there are no secrets. */
  readonly secrets?: SecretStore | undefined
  /**
   * Finds the addresses of a name. Where nothing is given, the system does for names that a pattern names, and name servers are asked for those that only a wildcard
   * covers. Whatever it answers is checked.
   */
  readonly resolver?: Resolver | undefined
  /** Opens connections to checked addresses, with TLS where `isSecure` says so; the system's where nothing is given. For a proxy, own certificates, or tests. */
  readonly connect?: Connector | undefined
}

type HttpCall = BindingCall<HttpGrant | true>

/**
 * The binding `http`: fetch.
 *
 * @example
 * const engine = await createEngine({ scripts, bindings: [http()], policy: { version: 1, defaults: { allow: { http: ['hooks.example.com'] } } } })
 */
export function http({ secrets, resolver, connect = systemConnector }: HttpOptions = {}): Binding {
  const addresses = new AddressBook({ named: resolver ?? systemResolver, wild: resolver ?? dnsResolver() })
  const outbound: Outbound = { addresses, connections: new Connections(connect) }
  const turns = new Turns(MOST_REQUESTS)
  return defineBinding(
    'http',
    {
      fetch: {
        input: z.tuple([z.string(), init], { error: 'it takes (url, { method, headers, body, redirect, timeout }?)' }),
        output: reply,
        handler: (call: HttpCall, url, options) => serve(call, { url, options, secrets, outbound, turns }),
      },
    },
    {
      grant: grantSchema,
      refuseTrue: 'name the hosts: [hooks.example.com], or "*" for every public one',
      narrow: narrowHttp,
      description: 'HTTP requests to hosts that policy names.',
      types: HTTP_TYPES,
      close: () => outbound.connections.close(),
    },
  )
}

interface Serving {
  readonly url: string
  readonly options: z.output<typeof init>
  readonly secrets: SecretStore | undefined
  readonly outbound: Outbound
  readonly turns: Turns
}

async function serve(call: HttpCall, { url, options, secrets, outbound, turns }: Serving): Promise<Response> {
  const asked = check(call, readTarget(url), options)
  const { timeout, concurrency } = asked.grant
  const ms = Math.min(options.timeout ?? timeout, timeout)
  const controller = new AbortController()
  const late = HostFunctionError.of('HTTP_TIMEOUT', ms)
  const timer = setTimeout(() => controller.abort(late), ms)
  const onEnd = (): void => controller.abort(HostFunctionError.of('CANCELLED', 'the run is over'))
  call.signal.addEventListener('abort', onEnd, { once: true })
  if (call.signal.aborted) onEnd()
  let leave: Leave | undefined
  try {
    leave = await turns.enter({ owner: asked.who, key: asked.who, max: concurrency, signal: controller.signal })
    const request = await withHeaders(asked, { call, options, secrets, signal: controller.signal })
    return await fetchAll(request, outbound, controller.signal)
  } finally {
    leave?.()
    clearTimeout(timer)
    call.signal.removeEventListener('abort', onEnd)
  }
}

/** A request before anybody was asked for a secret. */
type Asked = Pick<Request, 'who' | 'grant' | 'target' | 'method' | 'body' | 'redirect'>

function check(call: HttpCall, target: Target, options: Serving['options']): Asked {
  if (call.grant === true) throw HostFunctionError.of('HTTP_DENIED', options.method, target.origin, describeGranted([], target))
  const grant = compileGrant(call.grant)
  const method = options.method.toUpperCase()
  checkGranted(grant, target, method)
  const body = readBody(options.body, method, grant.request)
  return { who: ownerOf(call), grant, target, method, body, redirect: options.redirect }
}

interface Revealing extends Pick<Serving, 'options' | 'secrets'> {
  readonly call: HttpCall
  readonly signal: AbortSignal
}

async function withHeaders(asked: Asked, { call, options, secrets, signal }: Revealing): Promise<Request> {
  const unseen = unseenBy(call)
  const hidden = secrets?.patternsOf(unseen) ?? new SecretPatterns()
  const reveal = once((name) => untilAborted(revealFor(call, name, { ...asked, secrets, hidden }), signal))
  const headers = await prepareHeaders(options.headers, reveal)
  if (unseen.length > 0) refuseParts(headers)
  const hasType = headers.some(({ name }) => name === 'content-type')
  const typed =
    typeof options.body === 'string' && !hasType ? [{ name: 'content-type', value: 'text/plain;charset=UTF-8', secrets: [] }] : []
  const maySendSecret: Request['maySendSecret'] = (name, next, nextMethod) =>
    maySend(accessOf(secretGrantsOf(call.grants), name), next, nextMethod)
  return { ...asked, headers: [...headers, ...typed], hidden, maySendSecret }
}

function readBody(body: string | Uint8Array | undefined, method: string, limit: number): Uint8Array | undefined {
  if (body === undefined) return undefined
  if (method === 'GET' || method === 'HEAD')
    throw HostFunctionError.of('ARGUMENT_INVALID', 'http.fetch', 'argument 2 at "body"', `a request with ${method} has no body`)
  const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : body
  if (bytes.byteLength > limit) throw HostFunctionError.of('HTTP_REQUEST_TOO_LARGE', bytes.byteLength, limit)
  return bytes
}

/** The function of a secret may be slow, or count how often it is asked. */
function once(reveal: Revealer): Revealer {
  const asked = new Map<string, Promise<string>>()
  return (name) => {
    const answer = asked.get(name) ?? reveal(name)
    asked.set(name, answer)
    return answer
  }
}

interface Sending extends Pick<Request, 'target' | 'method' | 'hidden'> {
  readonly secrets: SecretStore | undefined
}

async function revealFor(call: HttpCall, name: string, { target, method, secrets, hidden }: Sending): Promise<string> {
  const access = accessOf(secretGrantsOf(call.grants), name)
  if (secrets === undefined || !maySend(access, target, method))
    throw HostFunctionError.of('SECRET_DENIED', name, `sent to ${target.origin}`)
  const value = await secrets.reveal(name, call)
  if (access !== 'read') hidden.add(name, value)
  return value
}

/** Secrets that a script may send and not see: a server may also give away what it was sent before. */
function unseenBy(call: HttpCall): readonly string[] {
  return Object.entries(secretGrantsOf(call.grants) ?? {}).flatMap(([name, access]) => (access === 'read' ? [] : [name]))
}
