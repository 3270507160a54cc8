// The network that attackers of `ctx.http` meet: names that lead outside and inside, and a hostile server behind the one public address. Whatever else is dialled
// is written down, and reaches nobody.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { createGzip, gzipSync } from 'node:zlib'
import * as assert from 'uvu/assert'
import type { Dial, HttpOptions, Secrets } from '../../bindings/index.ts'
import { SECRET_CANARY } from './verdict.ts'

const PUBLIC = '93.184.216.34'
/** A script that may read it may put it into a URL. */
const READABLE = `read-${SECRET_CANARY}`

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
  /** Names that were looked up, and URLs that were asked for, with a secret in them that no script may see: whoever serves them has it. */
  readonly #told: string[] = []
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
    return { SEND: SECRET_CANARY, READ: READABLE, OTHER: `other-${SECRET_CANARY}` }
  }

  /** Forgets what happened. */
  clear(): void {
    this.#forbidden.length = 0
    this.#told.length = 0
    this.requests = 0
  }

  /** Fails where anything that is not public was dialled, or a secret was a part of a name or a URL. */
  expectUntouched(): void {
    assert.equal(this.#forbidden, [], 'these were dialled')
    assert.equal(this.#told, [], 'these were asked for')
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
    this.#note(host)
    if (host === 'flip.example.com') return this.#flips++ % 2 === 0 ? [PUBLIC] : ['127.0.0.1']
    if (host.endsWith('nowhere.example')) return []
    return NAMES.get(host) ?? [PUBLIC]
  }

  #note(asked: string): void {
    const text = asked.toLowerCase()
    if (text.includes(SECRET_CANARY) && !text.includes(READABLE)) this.#told.push(asked)
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
    this.#note(request.url ?? '')
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://server.example')
    switch (pathname) {
      case '/redirect':
        return void response.writeHead(Number(searchParams.get('status') ?? 302), { location: searchParams.get('to') ?? '/redirect' }).end()
      case '/moved':
        return moved(request, response, searchParams)
      case '/pieces':
        return void pieces(request, response, searchParams)
      case '/broken':
        return broken(request, searchParams)
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

/** Sends whoever asks to the host that a proxy would have been asked for, as careless servers do, and says so in a page. */
function moved({ headers }: IncomingMessage, response: ServerResponse, wish: URLSearchParams): void {
  const asked = inLetters(String(headers['x-forwarded-host'] ?? ''), wish)
  const location = (wish.get('to') ?? 'http://HOST/').replace('HOST', asked).replace('CODED', encodeURIComponent(asked))
  response.writeHead(Number(wish.get('status') ?? 302), { location }).end(`<a href="${location}">Moved</a>`)
}

/** Gives `x-secret` back in two pieces, some time apart, and once more in what comes after the body. */
async function pieces({ headers }: IncomingMessage, response: ServerResponse, wish: URLSearchParams): Promise<void> {
  const said = inLetters(String(headers['x-secret'] ?? ''), wish)
  const middle = Math.floor(said.length / 2)
  const packer = wish.has('gzip') ? createGzip() : undefined
  response.writeHead(200, { trailer: 'x-said', ...(packer === undefined ? {} : { 'content-encoding': 'gzip' }) })
  packer?.pipe(response, { end: false })
  const body = packer ?? response
  for (const piece of [`it is ${said.slice(0, middle)}`, `${said.slice(middle)}.`]) {
    body.write(piece)
    packer?.flush()
    await setTimeout(20)
  }
  response.addTrailers({ 'x-said': said })
  if (packer === undefined) response.end()
  else packer.end(() => response.end())
}

/** Answers with `x-secret` where a response cannot have it. */
function broken({ headers, socket }: IncomingMessage, wish: URLSearchParams): void {
  socket.end((wish.get('as') ?? '').replaceAll('SECRET', inLetters(String(headers['x-secret'] ?? ''), wish)))
}

function inLetters(text: string, wish: URLSearchParams): string {
  return wish.has('upper') ? text.toUpperCase() : text
}

function stream(response: ServerResponse): void {
  const more = (): void => {
    while (!response.destroyed && response.write('x'.repeat(10_000)));
  }
  response.on('drain', more)
  more()
}
