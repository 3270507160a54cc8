// Lookups of names: whose turn it is, what one that hangs holds up, and the resolver that asks name servers itself.
import { createSocket } from 'node:dgram'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { dnsResolver } from '../../../bindings/http/dns-resolver.ts'
import { until } from '../../harness/engines.ts'
import { codeOf } from '../call-through.ts'
import { openWorld, PUBLIC, responseOf } from './world.ts'

const WILD = ['http://*.example.com']
const { signal } = new AbortController()

/** A name server of one's own: answers by name and type, NXDOMAIN where there is no such name, and not at all where the answer is `silent`. */
async function openNameServer(records: Readonly<Record<string, { readonly A?: string; readonly AAAA?: 'silent' }>>) {
  const socket = createSocket('udp4')
  let asked = 0
  socket.on('message', (query, { port, address }) => {
    asked++
    const labels: string[] = []
    let at = 12
    for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
      labels.push(query.toString('latin1', at + 1, at + 1 + length))
      at += 1 + length
    }
    const found = records[labels.join('.').toLowerCase()]
    const answer = query.readUInt16BE(at + 1) === 1 ? found?.A : found?.AAAA
    if (answer === 'silent') return
    const header = Buffer.from([
      query[0] ?? 0,
      query[1] ?? 0,
      0x81,
      found === undefined ? 0x83 : 0x80,
      0,
      1,
      0,
      answer === undefined ? 0 : 1,
      0,
      0,
      0,
      0,
    ])
    const record = answer === undefined ? [] : [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...answer.split('.').map(Number)]
    socket.send(Buffer.concat([header, query.subarray(12, at + 5), Buffer.from(record)]), port, address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return {
    servers: [`127.0.0.1:${socket.address().port}`],
    asked: () => asked,
    [Symbol.dispose]: () => void socket.close(),
  }
}

async function failureOf(pending: Promise<unknown>): Promise<{ readonly code?: string; readonly message: string }> {
  return await pending.then(
    () => ({ message: 'it should have failed' }),
    (error: Error) => error,
  )
}

test('a script whose names nobody answers for holds up no other script', async () => {
  const hanging: AbortSignal[] = []
  const names = {
    'slow.example.com': () => new Promise<never>(() => hanging.push(signal)),
    'quick.example.com': [PUBLIC],
  }
  await using world = await openWorld(undefined, { names })
  const slow = world.fetcher({ hosts: WILD, timeout: '400ms' }, { script: 'slow' })
  const first = [1, 2, 3].map(() => slow('http://slow.example.com/'))
  await until(() => hanging.length === 1, 'one of them is looked up, the others wait for it')
  assert.is((await responseOf(world.fetcher(WILD, { script: 'other' })('http://quick.example.com/'))).status, 200)
  assert.equal((await Promise.all(first)).map(codeOf), ['HTTP_TIMEOUT', 'HTTP_TIMEOUT', 'HTTP_TIMEOUT'])
  assert.is(codeOf(await slow('http://quick.example.com/')), 'HTTP_TIMEOUT', 'its own place is taken as long as the lookup hangs')
  assert.is(hanging.length, 1)
})

test('many scripts whose names nobody answers for hold up others for seconds only, and each hears that it was not answered', async () => {
  let asked = 0
  const names = {
    'slow.example.com': () => {
      asked++
      return new Promise<never>(() => undefined)
    },
  }
  await using world = await openWorld(undefined, { names })
  const crowd = Array.from({ length: 20 }, (_, index) => world.fetcher(WILD, { script: `slow-${index}` })('http://slow.example.com/'))
  await until(() => asked >= 16, 'all places are taken')
  assert.is((await responseOf(world.fetcher(WILD, { script: 'other' })('http://quick.example.com/'))).status, 200)
  assert.equal([...new Set((await Promise.all(crowd)).map(codeOf))], ['HTTP_FAILED'])
  assert.is(asked, 20)
})

test('a resolver hears that nobody waits for it any more', async () => {
  const heard: unknown[] = []
  await using world = await openWorld(undefined, {
    resolver: (_host, ended) => new Promise((_, reject) => ended.addEventListener('abort', () => heard.push(reject(ended.reason)))),
  })
  for (const host of ['wild.example.com', 'named.example'])
    assert.is(codeOf(await world.fetcher({ hosts: [...WILD, 'http://named.example'], timeout: '50ms' })(`http://${host}/`)), 'HTTP_TIMEOUT')
  assert.is(heard.length, 2)
})

test('name servers are asked without the system: what they answer, what they do not know, what they do not answer', async () => {
  using server = await openNameServer({
    'both.example.com': { A: '93.184.216.34' },
    'half.example.com': { A: '1.1.1.1', AAAA: 'silent' },
    'none.example.com': {},
    'silent.example.com': { A: 'silent', AAAA: 'silent' },
  })
  const resolve = dnsResolver(server.servers)
  const start = performance.now()
  const [both, half, none, unknown, silent, local] = await Promise.all([
    resolve('both.example.com', signal),
    resolve('half.example.com', signal),
    failureOf(resolve('none.example.com', signal)),
    failureOf(resolve('unknown.example.com', signal)),
    failureOf(resolve('silent.example.com', signal)),
    failureOf(resolve('localhost.example.com', signal)),
  ])
  assert.equal([both, half], [['93.184.216.34'], ['1.1.1.1']])
  assert.equal([none.code, unknown.code, silent.code, local.code], ['ENOTFOUND', 'ENOTFOUND', 'EAI_AGAIN', 'ENOTFOUND'])
  assert.ok(performance.now() - start < 30_000)
})

test('a lookup ends when nobody waits for it any more', async () => {
  using server = await openNameServer({ 'silent.example.com': { A: 'silent', AAAA: 'silent' } })
  const controller = new AbortController()
  const start = performance.now()
  const looking = failureOf(dnsResolver(server.servers)('silent.example.com', controller.signal))
  await until(() => server.asked() > 0, 'the name server is asked')
  controller.abort(new Error('enough'))
  assert.is((await looking).code, 'EAI_AGAIN')
  assert.ok(performance.now() - start < 20_000)
  assert.is((await failureOf(dnsResolver(server.servers)('silent.example.com', controller.signal))).message, 'enough')
})

test.run()
