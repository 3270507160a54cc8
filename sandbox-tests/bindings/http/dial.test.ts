// The system's own connector, against real sockets and TLS on this machine.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { connect, createServer as createTcpServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createGate } from '../../../bindings/gate.ts'
import { systemConnector } from '../../../bindings/http/dial.ts'
import { type HttpOptions, http } from '../../../bindings/http/http.ts'
import { systemResolver } from '../../../bindings/http/resolve.ts'
import { skip, until } from '../../harness/engines.ts'
import { tempDirectory } from '../../harness/temp-directory.ts'
import { callThrough, codeOf, messageOf } from '../call-through.ts'
import { listen } from './world.ts'

const { signal } = new AbortController()

async function failureOf(pending: Promise<unknown>): Promise<unknown> {
  return await pending.then(
    () => assert.unreachable('it should have failed'),
    (error: unknown) => error,
  )
}

test('it connects to the address and nothing else', async () => {
  const server = createTcpServer((socket) => socket.end())
  const port = await listen(server as Parameters<typeof listen>[0])
  const socket = await systemConnector({ address: '127.0.0.1', port, host: 'any.example', isSecure: false, signal })
  assert.is(socket.remoteAddress, '127.0.0.1')
  socket.destroy()
  server.close()
})

test('a connection that is refused, or waited for in vain, leaves nothing behind', async () => {
  const server = createTcpServer()
  const port = await listen(server as Parameters<typeof listen>[0])
  server.close()
  assert.match(
    String(await failureOf(Promise.resolve(systemConnector({ address: '127.0.0.1', port, host: 'x', isSecure: false, signal })))),
    'ECONNREFUSED',
  )
  const aborted = AbortSignal.abort(new Error('over'))
  assert.match(
    String(await failureOf(Promise.resolve(systemConnector({ address: '127.0.0.1', port, host: 'x', isSecure: false, signal: aborted })))),
    'over',
  )
})

test('a server that cannot prove who it is gets no request', async () => {
  using directory = tempDirectory({})
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(directory.path, name)) as [string, string]
  try {
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', cert, ...subject], {
      stdio: 'ignore',
    })
  } catch {
    return skip('certificates', 'there is no openssl to make one with')
  }
  let requests = 0
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_request, response) => {
    requests++
    response.end()
  })
  const port = await listen(server)
  const binding = http()
  const gate = createGate({ bindings: [binding] })
  const reading = binding.surface.readAllow([`https://127.0.0.1:${port}`])
  const reply = await callThrough(gate, { grant: { http: reading.ok ? reading.value : false } })('http.fetch', `https://127.0.0.1:${port}/`)
  assert.is(codeOf(reply), 'HTTP_FAILED')
  assert.match(messageOf(reply), 'could not prove who it is')
  assert.is(requests, 0)
  await gate.close()
  server.close()
})

test('the system resolves localhost to this machine, which is then refused', async () => {
  assert.ok((await systemResolver('localhost', signal)).length > 0)
  const binding = http()
  const gate = createGate({ bindings: [binding] })
  const reading = binding.surface.readAllow(['http://localhost:*'])
  const call = callThrough(gate, { grant: { http: reading.ok ? reading.value : false } })
  assert.is(codeOf(await call('http.fetch', 'http://localhost:9/')), 'HTTP_ADDRESS_DENIED')
  assert.is(codeOf(await call('http.fetch', 'http://LOCALHOST.:9/')), 'HTTP_ADDRESS_DENIED')
  await gate.close()
})

test('a resolver or connector of the host that throws, hangs or answers rubbish fails its own request only', async () => {
  const url = 'http://api.example.com/'
  const never = () => new Promise<never>(() => undefined)
  const thrower = (): never => {
    throw new TypeError('the vault at 10.0.0.1 is sealed')
  }
  const late = Promise.withResolvers<Socket>()
  const cases: readonly [HttpOptions, string][] = [
    [{ resolver: thrower }, 'HTTP_FAILED'],
    [{ resolver: async () => 'rubbish' as never }, 'HTTP_FAILED'],
    [{ resolver: never }, 'HTTP_TIMEOUT'],
    [{ resolver: async () => ['1.1.1.1'], connect: thrower }, 'HTTP_FAILED'],
    [{ resolver: async () => ['1.1.1.1'], connect: never }, 'HTTP_TIMEOUT'],
    [{ resolver: async () => ['1.1.1.1'], connect: () => late.promise }, 'HTTP_TIMEOUT'],
  ]
  for (const [options, code] of cases) {
    const binding = http(options)
    const gate = createGate({ bindings: [binding] })
    const reading = binding.surface.readAllow({ hosts: ['http://api.example.com'], concurrency: 1, timeout: '150ms' })
    const call = callThrough(gate, { grant: { http: reading.ok ? reading.value : false } })
    const reply = await call('http.fetch', url)
    assert.is(codeOf(reply), code)
    assert.not.match(messageOf(reply), /vault|10\.0/)
    assert.is(codeOf(await call('http.fetch', url)), code, 'its turn is over')
    await gate.close()
  }
  const server = createTcpServer()
  const socket = connect(await listen(server as Parameters<typeof listen>[0]), '127.0.0.1')
  late.resolve(socket)
  await until(() => socket.destroyed, 'a connection that comes too late is ended')
  server.close()
})

test.run()
