// The server behind every name below example.com in examples of documentation. It answers with what it was sent, except under two names:
// flaky.example.com is unavailable for the first two requests, rates.example.com has exchange rates and takes its time.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A request as it arrived. */
export interface SentRequest {
  readonly method: string
  readonly host: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  /** JSON where it is JSON, else text. */
  readonly body: unknown
}

/** A server on 127.0.0.1. */
export interface DocsServer extends AsyncDisposable {
  readonly port: number
  /** The requests since the last call, in order. */
  takeSent(): readonly SentRequest[]
}

const FAILURES = 2
const SLOW_MS = 50
const RATES = { base: 'EUR', USD: 1.08, GBP: 0.86 }

/** Starts it. The caller disposes of it. */
export async function startDocsServer(): Promise<DocsServer> {
  let sent: SentRequest[] = []
  let failures = 0
  const server = createServer((incoming, response) => void answer(incoming, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    takeSent() {
      const taken = sent
      sent = []
      return taken
    },
    [Symbol.asyncDispose]: () => close(server),
  }

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = incoming
    const host = (headers.host ?? '').replace(/:\d+$/, '')
    const body = await readBody(incoming)
    sent.push({ method, host, path, headers, body: asJson(body) })
    if (host === 'flaky.example.com' && failures++ < FAILURES) return void response.writeHead(503).end()
    if (host === 'rates.example.com') await sleep(SLOW_MS)
    const reply = host === 'rates.example.com' ? RATES : { method, path, headers, body }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(reply))
  }
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of incoming.setEncoding('utf8')) body += chunk as string
  return body
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
