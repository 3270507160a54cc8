// Every way to make the host connect where it must not, against an injected resolver and a counter of dials.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { expectNone } from '../../harness/expect-none.ts'
import { codeOf } from '../call-through.ts'
import { openWorld, PUBLIC, responseOf } from './world.ts'

/** All ports, both schemes: nothing but the address stands in the way. */
const WIDE = ['*:*', 'http://*:*']

/** Spellings of addresses that URLs accept, or that some parser does. */
const HOSTS = [
  [
    '127.0.0.1',
    '127.1',
    '127.0.1',
    '0',
    '0.0.0.0',
    '2130706433',
    '0x7f000001',
    '0x7f.0.0.1',
    '0177.0.0.1',
    '017700000001',
    '0x7F.1',
    '127.0.0.1.',
  ],
  [
    '[::1]',
    '[::]',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[0:0:0:0:0:ffff:7f00:0001]',
    '[64:ff9b::127.0.0.1]',
  ],
  ['[2002:7f00:1::]', '[fe80::1]', '[fd00:ec2::254]', '[fc00::1]', '[ff02::1]', '[2001:db8::1]', '[::ffff:0:127.0.0.1]'],
  [
    '10.0.0.1',
    '172.16.0.1',
    '192.168.0.1',
    '169.254.169.254',
    '2852039166',
    '0xa9fea9fe',
    '0251.0376.0251.0376',
    '100.64.0.1',
    '100.100.100.200',
  ],
  [
    '168.63.129.16',
    '192.0.0.192',
    '224.0.0.1',
    '255.255.255.255',
    '１２７.０.０.１',
    '①②⑦.⓪.⓪.①',
    '127。0。0。1',
    '%31%32%37.0.0.1',
    '127.0.0.1%2f',
    'localhost',
  ],
].flat()

test('no spelling of an address is reached through a wildcard', async () => {
  await using world = await openWorld()
  const fetch = world.fetcher(WIDE)
  const reached: string[] = []
  for (const host of HOSTS) {
    for (const url of [
      `http://${host}/`,
      `https://${host}:8443/x`,
      `http:${host}`,
      `http:\\\\${host}\\`,
      `http:///${host}/`,
      ` http://${host}/`,
    ]) {
      const reply = await fetch(url)
      if (reply.ok || !['HTTP_DENIED', 'HTTP_URL_INVALID'].includes(reply.error.code))
        reached.push(`${url} ${reply.ok ? 'ok' : reply.error.code}`)
    }
  }
  expectNone(reached, 'These got further than they may')
  assert.equal(world.dials, [])
  assert.equal(world.lookups, [])
})

test('a URL that hides its host is refused or goes where it says', async () => {
  await using world = await openWorld()
  const fetch = world.fetcher(['http://good.example.com'])
  const hidden = [
    'http://good.example.com@127.0.0.1/',
    'http://good.example.com:80@127.0.0.1/',
    'http://127.0.0.1\\@good.example.com/',
    'http://good.example.com#@127.0.0.1/x',
  ]
  const odd = [
    'http://127.0.0.1?good.example.com',
    'http://good.example.com.127.0.0.1.nip.io/',
    'http://127.0.0.1/#good.example.com',
    'http://good.example.com%00.evil.example/',
  ]
  const schemes = [
    'file:///etc/passwd',
    'ftp://good.example.com/',
    'gopher://good.example.com:70/_x',
    'data:text/plain,x',
    'javascript:1',
    'blob:http://good.example.com/x',
    'ws://good.example.com',
    '//good.example.com',
    '/x',
    '',
  ]
  for (const url of [...hidden, ...odd, ...schemes]) {
    const reply = await fetch(url)
    // The fragment is not sent: this one is an ordinary request.
    if (url === 'http://good.example.com#@127.0.0.1/x') assert.ok(reply.ok)
    else assert.not.ok(reply.ok, url)
  }
  assert.equal(world.dials, [`${PUBLIC}:80`])
  assert.equal(world.requests, ['GET good.example.com /'])
})

for (const [what, address] of [
  ['loopback', '127.0.0.1'],
  ['loopback of IPv6', '::1'],
  ['mapped', '::ffff:127.0.0.1'],
  ['private', '10.1.2.3'],
  ['metadata', '169.254.169.254'],
  ['metadata of IPv6', 'fd00:ec2::254'],
  ['shared', '100.64.1.1'],
  ['NAT64', '64:ff9b::7f00:1'],
  ['6to4', '2002:7f00:1::1'],
  ['link-local with a zone', 'fe80::1%eth0'],
  ['multicast', '224.0.0.251'],
  ['unspecified', '0.0.0.0'],
  ['no address', 'localhost'],
] as const)
  test(`a name that leads to ${what} is not dialled, also when another of its addresses is public`, async () => {
    for (const addresses of [[address], [PUBLIC, address], [address, PUBLIC]]) {
      await using world = await openWorld(undefined, { names: { 'inside.example.com': addresses } })
      const reply = await world.fetcher(WIDE)('http://inside.example.com/')
      assert.is(codeOf(reply), 'HTTP_ADDRESS_DENIED')
      assert.not.ok(JSON.stringify(reply).includes(address), 'the script learns the address')
      assert.match(String(world.records.at(-1)?.error), address)
      assert.equal(world.dials, [])
    }
  })

test('a name without addresses, or whose resolver answers rubbish, is not dialled', async () => {
  const names = {
    'none.example.com': [],
    'rubbish.example.com': ['', 'x', '1.2.3.4.5', 'http://1.2.3.4'],
    'loose.example.com': ['0x5d.184.216.34', '127.1'],
  }
  await using world = await openWorld(undefined, { names })
  for (const host of Object.keys(names)) assert.is(codeOf(await world.fetcher(WIDE)(`http://${host}/`)), 'HTTP_ADDRESS_DENIED', host)
  assert.equal(world.dials, [])
})

test('a name that changes its address after the check is connected to as it was checked', async () => {
  let asked = 0
  const names = { 'rebinding.example.com': () => (asked++ % 2 === 0 ? [PUBLIC] : ['127.0.0.1']) }
  await using world = await openWorld(undefined, { names })
  const fetch = world.fetcher(WIDE)
  assert.is((await responseOf(fetch('http://rebinding.example.com/'))).status, 200)
  assert.is(codeOf(await fetch('http://rebinding.example.com/')), 'HTTP_ADDRESS_DENIED')
  assert.equal(world.dials, [`${PUBLIC}:80`])
  assert.is(asked, 2, 'one lookup for each request')
})

test('a kept connection is of no use once the name leads elsewhere', async () => {
  let address = PUBLIC
  await using world = await openWorld(undefined, { names: { 'moving.example.com': () => [address] } })
  const fetch = world.fetcher(WIDE)
  await responseOf(fetch('http://moving.example.com/'))
  await responseOf(fetch('http://moving.example.com/'))
  address = '1.1.1.1'
  await responseOf(fetch('http://moving.example.com/'))
  address = '10.0.0.1'
  assert.is(codeOf(await fetch('http://moving.example.com/')), 'HTTP_ADDRESS_DENIED')
  assert.equal(world.dials, [`${PUBLIC}:80`, '1.1.1.1:80'])
})

test('each hop of a redirect is checked as the first one is', async () => {
  const targets = [
    'http://127.0.0.1:8080/',
    'http://2130706433/',
    'http://[::1]/',
    'http://inside.example.com/',
    'http://other.example/',
    'https://start.example.com/',
    'http://start.example.com:81/',
    'file:///etc/passwd',
    'http://user:pass@start.example.com/',
    '//127.0.0.1/',
    '\\\\127.0.0.1\\',
  ]
  for (const location of targets) {
    await using world = await openWorld((_request, response) => response.writeHead(302, { location }).end(), {
      names: { 'inside.example.com': ['10.0.0.1'] },
    })
    const reply = await world.fetcher(['http://*.example.com'])('http://start.example.com/')
    assert.not.ok(reply.ok, location)
    assert.ok(['HTTP_DENIED', 'HTTP_ADDRESS_DENIED', 'HTTP_URL_INVALID'].includes(codeOf(reply)), `${location} ${codeOf(reply)}`)
    assert.equal(world.dials, [`${PUBLIC}:80`], location)
    assert.is(world.requests.length, 1, location)
  }
})

test('a redirect to a name that leads inside at the second hop only is not followed', async () => {
  let asked = 0
  const names = { 'flip.example.com': () => (asked++ === 0 ? [PUBLIC] : ['169.254.169.254']) }
  await using world = await openWorld((_request, response) => response.writeHead(307, { location: '/latest/meta-data/' }).end(), { names })
  assert.is(codeOf(await world.fetcher(['http://*.example.com'])('http://flip.example.com/')), 'HTTP_ADDRESS_DENIED')
  assert.is(world.requests.length, 1)
})

test('a method that a redirect changes must be granted, too', async () => {
  await using world = await openWorld((_request, response) => response.writeHead(303, { location: '/next' }).end())
  const reply = await world.fetcher(['POST http://start.example.com'])('http://start.example.com/', { method: 'POST', body: 'x' })
  assert.is(codeOf(reply), 'HTTP_DENIED')
  assert.equal(world.requests, ['POST start.example.com /'])
})

test('an exception opens one address on one port, for the hosts of the grant only', async () => {
  const names = { 'intranet.example.com': ['10.1.2.3'], 'other.example.com': ['10.1.2.4'] }
  await using world = await openWorld(undefined, { names })
  const fetch = world.fetcher({ hosts: ['http://*.example.com:*'], private: ['10.1.2.3:8080'] })
  assert.is((await responseOf(fetch('http://intranet.example.com:8080/'))).status, 200)
  for (const url of ['http://intranet.example.com/', 'http://other.example.com:8080/'])
    assert.is(codeOf(await fetch(url)), 'HTTP_ADDRESS_DENIED', url)
  assert.is(codeOf(await fetch('http://10.1.2.3:8080/')), 'HTTP_DENIED')
  assert.equal(world.dials, ['10.1.2.3:8080'])
})

test('a pattern that is an address is the exception for it, and no name may lead there', async () => {
  await using world = await openWorld(undefined, { names: { 'named.example.com': ['127.0.0.1'] } })
  const fetch = world.fetcher(['http://127.0.0.1:8080'])
  for (const url of ['http://127.0.0.1:8080/', 'http://2130706433:8080/']) assert.is((await responseOf(fetch(url))).status, 200)
  for (const url of [
    'http://127.0.0.1/',
    'http://127.0.0.2:8080/',
    'http://[::1]:8080/',
    'http://named.example.com:8080/',
    'http://[::ffff:127.0.0.1]:8080/',
  ])
    assert.is(codeOf(await fetch(url)), 'HTTP_DENIED', url)
  assert.equal(world.lookups, [])
})

test('an address that a pattern names is reached by no name, also where a wildcard covers the name', async () => {
  await using world = await openWorld(undefined, { names: { 'evil.example.com': ['10.0.0.5'], 'both.example.com': ['10.0.0.6'] } })
  const fetch = world.fetcher({ hosts: ['GET http://10.0.0.5:8080', 'GET http://10.0.0.6:8080', ...WIDE], private: ['10.0.0.6:8080'] })
  for (const method of ['GET', 'POST'])
    assert.is(codeOf(await fetch('http://evil.example.com:8080/', { method })), 'HTTP_ADDRESS_DENIED', method)
  assert.is(codeOf(await fetch('http://10.0.0.5:8080/', { method: 'POST' })), 'HTTP_DENIED')
  assert.equal(world.dials, [])
  for (const url of ['http://10.0.0.5:8080/', 'http://10.0.0.6:8080/', 'http://both.example.com:8080/'])
    assert.is((await responseOf(fetch(url))).status, 200, url)
})

test('what one script may reach by exception, no other one reaches over its connection', async () => {
  await using world = await openWorld(undefined, { names: { 'intranet.example.com': ['10.1.2.3'] } })
  const trusted = world.fetcher({ hosts: ['http://intranet.example.com'], private: ['10.1.2.3'] }, { script: 'trusted' })
  const other = world.fetcher(['http://intranet.example.com'], { script: 'other' })
  await responseOf(trusted('http://intranet.example.com/'))
  assert.is(codeOf(await other('http://intranet.example.com/')), 'HTTP_ADDRESS_DENIED')
  const tenant = world.fetcher({ hosts: ['http://intranet.example.com'], private: ['10.1.2.3'] }, { script: 'trusted', tenant: 'acme' })
  await responseOf(tenant('http://intranet.example.com/'))
  assert.is(world.dials.length, 2, 'a tenant has connections of its own')
})

test('a secret that is granted for one method does not go along when a redirect makes another of it', async () => {
  const seen: (readonly [string | undefined, string | undefined])[] = []
  await using world = await openWorld(
    (request, response) => {
      seen.push([request.method, request.headers.authorization])
      if (request.method === 'POST') response.writeHead(303, { location: '/next' }).end()
      else response.end('done')
    },
    { secrets: { TOKEN: 'a-long-enough-token' } },
  )
  const headers = { authorization: 'Bearer {{secret:TOKEN}}' }
  const post = { method: 'POST', headers }
  await world.fetcher(WIDE, { secrets: { TOKEN: ['POST http://a.example.com'] } })('http://a.example.com/', post)
  await world.fetcher(WIDE, { secrets: { TOKEN: ['http://a.example.com'] } })('http://a.example.com/', post)
  assert.equal(seen, [
    ['POST', 'Bearer a-long-enough-token'],
    ['GET', undefined],
    ['POST', 'Bearer a-long-enough-token'],
    ['GET', 'Bearer a-long-enough-token'],
  ])
})

test.run()
