// A network of one machine: names and their addresses by hand, every dial counted, and a real server on 127.0.0.1 behind all of them.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { createGate, type Gate } from '../../../bindings/gate.ts'
import type { Dial } from '../../../bindings/http/dial.ts'
import { type HttpOptions, http } from '../../../bindings/http/http.ts'
import { secrets } from '../../../bindings/secrets.ts'
import { SecretStore, type Secrets } from '../../../bindings/secrets-store.ts'
import type { AuditRecord } from '../../../engine/index.ts'
import type { Json } from '../../../engine/model/json.ts'
import { type Caller, callThrough } from '../call-through.ts'

/** A public address, for names that lead somewhere harmless. */
export const PUBLIC = '93.184.216.34'

/** What a server does with a request. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => unknown

/** Names and what they lead to: one answer, or one for each time they are asked. */
export type Names = { readonly [host: string]: readonly string[] | (() => readonly string[] | Promise<readonly string[]>) }

/** What a world is made of. */
export interface WorldOptions {
  readonly names?: Names
  readonly secrets?: Secrets
  /** In the stead of the counting connector to the server. */
  readonly connect?: HttpOptions['connect']
  /** In the stead of the names. */
  readonly resolver?: HttpOptions['resolver']
}

/** See the head of the file. */
export interface World extends AsyncDisposable {
  readonly port: number
  /** `address:port` of every connection that was opened, or tried. */
  readonly dials: string[]
  /** Every name that was looked up. */
  readonly lookups: string[]
  /** `METHOD host path` of every request that arrived. */
  readonly requests: string[]
  readonly records: AuditRecord[]
  readonly options: HttpOptions
  /** What a grant comes to; throws where policy could not say so. */
  allow(written: Json): Json
  /** A fetch by a script that is granted what is written. */
  fetcher(written: Json, caller?: Caller & { readonly secrets?: Json }): (url: string, init?: unknown) => ReturnType<Gate['handle']>
}

/** Makes a world. The caller disposes of it. */
export async function openWorld(
  handler: Handler = echo,
  { names = {}, secrets: values = {}, connect: dialler, resolver }: WorldOptions = {},
): Promise<World> {
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.headers.host} ${request.url}`)
    void handler(request, response)
  })
  const port = await listen(server)
  const dials: string[] = []
  const lookups: string[] = []
  const records: AuditRecord[] = []
  const store = new SecretStore(values)
  const options: HttpOptions = {
    secrets: store,
    async resolver(host, signal) {
      lookups.push(host)
      if (resolver !== undefined) return await resolver(host, signal)
      const found = names[host] ?? [PUBLIC]
      return typeof found === 'function' ? await found() : found
    },
    connect(dial: Dial) {
      dials.push(`${dial.address}:${dial.port}`)
      return dialler === undefined ? connect(port, '127.0.0.1') : dialler(dial)
    },
  }
  const bindings = [http(options), secrets({ secrets: store })]
  const gate = createGate({ bindings, audit: (record) => records.push(record) })
  const allowBy = (index: 0 | 1, written: Json): Json => {
    const reading = bindings[index]?.surface.readAllow(written)
    if (reading?.ok !== true) throw new TypeError(reading?.message)
    return reading.value
  }
  return {
    port,
    dials,
    lookups,
    requests,
    records,
    options,
    allow: (written) => allowBy(0, written),
    fetcher(written, { secrets: granted, ...caller } = {}) {
      const grant = { http: allowBy(0, written), ...(granted === undefined ? undefined : { secrets: allowBy(1, granted) }) }
      const call = callThrough(gate, { ...caller, grant })
      return (url, init) => (init === undefined ? call('http.fetch', url) : call('http.fetch', url, init))
    },
    async [Symbol.asyncDispose]() {
      await gate.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A response of `http.fetch`, as the host gives it. */
export interface PlainResponse {
  readonly status: number
  readonly statusText: string
  readonly url: string
  readonly redirected: boolean
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Uint8Array
}

/** The response of a call that must be good. */
export async function responseOf(replying: ReturnType<Gate['handle']>): Promise<PlainResponse & { readonly text: string }> {
  const reply = await replying
  if (!reply.ok) throw new Error(`${reply.error.code}: ${reply.error.message}`)
  const response = reply.value as PlainResponse
  return { ...response, text: Buffer.from(response.body).toString() }
}

/** What an echo says of its request. */
export async function echoOf(
  replying: ReturnType<Gate['handle']>,
): Promise<{ method: string; path: string; headers: Record<string, string>; body: string }> {
  return JSON.parse((await responseOf(replying)).text)
}

/** Answers with what was asked. */
export async function echo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = ''
  for await (const chunk of request.setEncoding('latin1')) body += chunk as string
  const { method, url: path, headers } = request
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ method, path, headers, body }))
}

/** Listens on a free port of 127.0.0.1. */
export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
