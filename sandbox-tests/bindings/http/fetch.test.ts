import { createHash } from 'node:crypto'
import { connect, createServer as createTcpServer, type Socket } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../harness/engines.ts'
import { codeOf, messageOf } from '../call-through.ts'
import { echoOf, type Handler, listen, openWorld, PUBLIC, responseOf, type World } from './world.ts'

const ORIGIN = 'http://api.example.com'
const GRANT = ['http://*.example.com']
const KiB = 1024

function worldWith(handler: Handler): Promise<World> {
  return openWorld(handler)
}

test('a request arrives as it was written, and its response comes back', async () => {
  await using world = await openWorld()
  const fetch = world.fetcher(GRANT)
  const echo = await echoOf(fetch(`${ORIGIN}/a/../b?c=d#e`, { method: 'post', headers: { 'X-One': '1', accept: 'text/x' }, body: 'hällo' }))
  assert.is(echo.method, 'POST')
  assert.is(echo.path, '/b?c=d')
  assert.is(Buffer.from(echo.body, 'latin1').toString(), 'hällo')
  const { host, 'x-one': one, accept, 'content-type': type, 'content-length': length, 'user-agent': agent } = echo.headers
  assert.equal([host, one, accept, type, length, agent], ['api.example.com', '1', 'text/x', 'text/plain;charset=UTF-8', '6', 'vivarium'])
  const response = await responseOf(fetch(`${ORIGIN}/#x`))
  assert.equal([response.status, response.statusText, response.url, response.redirected], [200, 'OK', `${ORIGIN}/`, false])
  assert.ok(response.headers.some(([name, value]) => name === 'content-type' && value === 'application/json'))
})

test('bytes go both ways unharmed', async () => {
  const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => index % 256)
  const digest = (of: Uint8Array) => createHash('sha256').update(of).digest('hex')
  await using world = await worldWith(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    response.end(Buffer.concat(chunks))
  })
  const { body } = await responseOf(
    world.fetcher(GRANT)(ORIGIN, { method: 'PUT', body: bytes, headers: [['content-type', 'application/x']] }),
  )
  assert.is(digest(body), digest(bytes))
})

test('a header may come several times, both ways', async () => {
  await using world = await worldWith((request, response) => {
    response
      .writeHead(
        200,
        [
          ['Set-Cookie', 'a=1'],
          ['Set-Cookie', 'b=2'],
          ['x-seen', request.rawHeaders.filter((name) => name.toLowerCase() === 'x-two').length.toString()],
        ].flat(),
      )
      .end()
  })
  const { headers } = await responseOf(
    world.fetcher(GRANT)(ORIGIN, {
      headers: [
        ['x-two', 'a'],
        ['X-Two', 'b'],
      ],
    }),
  )
  assert.equal(
    headers.filter(([name]) => name === 'set-cookie').map(([, value]) => value),
    ['a=1', 'b=2'],
  )
  assert.equal(
    headers.find(([name]) => name === 'x-seen'),
    ['x-seen', '2'],
  )
})

test('bodies are decompressed', async () => {
  const text = 'vivarium '.repeat(500)
  const packed: Record<string, Buffer> = {
    gzip: gzipSync(text),
    'x-gzip': gzipSync(text),
    deflate: deflateSync(text),
    br: brotliCompressSync(text),
    'gzip, br': brotliCompressSync(gzipSync(text)),
    identity: Buffer.from(text),
    'GZIP ,': gzipSync(text),
  }
  await using world = await worldWith((request, response) => {
    const coding = decodeURIComponent((request.url ?? '').slice(1))
    response.writeHead(200, { 'content-encoding': coding }).end(packed[coding])
  })
  for (const coding of Object.keys(packed))
    assert.is((await responseOf(world.fetcher(GRANT)(`${ORIGIN}/${encodeURIComponent(coding)}`))).text, text, coding)
})

test('a response without a body has none, whatever its headers say', async () => {
  await using world = await worldWith((request, response) => {
    const status = Number((request.url ?? '').slice(1))
    response.writeHead(status, { 'content-encoding': 'gzip' }).end()
  })
  for (const status of [200, 204, 304])
    assert.is((await responseOf(world.fetcher(GRANT)(`${ORIGIN}/${status}`))).body.byteLength, 0, String(status))
  assert.is((await responseOf(world.fetcher(GRANT)(`${ORIGIN}/200`, { method: 'HEAD' }))).body.byteLength, 0)
})

test('a body that says it is packed and is not fails the request', async () => {
  await using world = await worldWith((request, response) => {
    response.writeHead(200, { 'content-encoding': (request.url ?? '').slice(1).replaceAll('+', ',') }).end('this is no archive at all')
  })
  for (const coding of ['gzip', 'br', 'deflate', 'gzip+gzip+gzip'])
    assert.is(codeOf(await world.fetcher(GRANT)(`${ORIGIN}/${coding}`)), 'HTTP_FAILED', coding)
  assert.is((await responseOf(world.fetcher(GRANT)(`${ORIGIN}/unheard-of`))).text, 'this is no archive at all')
})

test('a response is given up when it is larger than allowed: by what it says, as it arrives, as it unpacks', async () => {
  const bomb = gzipSync(Buffer.alloc(64 * KiB * KiB)) // 64 KiB that unpack to 64 MiB
  const empty = gzipSync('')
  let written = 0
  const handlers: Record<string, Handler> = {
    '/says': (_request, response) => response.writeHead(200, { 'content-length': '900000000' }).write('x'),
    '/streams': (_request, response) => {
      const endless = function* () {
        for (; written < 100_000; written++) yield 'x'.repeat(1_000)
      }
      pipeline(endless, response).catch(() => undefined)
    },
    '/bomb': (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    '/twice': (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip, gzip' }).end(gzipSync(bomb)),
    // Parts that unpack to nothing: only what arrives can be counted.
    '/nothing': (_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(Buffer.concat(Array.from({ length: 20_000 }, () => empty))),
  }
  await using world = await worldWith((request, response) => handlers[request.url ?? '']?.(request, response))
  const fetch = world.fetcher({ hosts: GRANT, response: '100KiB' })
  for (const path of Object.keys(handlers)) assert.is(codeOf(await fetch(`${ORIGIN}${path}`)), 'HTTP_RESPONSE_TOO_LARGE', path)
  assert.ok(written < 50_000, 'the server was made to stop')
})

test('a response of exactly the size allowed is whole', async () => {
  await using world = await worldWith((request, response) => response.end('x'.repeat(Number((request.url ?? '').slice(1)))))
  const fetch = world.fetcher({ hosts: GRANT, response: 1_000 })
  assert.is((await responseOf(fetch(`${ORIGIN}/1000`))).body.byteLength, 1_000)
  assert.is(codeOf(await fetch(`${ORIGIN}/1001`)), 'HTTP_RESPONSE_TOO_LARGE')
})

test('a request that is too large, or that has a body where none goes, is not sent', async () => {
  await using world = await openWorld()
  const fetch = world.fetcher({ hosts: GRANT, request: 100 })
  assert.is(codeOf(await fetch(ORIGIN, { method: 'POST', body: 'ä'.repeat(51) })), 'HTTP_REQUEST_TOO_LARGE')
  assert.is(codeOf(await fetch(ORIGIN, { method: 'POST', body: new Uint8Array(101) })), 'HTTP_REQUEST_TOO_LARGE')
  const bodies = ['get', 'GET', 'head'].map((method) => ({ method, body: 'x' }))
  for (const init of bodies) assert.is(codeOf(await fetch(ORIGIN, init)), 'ARGUMENT_INVALID')
  assert.is((await responseOf(fetch(ORIGIN, { method: 'POST', body: 'ä'.repeat(50) }))).status, 200)
  assert.is(world.requests.length, 1)
})

test('headers that are not the script’s to set are refused, and none is smuggled in', async () => {
  await using world = await openWorld()
  const fetch = world.fetcher(GRANT)
  const refused: [string, string][] = [
    ['host', 'evil.example'],
    ['Content-Length', '5'],
    ['transfer-encoding', 'chunked'],
    ['connection', 'close'],
    ['upgrade', 'websocket'],
    ['expect', '100-continue'],
    ['te', 'trailers'],
    ['trailer', 'x'],
    ['proxy-authorization', 'x'],
    ['x-a', 'b\r\nhost: evil.example'],
    ['x-a', 'b\nc: d'],
    ['x-a\r\nhost', 'x'],
    ['x a', 'b'],
    ['', 'x'],
    ['x:', 'y'],
    ['x-a', 'b\0'],
    ['x-a', '\u{1f600}'],
    ['x-ä', 'b'],
    ['x-long', 'x'.repeat(16 * KiB)],
    ['keep-alive', 'timeout=1000'],
  ]
  for (const [name, value] of refused)
    assert.is(codeOf(await fetch(ORIGIN, { headers: [[name, value]] })), 'HTTP_HEADER_INVALID', `${name}: ${value.slice(0, 20)}`)
  assert.is(codeOf(await fetch(ORIGIN, { headers: Array.from({ length: 65 }, (_, index) => [`x-${index}`, 'y']) })), 'HTTP_HEADER_INVALID')
  for (const method of ['CONNECT', 'TRACE', 'track']) assert.is(codeOf(await fetch(ORIGIN, { method })), 'HTTP_DENIED', method)
  for (const method of ['', 'GET /x HTTP/1.1\r\nhost: evil.example', 'G T', 'x'.repeat(40)])
    assert.is(codeOf(await fetch(ORIGIN, { method })), 'ARGUMENT_INVALID', method)
  assert.equal(world.dials, [])
})

test('redirects are followed as browsers follow them', async () => {
  const seen: string[] = []
  await using world = await worldWith((request, response) => {
    const { authorization = '-', cookie = '-', 'content-type': type = '-', 'x-mine': mine = '-', host } = request.headers
    seen.push(`${request.method} ${host}${request.url} ${authorization} ${cookie} ${type} ${String(mine)}`)
    const [, status, ...rest] = (request.url ?? '').split('/')
    if (status === 'end') response.end('end')
    else response.writeHead(Number(status), { location: rest.join('/') === '' ? '/end' : `http://${rest.join('/')}` }).end('moved')
  })
  const fetch = world.fetcher(GRANT)
  const init = { method: 'POST', body: 'x', headers: { authorization: 'me', cookie: 'c', 'content-type': 'a/b', 'x-mine': 'm' } }
  for (const status of [301, 302, 303, 307, 308]) {
    seen.length = 0
    const response = await responseOf(fetch(`${ORIGIN}/${status}`, init))
    assert.equal([response.text, response.redirected, response.url], ['end', true, `${ORIGIN}/end`])
    assert.is(seen[1], status < 307 ? 'GET api.example.com/end me c - m' : 'POST api.example.com/end me c a/b m', String(status))
  }
  seen.length = 0
  await responseOf(fetch(`${ORIGIN}/307/other.example.com/end`, init))
  assert.is(seen[1], 'POST other.example.com/end - - a/b m', 'another origin learns neither authorization nor cookies')
})

test('redirects end: by number, by wish, or at a response without a place to go', async () => {
  await using world = await worldWith((request, response) => {
    if (request.url === '/nowhere') response.writeHead(302).end('here')
    else if (request.url === '/two')
      response
        .writeHead(
          302,
          [
            ['location', '/a'],
            ['location', '/b'],
          ].flat(),
        )
        .end()
    else response.writeHead(302, { location: '/again' }).end('moved')
  })
  const fetch = world.fetcher({ hosts: GRANT, redirects: 3 })
  assert.is(codeOf(await fetch(ORIGIN)), 'HTTP_REDIRECTS_EXCEEDED')
  assert.is(world.requests.length, 4)
  assert.is(codeOf(await fetch(ORIGIN, { redirect: 'error' })), 'HTTP_FAILED')
  const manual = await responseOf(fetch(ORIGIN, { redirect: 'manual' }))
  assert.equal([manual.status, manual.text, manual.redirected], [302, 'moved', false])
  assert.is((await responseOf(fetch(`${ORIGIN}/nowhere`))).text, 'here')
  assert.is(codeOf(await fetch(`${ORIGIN}/two`)), 'HTTP_FAILED')
})

test('a request ends in time, wherever it hangs', async () => {
  const hangs: Record<string, Handler> = {
    '/silent': () => undefined,
    '/headers': (_request, response) => response.writeHead(200, { 'content-length': '10' }).write('x'),
    '/drips': (_request, response) => {
      const timer = setInterval(() => response.write('x'), 20)
      response.once('close', () => clearInterval(timer))
    },
    '/informs': (_request, response) => {
      const timer = setInterval(() => response.writeProcessing(), 20)
      response.once('close', () => clearInterval(timer))
    },
  }
  const names = { 'slow.example.com': () => new Promise<never>(() => undefined) }
  await using world = await openWorld((request, response) => hangs[request.url ?? '']?.(request, response), { names })
  const fetch = world.fetcher({ hosts: GRANT, timeout: '200ms' })
  const urls = [...Object.keys(hangs).map((path) => `${ORIGIN}${path}`), 'http://slow.example.com/']
  const replies = await Promise.all(urls.map((url) => fetch(url)))
  assert.equal(
    replies.map(codeOf),
    urls.map(() => 'HTTP_TIMEOUT'),
  )
  assert.match(messageOf(await fetch(`${ORIGIN}/silent`, { timeout: 50 })), 'within 50 ms')
  assert.match(messageOf(await fetch(`${ORIGIN}/silent`, { timeout: 50_000 })), 'within 200 ms')
})

test('when the run ends the request does, and so does a connection that is still being made', async () => {
  const controller = new AbortController()
  let isGone = false
  await using world = await worldWith((request) => void request.socket.once('close', () => (isGone = true)))
  const asking = world.fetcher(GRANT, { signal: controller.signal })(ORIGIN)
  await until(() => world.requests.length === 1, 'the request arrives')
  controller.abort()
  assert.is(codeOf(await asking), 'CANCELLED')
  await until(() => isGone, 'the server sees the connection closed')

  const dialled: AbortSignal[] = []
  const hanging = await openWorld(undefined, {
    connect: ({ signal }) =>
      new Promise((_, reject) => {
        dialled.push(signal)
        signal.addEventListener('abort', () => reject(signal.reason))
      }),
  })
  const second = new AbortController()
  const connecting = hanging.fetcher(GRANT, { signal: second.signal })(ORIGIN)
  await until(() => dialled.length === 1, 'it dials')
  second.abort()
  assert.is(codeOf(await connecting), 'CANCELLED')
  assert.ok(dialled[0]?.aborted)
  await hanging[Symbol.asyncDispose]()
})

test('a script has only so many requests under way; others wait their turn, and other scripts do not', async () => {
  const waiting: (() => void)[] = []
  await using world = await worldWith((_request, response) => void waiting.push(() => response.end('done')))
  const fetch = world.fetcher({ hosts: GRANT, concurrency: 2 })
  const asked = [1, 2, 3, 4].map(() => responseOf(fetch(ORIGIN)))
  await until(() => waiting.length === 2, 'two are under way')
  const other = responseOf(world.fetcher({ hosts: GRANT, concurrency: 2 }, { script: 'other' })(ORIGIN))
  await until(() => waiting.length === 3, 'the other script’s is, too')
  assert.is(world.requests.length, 3)
  const controller = new AbortController()
  const withdrawn = world.fetcher({ hosts: GRANT, concurrency: 2 }, { signal: controller.signal })(ORIGIN)
  controller.abort()
  assert.is(codeOf(await withdrawn), 'CANCELLED')
  for (let answered = 0; answered < 5; answered++) {
    await until(() => waiting.length > answered, 'the next one arrives')
    waiting[answered]?.()
  }
  assert.equal(
    (await Promise.all([...asked, other])).map(({ text }) => text),
    ['done', 'done', 'done', 'done', 'done'],
  )
  assert.is(world.requests.length, 5)
})

test('a connection serves one request after the other, and one that was given up meanwhile is made anew', async () => {
  const sockets = new Set<Socket>()
  await using world = await worldWith((request, response) => {
    sockets.add(request.socket)
    response.end('ok')
  })
  const fetch = world.fetcher(GRANT)
  for (let count = 0; count < 5; count++) await responseOf(fetch(ORIGIN))
  assert.is(world.dials.length, 1)
  for (const socket of sockets) socket.resetAndDestroy()
  assert.is((await responseOf(fetch(ORIGIN))).text, 'ok')
  assert.is(world.dials.length, 2)
})

test('what is no HTTP fails the request and harms nobody', async () => {
  const answers = [
    '',
    'hello\r\n\r\n',
    'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nx',
    'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx',
    `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`,
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
    'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
    'HTTP/1.1 999999 OK\r\n\r\n',
    '\0\0\0\0',
  ]
  for (const answer of answers) {
    const server = createTcpServer((socket) => socket.on('error', () => undefined).once('data', () => socket.end(answer)))
    const port = await listen(server as Parameters<typeof listen>[0])
    await using world = await openWorld(undefined, { connect: () => connect(port, '127.0.0.1') })
    const code = codeOf(await world.fetcher({ hosts: GRANT, timeout: '60s' })(ORIGIN))
    assert.is(code, 'HTTP_FAILED', JSON.stringify(answer.slice(0, 60)))
    server.close()
  }
})

test('a second response behind the first one reaches nobody', async () => {
  const poison = 'HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\npoison'
  const server = createTcpServer((socket) =>
    socket.on('error', () => undefined).once('data', () => socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ngood${poison}`)),
  )
  const port = await listen(server as Parameters<typeof listen>[0])
  await using world = await openWorld(undefined, { connect: () => connect(port, '127.0.0.1') })
  const fetch = world.fetcher({ hosts: GRANT, timeout: '2s' })
  for (let count = 0; count < 3; count++) {
    const reply = await fetch(ORIGIN)
    if (reply.ok) assert.is((await responseOf(Promise.resolve(reply))).text, 'good')
  }
  server.close()
})

test('an address that refuses is followed by the next one; what fails on all of them says why, without the address', async () => {
  const server = createTcpServer()
  const closed = await listen(server as Parameters<typeof listen>[0])
  server.close()
  await using good = await openWorld()
  await using world = await openWorld(undefined, {
    names: { 'two.example.com': [PUBLIC, '1.1.1.1'] },
    connect: ({ address }) => connect(address === PUBLIC ? closed : good.port, '127.0.0.1'),
  })
  assert.is((await responseOf(world.fetcher(GRANT)('http://two.example.com/'))).status, 200)
  assert.equal(world.dials, [`${PUBLIC}:80`, '1.1.1.1:80'])
  const reply = await world.fetcher(GRANT)('http://one.example.com/')
  assert.is(messageOf(reply), 'http: GET http://one.example.com failed: the connection was refused.')
  assert.match(String(world.records.at(-1)?.error), 'ECONNREFUSED')
})

test('arguments that are none are refused before anything else', async () => {
  await using world = await openWorld()
  const fetch = world.fetcher(GRANT)
  const wrong: unknown[] = [
    { method: 1 },
    { headers: 'x' },
    { headers: { a: 1 } },
    { headers: [['a']] },
    { body: 1 },
    { body: {} },
    { redirect: 'never' },
    { timeout: 0 },
    { timeout: Number.NaN },
    { other: 1 },
    'x',
    null,
  ]
  for (const init of wrong) assert.is(codeOf(await fetch(ORIGIN, init)), 'ARGUMENT_INVALID', JSON.stringify(init))
  assert.is(codeOf(await fetch(`${ORIGIN}/${'x'.repeat(9_000)}`)), 'HTTP_URL_INVALID')
  assert.is(codeOf(await fetch(`${ORIGIN}:0/`)), 'HTTP_URL_INVALID')
  assert.equal(world.lookups, [])
})

test.run()
