// The network that attackers of `ctx.http` meet: names that lead outside and inside, and a hostile server behind the one public address. Whatever else is dialled
// is written down, and reaches nobody.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import * as assert from 'uvu/assert'
import type { Dial, HttpOptions, Secrets } from '../../bindings/index.ts'
import { SECRET_CANARY } from './verdict.ts'

const PUBLIC = '93.184.216.34'

/** Names, and what they lead to; all others lead to the public address, except those below `nowhere.example`. */
const NAMES: ReadonlyMap<string, readonly string[]> = new Map([
  ['inside.example.com', ['10.0.0.5']],
  ['loopback.example.com', ['127.0.0.1']],
  ['metadata.example.com', ['169.254.169.254']],
  ['six.example.com', ['::1']],
  ['mapped.example.com', ['::ffff:10.0.0.5']],
  ['nat64.example.com', ['64:ff9b::a00:5']],
  ['mixed.example.com', [PUBLIC, '10.0.0.5']],
  ['rubbish.example.com', ['localhost', '127.1']],
])

/** See the head of the file. */
export class AttackNetwork implements AsyncDisposable {
  /** Connections to anything that is not public. */
  readonly #forbidden: string[] = []
  readonly #server: Server = createServer((request, response) => this.#serve(request, response))
  #listening: Promise<number> | undefined
  #flips = 0
  /** Requests that arrived since the last `clear`. */
  requests = 0

  /** What the engine's `http` is made from. */
  get http(): HttpOptions {
    return { resolver: async (host) => this.#resolve(host), connect: (dial) => this.#connect(dial) }
  }

  /** What the engine's `secrets` is made from: `SEND` must never be seen by a script, `READ` by nobody else. */
  get secrets(): Secrets {
    return { SEND: SECRET_CANARY, READ: `read-${SECRET_CANARY}`, OTHER: `other-${SECRET_CANARY}` }
  }

  /** Forgets what happened. */
  clear(): void {
    this.#forbidden.length = 0
    this.requests = 0
  }

  /** Fails where anything that is not public was dialled. */
  expectUntouched(): void {
    assert.equal(this.#forbidden, [], 'these were dialled')
  }

  /** Connections that the server has at this moment. */
  get open(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.getConnections((error, count) => (error ? reject(error) : resolve(count)))
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#listening === undefined) return
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #resolve(host: string): readonly string[] {
    if (host === 'flip.example.com') return this.#flips++ % 2 === 0 ? [PUBLIC] : ['127.0.0.1']
    if (host.endsWith('nowhere.example')) return []
    return NAMES.get(host) ?? [PUBLIC]
  }

  async #connect({ address, port }: Dial): Promise<Socket> {
    if (address !== PUBLIC) {
      this.#forbidden.push(`${address}:${port}`)
      throw new Error('nobody is there')
    }
    this.#listening ??= new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', () => resolve((this.#server.address() as AddressInfo).port))
    })
    return connect(await this.#listening, '127.0.0.1')
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    this.requests++
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://server.example')
    switch (pathname) {
      case '/redirect':
        return void response.writeHead(Number(searchParams.get('status') ?? 302), { location: searchParams.get('to') ?? '/redirect' }).end()
      case '/hang':
        return
      case '/bomb':
        return void response.writeHead(200, { 'content-encoding': 'gzip' }).end(BOMB)
      case '/endless':
        return void stream(response)
      case '/headers':
        return void response.writeHead(200, Array.from({ length: 2_000 }, (_, index) => [`x-${index}`, 'y'.repeat(40)]).flat()).end()
      default:
        return void echo(request, response)
    }
  }
}

/** 32 KiB that unpack to 32 MiB. */
const BOMB = gzipSync(Buffer.alloc(32 * 1024 * 1024))

/** Gives back everything that it was sent, in every place where something can be given back. */
async function echo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = ''
  for await (const chunk of request.setEncoding('latin1')) body += chunk as string
  const text = JSON.stringify({ url: request.url, headers: request.rawHeaders, body })
  const said = request.headers['x-secret']
  response
    .writeHead(200, 'fine', { 'content-type': 'application/json', ...(said === undefined ? undefined : { 'x-said': said }) })
    .end(text)
}

function stream(response: ServerResponse): void {
  const more = (): void => {
    while (!response.destroyed && response.write('x'.repeat(10_000)));
  }
  response.on('drain', more)
  more()
}
