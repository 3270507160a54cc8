// atob, btoa and crypto: as in Node, with randomness that a seed decides.
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { guestValue } from './guest-realm.ts'
import { comparison, sameInNode } from './same-in-node.ts'

test('base64 is read and written as in Node', async () => {
  const { check } = comparison(`return [attempt(() => btoa(event)), attempt(() => atob(event)), attempt(() => atob(btoa(event)))]`)
  const digits = fc
    .array(fc.constantFrom('A', 'z', '9', '+', '/', '=', ' ', '\n', '\f', '-', 'ab', 'QUJD'), { maxLength: 9 })
    .map((parts) => parts.join(''))
  const bytes = fc.uint8Array({ maxLength: 30 }).map((bytes) => String.fromCharCode(...bytes))
  await fc.assert(fc.asyncProperty(fc.oneof(digits, bytes, fc.string({ unit: 'binary' })), check), { numRuns: 500 })
})

test('text that is longer than a chunk is converted whole', async () => {
  const { check } = comparison(
    `const text = event.repeat(50_001); return [btoa(text) === btoa(text), atob(btoa(text)) === text, btoa(text).length, attempt(() => btoa(text + '\\u0100')), attempt(() => atob(btoa(text) + '!'))]`,
  )
  for (const text of ['a', '\xff\0', 'abc']) await check(text)
})

test('odd arguments are taken as in Node', async () => {
  await sameInNode([
    'atob()',
    'btoa()',
    'atob(null)',
    'btoa(undefined)',
    'btoa(12)',
    'atob(Symbol())',
    `atob('')`,
    `btoa('')`,
    `atob('ab=')`,
    `atob('ab= =')`,
    `atob('a===')`,
    'atob.name',
    'btoa.name',
  ])
})

test('random values fill any array of integers, and nothing else', async () => {
  await sameInNode([
    ...['Int8', 'Uint8', 'Uint8Clamped', 'Int16', 'Uint16', 'Int32', 'Uint32', 'BigInt64', 'BigUint64', 'Float32', 'Float64'].map(
      (kind) => `(() => { const array = new ${kind}Array(4); return crypto.getRandomValues(array) === array })()`,
    ),
    'crypto.getRandomValues(new Uint8Array(65_536)).length',
    'crypto.getRandomValues(new Uint8Array(65_537))',
    'crypto.getRandomValues(new BigInt64Array(8_193))',
    'crypto.getRandomValues(new Uint8Array(0)).length',
    'crypto.getRandomValues(new DataView(new ArrayBuffer(1)))',
    'crypto.getRandomValues([1])',
    'crypto.getRandomValues()',
    'crypto.getRandomValues.call({}, new Uint8Array(1))',
    'crypto.randomUUID.call({})',
    'new crypto.constructor()',
    'Object.prototype.toString.call(crypto)',
    `(() => { const whole = new Uint8Array(300); crypto.getRandomValues(whole.subarray(100, 200)); return [whole.slice(0, 100).every((b) => b === 0), whole.slice(100, 200).some((b) => b > 0), whole.slice(200).every((b) => b === 0)] })()`,
    '/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID())',
  ])
})

test('a seed decides every random value', () => {
  const body = 'return [crypto.randomUUID(), crypto.getRandomValues(new Uint8Array(5)), crypto.randomUUID(), Math.random()]'
  const seeds = ['1'.repeat(48), '2'.repeat(48)]
  const [first, again, other] = [seeds[0], seeds[0], seeds[1]].map((seed) => guestValue(body, { seed: seed as string }))
  assert.equal(first, again)
  assert.not.equal(first, other)
})

test('random bytes are evenly spread', () => {
  const counts = guestValue(
    'const counts = new Array(256).fill(0); for (const byte of crypto.getRandomValues(new Uint8Array(65_536))) counts[byte]++; return counts',
  ) as number[]
  assert.ok(
    counts.every((count) => count > 150 && count < 370),
    String(counts),
  )
})

test('crypto.subtle is absent', () => {
  assert.equal(guestValue(`return [typeof crypto.subtle, 'subtle' in crypto]`), ['undefined', false])
})

test.run()
