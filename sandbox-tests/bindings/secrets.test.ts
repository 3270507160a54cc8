import { zstdCompressSync } from 'node:zlib'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createGate } from '../../bindings/gate.ts'
import { narrowSecrets } from '../../bindings/secret-grants.ts'
import { SecretPatterns } from '../../bindings/secret-patterns.ts'
import { secrets } from '../../bindings/secrets.ts'
import { SecretStore } from '../../bindings/secrets-store.ts'
import type { Json } from '../../engine/model/json.ts'
import { until } from '../harness/engines.ts'
import { expectNone } from '../harness/expect-none.ts'
import { answerOf, callThrough, codeOf, messageOf } from './call-through.ts'
import { echoOf, openWorld, responseOf } from './http/world.ts'

const TOKEN = 'tök/en+9f8e7d6c5b4a=='
const KEY = 'signing-key-0123456789'
const PEM = '-----BEGIN KEY-----\nMIIEvgIBADANBgkqhkiG9w0B\nAQEFAASCBKgwggSkAgEAAoIB\n-----END KEY-----'
const VALUES = { HOOK_TOKEN: 'hook-token-a1b2c3d4', SIGNING_KEY: KEY, OTHER: 'other-value-5e6f' }
const ORIGIN = 'http://api.example.com'
const HOSTS = ['http://*.example.com']

function allowIn(values: object, written: Json): Json {
  const reading = secrets({ secrets: values as Record<string, string> }).surface.readAllow(written)
  if (!reading.ok) throw new TypeError(reading.message)
  return reading.value
}

test('policy names secrets, and says what each may be used for', () => {
  assert.equal(allowIn(VALUES, ['HOOK_TOKEN']), { HOOK_TOKEN: 'use' })
  assert.equal(allowIn(VALUES, { HOOK_TOKEN: ['hooks.example.com'], SIGNING_KEY: 'read' }), {
    HOOK_TOKEN: ['https://hooks.example.com:443'],
    SIGNING_KEY: 'read',
  })
  assert.throws(() => allowIn(VALUES, true), /name the secrets/)
  assert.throws(() => allowIn(VALUES, ['HOOK_TOKN']), /the host has no secret "HOOK_TOKN"\. Did you mean "HOOK_TOKEN"\?/)
  assert.throws(() => allowIn(VALUES, { HOOK_TOKEN: 'write' }), /use, read, or a list/)
  assert.throws(() => allowIn(VALUES, { HOOK_TOKEN: ['https://a/b'] }))
  assert.throws(() => allowIn(VALUES, { HOOK_TOKEN: [] }))
})

test('a need gets what policy gives, never more', () => {
  const allow = { A: 'use', B: 'read', C: ['https://hooks.example.com:443'] }
  const meet = (need: Json) => narrowSecrets(need, allow)
  assert.equal(meet(['A', 'B', 'C', 'D']), { value: allow, isGiven: true, lost: ['D'] })
  assert.equal(meet({ A: 'read' }), { value: { A: 'use' }, isGiven: true, lost: ['A (read)'] })
  assert.equal(meet({ B: 'use' }), { value: { B: 'use' }, isGiven: true, lost: [] })
  assert.equal(meet({ C: 'use' }), { value: { C: ['https://hooks.example.com:443'] }, isGiven: true, lost: [] })
  assert.equal(meet({ C: ['other.example.com'] }), { value: {}, isGiven: false, lost: ['C (other.example.com)'] })
  assert.equal(meet({ A: ['a.example.com'] }), { value: { A: ['https://a.example.com:443'] }, isGiven: true, lost: [] })
  assert.equal(meet(['toString', '__proto__', 'constructor']).value, {})
  assert.equal(meet({ A: ['http://a/b'] }).value, {})
  assert.equal(meet([]), { value: {}, isGiven: true, lost: [] })
  for (const odd of [1, 'A', { A: 1 }, [1]] as Json[]) assert.throws(() => meet(odd))
})

test('a script reads what it was granted to read, and nothing else', async () => {
  const gate = createGate({ bindings: [secrets({ secrets: VALUES })] })
  const call = callThrough(gate, { grant: { secrets: { HOOK_TOKEN: 'use', SIGNING_KEY: 'read' } } })
  assert.is(answerOf(await call('secrets.get', 'SIGNING_KEY')), KEY)
  for (const name of ['HOOK_TOKEN', 'OTHER', 'NOPE', 'toString', '__proto__', ''])
    assert.is(codeOf(await call('secrets.get', name)), 'SECRET_DENIED', name)
  assert.equal(
    await Promise.all(['HOOK_TOKEN', 'SIGNING_KEY', 'OTHER', 'toString'].map(async (name) => answerOf(await call('secrets.has', name)))),
    [true, true, false, false],
  )
  assert.is(codeOf(await callThrough(gate, { grant: { secrets: true } })('secrets.get', 'SIGNING_KEY')), 'SECRET_DENIED')
  assert.is(codeOf(await callThrough(gate)('secrets.get', 'SIGNING_KEY')), 'HOST_CALL_DENIED')
})

test('a function finds the secret of a tenant; what it cannot find is said without its reasons', async () => {
  const errors: unknown[] = []
  const store = new SecretStore({
    TOKEN: ({ tenant, script }) => (tenant === 'acme' ? `acme-token-of-${script}` : undefined),
    BROKEN: async () => await Promise.reject(new Error('vault at 10.0.0.1 is sealed')),
    SHORT: () => 'x',
  })
  const gate = createGate({ bindings: [secrets({ secrets: store })], audit: ({ error }) => errors.push(error) })
  const grant = { secrets: { TOKEN: 'read', BROKEN: 'read', SHORT: 'read' } }
  assert.is(answerOf(await callThrough(gate, { grant, tenant: 'acme' })('secrets.get', 'TOKEN')), 'acme-token-of-greet')
  assert.is(store.redact('x acme-token-of-greet'), 'x [secret TOKEN]')
  for (const name of ['TOKEN', 'BROKEN', 'SHORT']) {
    const reply = await callThrough(gate, { grant })('secrets.get', name)
    assert.is(codeOf(reply), 'SECRET_UNAVAILABLE')
    assert.not.match(messageOf(reply), /vault/)
  }
  assert.ok(errors.some((error) => String(error).includes('vault')))
})

test('secrets that cannot be kept out of logs, or named, are refused at the start', () => {
  for (const values of [
    { A: '' },
    { A: 'xy' },
    { A: 1 },
    { A: null },
    { '1A': 'long enough' },
    { 'a b': 'long enough' },
    { '': 'long enough' },
    null,
    'x',
  ])
    assert.throws(() => new SecretStore(values as never), /OPTIONS_INVALID|secret|Secrets/, JSON.stringify(values))
})

test('a value is found in whatever spelling it turns up by accident', () => {
  const store = new SecretStore({ TOKEN, KEY, PEM })
  const bytes = Buffer.from(TOKEN)
  const spellings = [
    TOKEN,
    encodeURIComponent(TOKEN),
    encodeURIComponent(TOKEN).toLowerCase(),
    new URLSearchParams({ x: TOKEN }).toString(),
    JSON.stringify({ token: TOKEN }),
    bytes.toString('hex'),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    Buffer.from(`user:${TOKEN}`).toString('base64'),
    Buffer.from(`a:${TOKEN}:b`).toString('base64'),
    Buffer.from(`ab:${TOKEN}`).toString('base64url'),
  ]
  const seen = spellings.filter((text) => !store.redact(`before ${text} after`).includes('[secret TOKEN]'))
  expectNone(seen, 'These stay visible')
  assert.is(store.redact(`a ${TOKEN} b ${KEY} c`), 'a [secret TOKEN] b [secret KEY] c')
  assert.match(store.redact(PEM), /^\[secret PEM\]$/)
  assert.is(store.redact('line 2 is MIIEvgIBADANBgkqhkiG9w0B'), 'line 2 is [secret PEM]')
  assert.is(store.redact('nothing here'), 'nothing here')
  const padded = new SecretStore({ PADDED: ' \tvalue-with-room ' })
  for (const text of ['value-with-room', Buffer.from('value-with-room').toString('base64')])
    assert.match(padded.redact(`x${text}y`), '[secret PADDED]', 'headers carry a value without the spaces around it')
})

test('a value is found as programs escape it for JSON, URLs and pages', () => {
  const value = `ab/cd+ef=<g&h'i"j!k(l)*m~n\\o p%q`
  const store = new SecretStore({ ODD: value, PACKED: 'c2VjcmV0/Y2Fu+YXJ5==' })
  const json = JSON.stringify(value)
  const strict = encodeURIComponent(value).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
  const unit = (letter: string) => `\\u00${letter.charCodeAt(0).toString(16)}`
  const page = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
  const spellings = [
    [json, json.replaceAll('/', '\\/'), json.replace(/[<>&]/g, unit), json.replace(/[<>&='/]/g, unit).replaceAll('\\u002f', '/')],
    [JSON.stringify(json), json.replace(/[<>&='/]/g, (letter) => unit(letter).toUpperCase().replace('U', 'u')).replaceAll('\\u003D', '=')],
    [strict, strict.replaceAll('%20', '+'), strict.replaceAll('%2F', '/'), strict.toLowerCase(), encodeURIComponent(strict)],
    [page, page.replaceAll("'", '&#39;'), page.replaceAll("'", '&#039;'), page.replaceAll("'", '&#x27;')],
    ['c2VjcmV0\\/Y2Fu+YXJ5==', 'c2VjcmV0%2FY2Fu%2BYXJ5%3D%3D', 'c2VjcmV0/Y2Fu+YXJ5\\u003d\\u003d'],
    [Buffer.from(`u:${value}`).toString('base64').replaceAll('/', '\\/').replaceAll('+', '%2B')],
  ].flat()
  expectNone(
    spellings.filter((text) => !/\[secret (?:ODD|PACKED)\]/.test(store.redact(`before ${text} after`))),
    'These stay visible',
  )
})

test('a body that the host cannot look into does not reach a script that sent a secret', async () => {
  await using world = await openWorld(
    (request, response) => {
      const said = `you sent ${request.headers.authorization}`
      response.writeHead(200, { 'content-encoding': 'zstd' }).end(zstdCompressSync(said))
    },
    { secrets: VALUES },
  )
  const headers = { authorization: 'Bearer {{secret:HOOK_TOKEN}}', 'accept-encoding': 'zstd' }
  const fetch = world.fetcher(HOSTS, { secrets: ['HOOK_TOKEN'] })
  assert.match(messageOf(await fetch(ORIGIN, { headers })), /packed in a way that the host cannot look into/)
  const without = world.fetcher(HOSTS)
  assert.is((await responseOf(without(ORIGIN))).status, 200)
})

test('values with the marks of regular expressions, or within each other, are taken as they are', () => {
  const store = new SecretStore({ A: 'a.b*c', LONG: 'abc-def-ghi', SHORT: 'abc' })
  assert.is(store.redact('a.b*c axbbc'), '[secret A] axbbc')
  assert.is(store.redact('abc-def-ghi abc'), '[secret LONG] [secret SHORT]')
})

test('values that overlap are taken out as one, however many there are', () => {
  const patterns = new SecretPatterns()
  patterns.add('SHORT', 'abc')
  patterns.add('TAIL', 'ghi-jkl')
  for (let index = 0; index < 40; index++) patterns.add('FILL', `filling-value-${index}.`)
  patterns.add('LONG', 'abc-def-ghi')
  assert.is(patterns.redact('x abc-def-ghi-jkl y abc z filling-value-7.'), 'x [secret LONG] y [secret SHORT] z [secret FILL]')
  assert.is(Buffer.from(patterns.mask(Buffer.from('abc-def-ghi-jkl y'))).toString(), `${'*'.repeat(15)} y`)
  patterns.remove('FILL', 'filling-value-7.')
  assert.is(patterns.redact('filling-value-7. filling-value-8.'), 'filling-value-7. [secret FILL]')
  assert.is(patterns.size, 42)
})

test('what functions gave is forgotten in time, and nothing else is: neither a fixed value nor one that another function gave, too', async () => {
  const shared = 'shared-value-0123'
  let next = shared
  const store = new SecretStore({ FIXED: shared, ROTATING: () => next, OTHER: () => next })
  const owner = { script: 'greet', tenant: undefined }
  await store.reveal('ROTATING', owner)
  next = 'learned-value-first'
  await store.reveal('ROTATING', owner)
  for (let index = 0; index < 499; index++) {
    next = `learned-value-${index}.`
    await store.reveal('ROTATING', owner)
  }
  next = 'learned-value-first'
  await store.reveal('OTHER', owner)
  next = 'learned-value-last'
  await store.reveal('ROTATING', owner)
  assert.is(store.redact(shared), '[secret FIXED]')
  assert.is(store.redact('learned-value-first'), '[secret OTHER]')
  assert.is(store.redact('learned-value-0. learned-value-498. learned-value-last').match(/\[secret ROTATING\]/g)?.length, 2)
})

test('bytes are masked in their place', () => {
  const patterns = new SecretPatterns()
  patterns.add('TOKEN', 'tökén-12345')
  const text = 'x tökén-12345 y'
  const masked = Buffer.from(patterns.mask(Buffer.from(text))).toString()
  assert.is(masked, 'x ************* y')
  patterns.add('MIXED', 'Abc+/Def==ÄÖ')
  const echoes = ['TöKéN-12345', 'ABC+/DEF==ÄÖ', 'abc%2b%2fdef%3d%3d%c3%84%c3%96', 'abc+/def==ÄÖ']
  for (const echo of echoes) {
    const shown = Buffer.from(patterns.mask(Buffer.from(`x ${echo} y`))).toString()
    assert.is(shown, `x ${'*'.repeat(Buffer.byteLength(echo))} y`, 'servers turn letters into those of the other case')
  }
  const clean = Buffer.from('clean')
  assert.is(patterns.mask(clean), clean)
})

test('a secret goes out in a header, and does not come back', async () => {
  await using world = await openWorld(
    async (request, response) => {
      const { authorization = '' } = request.headers
      response
        .writeHead(200, { 'x-echo': `got ${authorization}`, location: `/?t=${encodeURIComponent(authorization)}` })
        .end(`you sent ${authorization}; base64 ${Buffer.from(`u:${authorization}`).toString('base64')}`)
      seen.push(authorization)
    },
    { secrets: VALUES },
  )
  const seen: string[] = []
  const fetch = world.fetcher(HOSTS, { secrets: ['HOOK_TOKEN'] })
  const response = await responseOf(fetch(ORIGIN, { headers: { authorization: 'Bearer {{secret:HOOK_TOKEN}}' } }))
  assert.equal(seen, [`Bearer ${VALUES.HOOK_TOKEN}`])
  assert.not.ok(JSON.stringify(response).includes(VALUES.HOOK_TOKEN))
  assert.is(response.headers.find(([name]) => name === 'x-echo')?.[1], 'got Bearer [secret HOOK_TOKEN]')
  assert.match(response.text, /^you sent Bearer \*{19}; base64 [A-Za-z0-9]+\*+/)
})

test('what a server kept of an earlier request does not come back either, unless the script may read it', async () => {
  await using world = await openWorld((_request, response) => response.end(`kept ${VALUES.HOOK_TOKEN} and ${KEY}`), { secrets: VALUES })
  const { text } = await responseOf(world.fetcher(HOSTS, { secrets: { HOOK_TOKEN: 'use', SIGNING_KEY: 'read' } })(ORIGIN))
  assert.is(text, `kept ${'*'.repeat(VALUES.HOOK_TOKEN.length)} and ${KEY}`)
})

test('what a function gave does not come back in a later response, neither to its tenant nor to another one', async () => {
  let kept = ''
  let minted = 0
  await using world = await openWorld(
    (request, response) => {
      kept = request.headers.authorization ?? kept
      response.end(`kept ${kept}`)
    },
    { secrets: { MINTED: ({ tenant }) => `minted-for-${tenant}-${minted++}` } },
  )
  const granted = { secrets: ['MINTED'] }
  const fetch = world.fetcher(HOSTS, { ...granted, tenant: 'acme' })
  await responseOf(fetch(ORIGIN, { headers: { authorization: '{{secret:MINTED}}' } }))
  assert.is(kept, 'minted-for-acme-0')
  for (const later of [fetch, world.fetcher(HOSTS, { ...granted, tenant: 'other' })])
    assert.is((await responseOf(later(ORIGIN))).text, `kept ${'*'.repeat(kept.length)}`)
  const reading = world.fetcher(HOSTS, { secrets: { MINTED: 'read' } })
  assert.is((await responseOf(reading(ORIGIN))).text, 'kept minted-for-acme-0', 'unless the script may read it')
})

test('a part of a body is not asked for by a script that has secrets it may not see: half an echo cannot be searched', async () => {
  await using world = await openWorld(undefined, { secrets: { ...VALUES, FOUND: () => 'found-value-0123' } })
  const partsOf = (secrets: Json) =>
    Promise.all(
      ['range', 'If-Range'].map(async (name) => {
        const reply = await world.fetcher(HOSTS, { secrets })(ORIGIN, { headers: { [name]: 'bytes=0-9' } })
        return reply.ok ? 'ok' : reply.error.code
      }),
    )
  for (const name of ['HOOK_TOKEN', 'FOUND']) assert.equal(await partsOf([name]), ['HTTP_HEADER_INVALID', 'HTTP_HEADER_INVALID'], name)
  assert.equal(await partsOf({ HOOK_TOKEN: 'read' }), ['ok', 'ok'])
  assert.equal(await partsOf({}), ['ok', 'ok'])
})

test('a secret that was not granted, or not for this host, is not sent', async () => {
  await using world = await openWorld(undefined, { secrets: VALUES })
  const fetch = world.fetcher(HOSTS, { secrets: { HOOK_TOKEN: ['POST http://hooks.example.com'] } })
  const send = (name: string, origin = 'http://hooks.example.com', method = 'POST') =>
    fetch(origin, { method, headers: { 'x-t': `{{secret:${name}}}` } })
  assert.is((await echoOf(send('HOOK_TOKEN'))).headers['x-t'], '*'.repeat(VALUES.HOOK_TOKEN.length))
  for (const reply of [
    send('HOOK_TOKEN', ORIGIN),
    send('HOOK_TOKEN', undefined, 'GET'),
    send('OTHER'),
    send('NOPE'),
    send('toString'),
    send(''),
    send('__proto__'),
  ])
    assert.is(codeOf(await reply), 'SECRET_DENIED')
  assert.is(world.requests.length, 1)
  const without = world.fetcher(HOSTS)
  assert.is(codeOf(await without(ORIGIN, { headers: { 'x-t': '{{secret:HOOK_TOKEN}}' } })), 'SECRET_DENIED')
})

test('secrets stand in values of headers only', async () => {
  await using world = await openWorld(undefined, { secrets: VALUES })
  const fetch = world.fetcher(HOSTS, { secrets: ['HOOK_TOKEN'] })
  assert.is(codeOf(await fetch(`${ORIGIN}/?t={{secret:HOOK_TOKEN}}`)), 'HTTP_URL_INVALID')
  assert.is(codeOf(await fetch(ORIGIN, { headers: { '{{secret:HOOK_TOKEN}}': 'x' } })), 'HTTP_HEADER_INVALID')
  const echo = await echoOf(fetch(ORIGIN, { method: 'POST', body: '{{secret:HOOK_TOKEN}}' }))
  assert.is(echo.body, '{{secret:HOOK_TOKEN}}')
})

test('at another origin a header with a secret is left out, whatever it is called', async () => {
  const seen: (string | string[] | undefined)[] = []
  await using world = await openWorld(
    (request, response) => {
      seen.push(request.headers['x-api-key'])
      if (request.url === '/') response.writeHead(307, { location: 'http://other.example.com/end' }).end()
      else if (request.url === '/same') response.writeHead(307, { location: '/end' }).end()
      else response.end()
    },
    { secrets: VALUES },
  )
  const fetch = world.fetcher(HOSTS, { secrets: ['HOOK_TOKEN'] })
  const headers = { 'x-api-key': '{{ secret:HOOK_TOKEN }}' }
  await responseOf(fetch(`${ORIGIN}/`, { headers }))
  await responseOf(fetch(`${ORIGIN}/same`, { headers }))
  assert.equal(seen, [VALUES.HOOK_TOKEN, undefined, VALUES.HOOK_TOKEN, VALUES.HOOK_TOKEN])
})

test('no redirect carries a secret out: not to a host, not in a path, not in what is said of one that fails', async () => {
  const value = 'Secret-Value-0a1B2c'
  const SLASHED = 'ab/cd+ef/0123456789=='
  await using world = await openWorld(
    (request, response) => {
      const { 'x-forwarded-proto': proto = 'http', 'x-forwarded-host': host = 'api.example.com' } = request.headers
      const location = `${String(proto)}://${String(host)}/next`
      response.writeHead(302, { location: request.url === '/lower' ? location.toLowerCase() : location }).end()
    },
    { secrets: { TOKEN: value, SLASHED } },
  )
  const secrets = { TOKEN: [ORIGIN], SLASHED: [ORIGIN] }
  const wide = world.fetcher([...HOSTS, 'http://*', 'http://*:*'], { secrets })
  const narrow = world.fetcher([ORIGIN], { secrets })
  const pad = 'a'.repeat(190)
  const tries: Record<string, string>[] = [
    { 'x-forwarded-host': '{{secret:TOKEN}}.evil.com' },
    { 'x-forwarded-host': 'evil.com/{{secret:TOKEN}}' },
    { 'x-forwarded-host': 'evil.com/?t={{secret:SLASHED}}' },
    { 'x-forwarded-host': '{{secret:TOKEN}}@evil.com' },
    { 'x-forwarded-host': 'api.example.com/#{{secret:TOKEN}}' },
    { 'x-forwarded-proto': '{{secret:TOKEN}}' },
    { 'x-forwarded-proto': `${pad}{{secret:TOKEN}}` },
    { 'x-forwarded-host': `${pad}.evil.com:99999/{{secret:TOKEN}}` },
  ]
  for (const headers of tries) {
    for (const fetch of [wide, narrow]) {
      for (const path of ['/', '/lower']) {
        const before = world.requests.length
        const reply = await fetch(`${ORIGIN}${path}`, { headers })
        const shown = JSON.stringify(reply)
        assert.is(codeOf(reply), 'HTTP_FAILED', shown)
        assert.match(messageOf(reply), 'http: GET http://api.example.com failed: the response is a redirect with a secret in it.')
        assert.is(world.requests.length, before + 1, shown)
        const manual = await responseOf(fetch(`${ORIGIN}${path}`, { headers, redirect: 'manual' }))
        for (const hidden of [value, SLASHED])
          assert.not.ok(
            JSON.stringify(manual.headers).toLowerCase().includes(hidden.slice(0, 12).toLowerCase()),
            JSON.stringify(manual.headers),
          )
      }
    }
  }
  assert.ok(world.lookups.every((host) => host === 'api.example.com'))
})

test('of a redirect that leads nowhere its text is not told', async () => {
  await using world = await openWorld((_request, response) => response.writeHead(302, { location: `telnet://${'x'.repeat(300)}` }).end())
  const reply = await world.fetcher(HOSTS)(`${ORIGIN}/here`)
  assert.is(codeOf(reply), 'HTTP_URL_INVALID')
  assert.is(
    messageOf(reply),
    'http: "http://api.example.com/here" cannot be fetched: it redirects to another URL, and its scheme is neither http nor https.',
  )
})

test('a secret that no header can carry is not told with the error', async () => {
  await using world = await openWorld(undefined, { secrets: { PEM } })
  const reply = await world.fetcher(HOSTS, { secrets: ['PEM'] })(ORIGIN, { headers: { 'x-key': '{{secret:PEM}}' } })
  assert.is(messageOf(reply), 'http: the header "x-key" holds a secret that no header can carry.')
})

test('a secret that servers would read as they like is sent in no header: what came back of it could not be found', async () => {
  await using world = await openWorld(undefined, { secrets: { TOKEN, GIVEN: () => 'gegebenes-Wörtchen' } })
  const fetch = world.fetcher(HOSTS, { secrets: { TOKEN: 'use', GIVEN: 'read' } })
  for (const name of ['TOKEN', 'GIVEN'])
    assert.is(
      messageOf(await fetch(ORIGIN, { headers: { 'x-key': `{{secret:${name}}}` } })),
      'http: the header "x-key" holds a secret that no header can carry.',
    )
  assert.equal(world.requests, [])
  assert.is((await responseOf(fetch(ORIGIN, { headers: { 'x-key': 'Wörtchen' } }))).status, 200, 'a text of its own is the script’s affair')
})

test('the function of a secret is asked once for a request, when the request has its turn, and no longer than the request may take', async () => {
  let asked = 0
  let answering: (() => Promise<string>) | undefined
  const GIVEN = () => {
    asked++
    return answering?.() ?? `given-value-${asked}`
  }
  const held: (() => void)[] = []
  await using world = await openWorld(
    (request, response) => {
      const end = (): unknown => response.end(JSON.stringify([request.headers['x-a'], request.headers['x-b']]))
      if (request.url === '/held') held.push(end)
      else end()
    },
    { secrets: { GIVEN } },
  )
  const granted = { hosts: HOSTS, concurrency: 1, timeout: '60s' }
  const headers = { 'x-a': '{{secret:GIVEN}}', 'x-b': '{{secret:GIVEN}} {{secret:GIVEN}}' }
  const fetch = world.fetcher(granted, { secrets: { GIVEN: 'read' } })
  assert.is((await responseOf(fetch(ORIGIN, { headers }))).text, '["given-value-1","given-value-1 given-value-1"]')
  assert.is(asked, 1)

  const first = fetch(`${ORIGIN}/held`)
  await until(() => held.length === 1, 'the first request is under way')
  assert.is(codeOf(await fetch(ORIGIN, { headers, timeout: 30 })), 'HTTP_TIMEOUT')
  assert.is(asked, 1, 'a request without a turn asks nobody')
  held[0]?.()
  await responseOf(first)

  answering = () => new Promise(() => undefined)
  assert.is(codeOf(await fetch(ORIGIN, { headers, timeout: 300 })), 'HTTP_TIMEOUT')
  const controller = new AbortController()
  const cancelled = world.fetcher(granted, { secrets: ['GIVEN'], signal: controller.signal })(ORIGIN, { headers })
  await until(() => asked === 3, 'the function is asked')
  controller.abort()
  assert.is(codeOf(await cancelled), 'CANCELLED')
  answering = () => Promise.reject(new Error('sealed'))
  assert.is(codeOf(await fetch(ORIGIN, { headers })), 'SECRET_UNAVAILABLE')
  assert.is(world.requests.length, 2)
})

test('records of calls and messages to scripts hold no secret', async () => {
  const told: unknown[] = []
  const store = new SecretStore(VALUES)
  const bindings = [secrets({ secrets: store })]
  const gate = createGate({ bindings, audit: (record) => told.push(record), onCall: (...seen) => told.push(seen) })
  const call = callThrough(gate, { grant: { secrets: { SIGNING_KEY: 'read' } } })
  assert.is(answerOf(await call('secrets.get', 'SIGNING_KEY')), KEY, 'the script itself gets it')
  await call('secrets.get', KEY)
  await call(`secrets.${KEY}`)
  await call('secrets.get', { nested: [new Map([[KEY, new Set([KEY])]]), new TextEncoder().encode(KEY)] })
  const reply = await call('secrets.get', KEY)
  assert.not.match(messageOf(reply), KEY)
  const { inspect } = await import('node:util')
  const text = inspect(told, { depth: 30, maxStringLength: null })
  assert.not.ok(text.includes(KEY), text.slice(text.indexOf(KEY) - 200, text.indexOf(KEY) + 100))
  assert.ok(text.includes('[secret SIGNING_KEY]'))
})

test.run()
