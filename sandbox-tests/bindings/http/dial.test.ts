// The system's own connector, against real sockets and TLS on this machine.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createGate } from '../../../bindings/gate.ts'
import { systemConnector } from '../../../bindings/http/dial.ts'
import { http } from '../../../bindings/http/http.ts'
import { systemResolver } from '../../../bindings/http/resolve.ts'
import { skip } from '../../harness/engines.ts'
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
  assert.ok((await systemResolver('localhost')).length > 0)
  const binding = http()
  const gate = createGate({ bindings: [binding] })
  const reading = binding.surface.readAllow(['http://localhost:*'])
  const call = callThrough(gate, { grant: { http: reading.ok ? reading.value : false } })
  assert.is(codeOf(await call('http.fetch', 'http://localhost:9/')), 'HTTP_ADDRESS_DENIED')
  assert.is(codeOf(await call('http.fetch', 'http://LOCALHOST.:9/')), 'HTTP_ADDRESS_DENIED')
  await gate.close()
})

test.run()
