// The binding kv as scripts use it: values, namespaces, keys, time to live, listing, increment, compareAndSet.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createGate } from '../../bindings/gate.ts'
import { kv } from '../../bindings/kv.ts'
import type { HostReply } from '../../engine/model/host-call.ts'
import { answerOf, type Caller, callThrough, codeOf, messageOf } from './call-through.ts'

let now = 1_000_000
let gate = createGate({ bindings: [] })
test.before.each(() => {
  gate = createGate({ bindings: [kv({ store: ':memory:', clock: () => now })] })
})
test.after.each(() => gate.close())

/** Calls kv as a script: `answer` for what must work, `reply` for the reply as it is. */
function script(caller: Caller = {}) {
  const call = callThrough(gate, { grant: { kv: true }, ...caller })
  const reply = (method: string, ...args: unknown[]): Promise<HostReply> => call(`kv.${method}`, ...args)
  return { reply, answer: async (method: string, ...args: unknown[]) => answerOf(await reply(method, ...args)) }
}

interface Page {
  readonly entries: readonly { readonly key: string; readonly value: unknown }[]
  readonly cursor?: string
}

async function keysOf(
  answer: (method: string, ...args: unknown[]) => Promise<unknown>,
  options: { prefix?: string; limit?: number } = {},
): Promise<string[]> {
  const keys: string[] = []
  let cursor: string | undefined
  do {
    const page = (await answer('list', { ...options, ...(cursor && { cursor }) })) as Page
    keys.push(...page.entries.map(({ key }) => key))
    cursor = page.cursor
  } while (cursor !== undefined)
  return keys
}

test('a script without the grant is refused at the gate, whatever it forges', async () => {
  for (const grant of [{}, { log: true }, { KV: true }]) assert.is(codeOf(await script({ grant }).reply('get', 'a')), 'HOST_CALL_DENIED')
  for (const method of ['constructor', '__proto__', 'close', 'store', 'handler'])
    assert.is(codeOf(await script().reply(method, 'a')), 'HOST_FUNCTION_UNKNOWN')
})

test('wrong arguments are told in words that name the argument and what it takes', async () => {
  const { reply } = script()
  for (const [method, args, message] of [
    ['get', [], 'kv.get: the list of arguments is not valid: it takes (key, { namespace }?)'],
    ['get', ['a', 'b'], 'kv.get: argument 2 is not valid: expected object, received string'],
    ['get', ['a', {}, 'b'], 'kv.get: the list of arguments is not valid: it takes (key, { namespace }?)'],
    ['set', [], 'kv.set: the list of arguments is not valid: it takes (key, value, { ttl, namespace }?)'],
    ['set', [5, 1], 'kv.set: argument 1 is not valid: expected string, received number'],
    ['increment', ['a', 'b'], 'kv.increment: argument 2 is not valid: expected number, received string'],
    ['list', [{ limmit: 1 }], 'kv.list: argument 1 is not valid: Unrecognized key: "limmit"'],
  ] as const)
    assert.is(messageOf(await reply(method, ...args)), message)
})

test('what is set is got, until it is deleted', async () => {
  const { answer } = script()
  assert.is(await answer('get', 'a'), undefined)
  const value = {
    when: new Date(5),
    tags: new Set(['x']),
    big: 10n ** 30n,
    bytes: new Uint8Array([1, 2]),
    none: undefined,
    nan: Number.NaN,
  }
  assert.is(await answer('set', 'a', value), undefined)
  assert.equal(await answer('get', 'a'), value)
  assert.is(await answer('delete', 'a'), true)
  assert.is(await answer('delete', 'a'), false)
  assert.is(await answer('get', 'a'), undefined)
})

test('null, false, 0 and the empty text are values, undefined is none', async () => {
  const { answer, reply } = script()
  for (const value of [null, false, 0, '', []]) {
    await answer('set', 'a', value)
    assert.equal(await answer('get', 'a'), value)
  }
  assert.is(codeOf(await reply('set', 'a', undefined)), 'KV_VALUE_INVALID')
})

test('each script of each tenant has entries of its own, whatever they are called', async () => {
  const callers: Caller[] = [
    { script: 'a' },
    { script: 'b' },
    { script: 'a', tenant: 'b' },
    { script: 'b', tenant: 'a' },
    { script: 'a', tenant: '' },
    { script: 'a', tenant: 'null' },
    { script: 'a/b' },
    { script: 'a","b' },
    { script: 'b"]', tenant: '["a' },
    { script: 'b', tenant: 'a\0' },
    { script: '%' },
    { script: '', tenant: 'a' },
    { script: 'a', tenant: 'undefined' },
    { script: 'c', tenant: 'a:b' },
    { script: 'b:c', tenant: 'a' },
    { script: 'c', tenant: 'a/b' },
    { script: 'b/c', tenant: 'a' },
    { script: 'bc', tenant: 'a' },
    { script: 'c', tenant: 'ab' },
  ]
  for (const [index, caller] of callers.entries()) await script(caller).answer('set', 'key', index)
  for (const [index, caller] of callers.entries()) {
    assert.is(await script(caller).answer('get', 'key'), index)
    assert.equal(await keysOf(script(caller).answer), ['key'])
  }
  await script({ script: 'a' }).answer('delete', 'key')
  assert.is(await script({ script: 'b' }).answer('get', 'key'), 1)
})

test('hostile keys are ordinary keys, each itself only', async () => {
  const { answer } = script()
  const keys = [
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '%',
    '_',
    '%%',
    '*',
    '?',
    "' OR 1=1 --",
    '"; DROP TABLE kv_entries',
    '../../etc',
    'a\nb',
    'a\u202Eb',
  ]
  keys.push(
    'é',
    'e\u0301',
    '😀',
    '\uFFFF',
    '\uFFFD',
    '\uFEFFx',
    ' ',
    '\t',
    '0',
    '-0',
    'null',
    'undefined',
    'ﷺ',
    'ss',
    'ß',
    'A',
    'a',
    'x'.repeat(512),
    '\u0001',
    '\u007f',
  )
  for (const [index, key] of keys.entries()) await answer('set', key, index)
  for (const [index, key] of keys.entries()) assert.is(await answer('get', key), index, JSON.stringify(key))
  const byBytes = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  assert.equal(await keysOf(answer, { limit: 7 }), byBytes)
  for (const key of keys) assert.is(await answer('delete', key), true)
  assert.equal(await keysOf(answer), [])
})

test('keys that cannot be stored exactly are refused by every method', async () => {
  const { reply } = script()
  for (const key of ['', 'a\0b', '\uD800', 'a\uDC00', 'x'.repeat(513), 'é'.repeat(257)]) {
    const replies = [
      reply('get', key),
      reply('set', key, 1),
      reply('delete', key),
      reply('increment', key),
      reply('compareAndSet', key, undefined, 1),
    ]
    for (const refused of await Promise.all(replies)) assert.is(codeOf(refused), 'KV_KEY_INVALID', JSON.stringify(key))
  }
  assert.match(messageOf(await reply('get', 'x'.repeat(513))), '513 bytes long; at most 512')
  for (const key of [1, null, undefined, {}, ['a'], true]) assert.is(codeOf(await reply('get', key)), 'ARGUMENT_INVALID')
})

test('a prefix is taken literally and finds all that start with it', async () => {
  const { answer } = script()
  const keys = ['a', 'a%', 'a%b', 'a_', 'aXb', 'b', 'a\u{10FFFF}', 'a\u{10FFFF}z', 'a\uFFFF']
  for (const key of keys) await answer('set', key, 1)
  assert.equal(await keysOf(answer, { prefix: 'a%' }), ['a%', 'a%b'])
  assert.equal(await keysOf(answer, { prefix: 'a_' }), ['a_'])
  assert.equal(await keysOf(answer, { prefix: 'a\u{10FFFF}' }), ['a\u{10FFFF}', 'a\u{10FFFF}z'])
  assert.is((await keysOf(answer, { prefix: 'a', limit: 1 })).length, 8)
  assert.is((await keysOf(answer)).length, 9)
  assert.equal(await keysOf(answer, { prefix: 'nothing' }), [])
})

test('a listing that goes on while entries come and go misses none that stayed, and repeats none', async () => {
  const { answer } = script()
  for (let index = 100; index < 200; index++) await answer('set', `k${index}`, index)
  const seen: string[] = []
  let cursor: string | undefined
  for (let round = 0; ; round++) {
    const page = (await answer('list', { prefix: 'k', limit: 9, ...(cursor && { cursor }) })) as Page
    seen.push(...page.entries.map(({ key }) => key))
    cursor = page.cursor
    if (cursor === undefined) break
    await answer('set', `k1000${round}`, 'behind the cursor')
    await answer('delete', seen.at(-1))
    await answer('set', `k${100 + round}`, 'changed')
  }
  assert.is(seen.length, new Set(seen).size)
  for (let index = 100; index < 200; index++) assert.ok(seen.includes(`k${index}`))
})

test('a page ends early where values are long, and a cursor leads on', async () => {
  const { answer } = script({ grant: { kv: { bytes: 4 * 1024 ** 2, keys: 100 } } })
  for (let index = 0; index < 10; index++) await answer('set', `k${index}`, 'x'.repeat(200_000))
  const page = (await answer('list')) as Page
  assert.is(page.entries.length, 2)
  assert.is((await keysOf(answer)).length, 10)
})

test('a listing takes only options that make sense; a forged cursor is harmless', async () => {
  const { answer, reply } = script()
  await answer('set', 'a', 1)
  for (const options of [
    { limit: 0 },
    { limit: 1_001 },
    { limit: 1.5 },
    { prefix: 1 },
    { cursor: 7 },
    { limits: 5 },
    'a',
    { cursor: 'x'.repeat(2_000) },
  ]) {
    assert.is(codeOf(await reply('list', options)), 'ARGUMENT_INVALID', JSON.stringify(options))
  }
  for (const cursor of ['', '!!!', "' OR 1", '\0', 'AAAA']) await answer('list', { cursor })
  assert.equal(await answer('list', undefined), { entries: [{ key: 'a', value: 1 }] })
})

test('increment counts from 0, takes any integer and stays safe', async () => {
  const { answer, reply } = script()
  assert.is(await answer('increment', 'n'), 1)
  assert.is(await answer('increment', 'n', 5), 6)
  assert.is(await answer('increment', 'n', -10), -4)
  assert.is(await answer('increment', 'n', 4), 0)
  assert.is(await answer('get', 'n'), 0)
  for (const by of [1.5, '1', Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, 1n, null])
    assert.is(codeOf(await reply('increment', 'n', by)), 'ARGUMENT_INVALID')
  await answer('set', 'n', Number.MAX_SAFE_INTEGER)
  assert.is(codeOf(await reply('increment', 'n')), 'KV_VALUE_INVALID')
  for (const value of ['1', 1.5, -0, 1e300, null, 1n, [1], 2 ** 53]) {
    await answer('set', 'n', value)
    assert.is(codeOf(await reply('increment', 'n')), 'KV_VALUE_INVALID')
    assert.is(await answer('get', 'n').then((kept) => Object.is(JSON.stringify(String(kept)), JSON.stringify(String(value)))), true)
  }
})

test('parallel increments all count', async () => {
  const { answer } = script()
  await Promise.all(Array.from({ length: 200 }, () => answer('increment', 'n')))
  assert.is(await answer('get', 'n'), 200)
})

test('compareAndSet compares by content, and undefined stands for no entry', async () => {
  const { answer } = script()
  assert.is(await answer('compareAndSet', 'a', { n: 1 }, 2), false)
  assert.is(await answer('compareAndSet', 'a', undefined, { b: new Date(1), a: [1] }), true)
  assert.is(await answer('compareAndSet', 'a', undefined, 2), false)
  assert.is(await answer('compareAndSet', 'a', { a: [2], b: new Date(1) }, 2), false)
  assert.is(await answer('compareAndSet', 'a', { a: [1], b: new Date(1) }, 2), true)
  assert.is(await answer('get', 'a'), 2)
  assert.is(await answer('compareAndSet', 'a', 2, undefined), true)
  assert.is(await answer('get', 'a'), undefined)
})

test('of many that compare and set at once, one wins each round', async () => {
  const { answer } = script()
  const raise = async (): Promise<void> => {
    for (;;) {
      const current = (await answer('get', 'n')) as number | undefined
      if (await answer('compareAndSet', 'n', current, (current ?? 0) + 1)) return
    }
  }
  await Promise.all(Array.from({ length: 50 }, raise))
  assert.is(await answer('get', 'n'), 50)
  const winners = await Promise.all(Array.from({ length: 20 }, (_, index) => answer('compareAndSet', 'lock', undefined, index)))
  assert.is(winners.filter(Boolean).length, 1)
})

test('an entry with a time to live is gone when its time has come, for every method', async () => {
  const { answer } = script()
  await answer('set', 'a', 1, { ttl: 1_000 })
  await answer('set', 'b', 1, { ttl: '5m' })
  now += 999
  assert.is(await answer('get', 'a'), 1)
  now += 1
  assert.is(await answer('get', 'a'), undefined)
  assert.is(await answer('delete', 'a'), false)
  assert.equal(await keysOf(answer), ['b'])
  assert.is(await answer('compareAndSet', 'a', 1, 2), false)
  assert.is(await answer('increment', 'a'), 1)
  now += 5 * 60_000
  assert.equal(await keysOf(answer), ['a'])
})

test('entries whose time has come are not there, even before they are cleared away', async () => {
  const { answer } = script()
  for (let index = 0; index < 200; index++) await answer('set', `k${index}`, index, { ttl: '1s' })
  now += 1_000
  assert.is(await answer('increment', 'k199'), 1)
  assert.is(await answer('compareAndSet', 'k198', 198, 'wrong'), false)
  assert.is(await answer('delete', 'k197'), false)
  assert.equal(await keysOf(answer), ['k199'])
})

test('set without a time makes an entry stay; increment keeps the time of the entry it finds', async () => {
  const { answer } = script()
  await answer('set', 'a', 1, { ttl: '1s' })
  await answer('set', 'a', 2)
  await answer('increment', 'window', 1, { ttl: '1s' })
  now += 600
  assert.is(await answer('increment', 'window', 1, { ttl: '1s' }), 2)
  now += 400
  assert.is(await answer('get', 'a'), 2)
  assert.is(await answer('increment', 'window', 1, { ttl: '1s' }), 1)
  await answer('compareAndSet', 'a', 2, 3, { ttl: '1s' })
  now += 1_000
  assert.is(await answer('get', 'a'), undefined)
})

test('times to live that make no sense are refused', async () => {
  const { reply } = script()
  for (const ttl of [
    0,
    -1,
    1.5,
    '5',
    '5 m',
    '5y',
    '',
    'm',
    Number.NaN,
    Number.POSITIVE_INFINITY,
    2 ** 60,
    '99999999d',
    null,
    {},
    '1__proto__',
  ]) {
    assert.is(codeOf(await reply('set', 'a', 1, { ttl })), 'ARGUMENT_INVALID', String(ttl))
  }
  assert.is(codeOf(await reply('set', 'a', 1, { tll: 5 })), 'ARGUMENT_INVALID')
})

test('a closed store fails on the host, and says nothing to the script', async () => {
  const { reply } = script()
  await gate.close()
  assert.is(codeOf(await reply('get', 'a')), 'HOST_FAILURE')
})

test.run()
