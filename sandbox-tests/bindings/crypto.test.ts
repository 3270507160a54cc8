// The binding crypto: digests as others compute them, whatever the length; chance that differs; comparisons; and what is too large.
import { createHash, createHmac } from 'node:crypto'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { crypto } from '../../bindings/crypto.ts'
import { createGate } from '../../bindings/gate.ts'
import { SecretStore } from '../../bindings/secrets-store.ts'
import type { Json } from '../../engine/model/json.ts'
import { callerOf, grantOf } from './script-caller.ts'

const gate = createGate({ bindings: [crypto()] })
const own = callerOf(gate, 'crypto')
const ALGORITHMS = ['sha-1', 'sha-256', 'sha-384', 'sha-512'] as const
/** On both sides of where computing moves to another thread, and of blocks of the algorithms. */
const LENGTHS = [0, 1, 55, 56, 63, 64, 127, 128, 129, 16_383, 16_384, 16_385, 200_000]

test('digests are those of the standard, of texts and bytes, at every length', async () => {
  for (const name of ALGORITHMS)
    for (const length of LENGTHS) {
      const text = 'é'.repeat(length).slice(0, length)
      for (const data of [text, new Uint8Array(Buffer.from(text)), Buffer.alloc(length, 7)]) {
        const expected = createHash(name.replace('-', '')).update(data)
        assert.is(await own.answer('hash', name, data, 'base64'), expected.digest('base64'), `${name} of ${length}`)
      }
    }
  assert.is(await own.answer('hash', 'sha-1', 'hello'), 'aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d')
})

test('keyed digests are those of the standard, with keys of every length', async () => {
  for (const name of ALGORITHMS)
    for (const keyLength of [0, 1, 64, 65, 128, 129, 20_000])
      for (const length of [0, 20, 20_000]) {
        const key = Buffer.alloc(keyLength, 3)
        const expected = createHmac(name.replace('-', ''), key).update('x'.repeat(length)).digest('hex')
        assert.is(
          await own.answer('hmac', name, new Uint8Array(key), 'x'.repeat(length)),
          expected,
          `${name}, key of ${keyLength}, ${length}`,
        )
      }
})

test('chance differs from call to call and has the length that was asked for', async () => {
  const ids = await Promise.all(Array.from({ length: 50 }, () => own.answer<string>('randomUUID')))
  assert.is(new Set(ids).size, 50)
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  for (const count of [1, 16, 65_536]) {
    const bytes = await own.answer('randomBytes', count)
    assert.ok(bytes instanceof Uint8Array && bytes.length === count)
  }
  assert.is.not(String(await own.answer('randomBytes', 16)), String(await own.answer('randomBytes', 16)))
  for (const count of [0, -1, 1.5, 65_537, '16', Number.NaN]) assert.is(await own.refusal('randomBytes', count), 'ARGUMENT_INVALID')
})

test('what is the same is the same, as text or as bytes', async () => {
  const bytes = new Uint8Array(Buffer.from('é'))
  for (const [a, b, isSame] of [
    ['', '', true],
    ['a', 'a', true],
    ['a', 'b', false],
    ['a', 'aa', false],
    ['', 'a', false],
    ['é', bytes, true],
    [bytes, new Uint8Array([0xc3, 0xa8]), false],
    ['x'.repeat(100_000), 'x'.repeat(100_000), true],
    ['x'.repeat(100_000), `${'x'.repeat(99_999)}y`, false],
  ] as const)
    assert.is(await own.answer('timingSafeEqual', a, b), isSame)
})

test('what is larger than the grant allows is refused, at the edge', async () => {
  const small = callerOf(gate, 'crypto', { grant: grantOf(gate, 'crypto', { bytes: 10 }) })
  await small.answer('hash', 'sha-256', 'x'.repeat(10))
  for (const data of ['x'.repeat(11), 'é'.repeat(6), new Uint8Array(11)]) {
    assert.is(await small.refusal('hash', 'sha-256', data), 'CRYPTO_INPUT_TOO_LARGE')
    assert.is(await small.refusal('hmac', 'sha-256', 'k', data), 'CRYPTO_INPUT_TOO_LARGE')
    assert.is(await small.refusal('hmac', 'sha-256', data, 'd'), 'CRYPTO_INPUT_TOO_LARGE')
    assert.is(await small.refusal('timingSafeEqual', 'a', data), 'CRYPTO_INPUT_TOO_LARGE')
  }
  assert.throws(() => grantOf(gate, 'crypto', { bytes: '17MiB' }), /16MiB/)
})

test('names that are no algorithm, and data that is none, are refused', async () => {
  for (const name of ['md5', 'sha1', 'SHA-256', 'constructor', '__proto__', '', 5, null])
    assert.is(await own.refusal('hash', name, 'x'), 'ARGUMENT_INVALID')
  for (const data of [5, null, undefined, {}, ['a'], new Date(0)]) assert.is(await own.refusal('hash', 'sha-256', data), 'ARGUMENT_INVALID')
  for (const form of ['utf8', 'latin1', 'buffer', 5]) assert.is(await own.refusal('hash', 'sha-256', 'x', form), 'ARGUMENT_INVALID')
})

test('a secret is a key without being seen, where it was granted for use', async () => {
  const withSecrets = createGate({ bindings: [crypto({ secrets: new SecretStore({ KEY: 'very secret', FOR_HOST: 'another one' }) })] })
  const as = (secrets: Json, at = withSecrets) => callerOf(at, 'crypto', { grant: { crypto: true, secrets } })
  const expected = createHmac('sha256', 'very secret').update('hello').digest('hex')
  for (const access of ['use', 'read']) assert.is(await as({ KEY: access }).answer('hmac', 'sha-256', '{{secret:KEY}}', 'hello'), expected)
  for (const caller of [as({}), as({ KEY: ['hooks.example.com'] }), as({ OTHER: 'use' }), as(true), as({ KEY: 'use' }, gate)])
    assert.is(await caller.refusal('hmac', 'sha-256', '{{secret:KEY}}', 'hello'), 'SECRET_DENIED')
  for (const name of ['constructor', '__proto__', 'FOR_HOST', 'key'])
    assert.is(await as({ KEY: 'use' }).refusal('hmac', 'sha-256', `{{secret:${name}}}`, 'hello'), 'SECRET_DENIED')
  const literal = createHmac('sha256', 'x{{secret:KEY}}').update('hello').digest('hex')
  assert.is(await as({ KEY: 'use' }).answer('hmac', 'sha-256', 'x{{secret:KEY}}', 'hello'), literal)
  assert.is.not(await as({ KEY: 'use' }).answer('hash', 'sha-256', '{{secret:KEY}}'), await as({}).answer('hash', 'sha-256', 'very secret'))
})

test.run()
