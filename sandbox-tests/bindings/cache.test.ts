// The binding cache: what is kept and for how long, whose it is, and that neither one script nor all of them hold more than they may.
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { cache } from '../../bindings/cache.ts'
import { CacheShares } from '../../bindings/cache-shares.ts'
import { createGate } from '../../bindings/gate.ts'
import { isEngineError } from '../../engine/errors/engine-error.ts'
import type { Caller } from './call-through.ts'
import { type BindingCaller, callerOf, grantOf } from './script-caller.ts'

let now = 0
let gate = createGate({ bindings: [] })
test.before.each(() => {
  gate = createGate({ bindings: [cache({ clock: () => now })] })
})
test.after.each(() => gate.close())

const script = (caller: Caller = {}): BindingCaller => callerOf(gate, 'cache', caller)

test('what is kept comes back as a copy, until it is deleted, cleared or its time is over', async () => {
  const own = script()
  const value = { when: new Date(5), big: 10n ** 30n, bytes: new Uint8Array([1, 2]), none: undefined }
  assert.is(await own.answer('set', 'a', value, { ttl: '1m' }), true)
  assert.equal(await own.answer('get', 'a'), value)
  assert.is.not(await own.answer('get', 'a'), await own.answer('get', 'a'))
  now += 59_999
  assert.equal(await own.answer('get', 'a'), value)
  now += 1
  assert.is(await own.answer('get', 'a'), undefined)
  assert.is(await own.answer('delete', 'a'), false)
  for (const key of ['a', 'b']) await own.answer('set', key, null)
  assert.is(await own.answer('get', 'a'), null)
  assert.is(await own.answer('delete', 'a'), true)
  await own.answer('clear')
  assert.is(await own.answer('get', 'b'), undefined)
})

test('to store undefined is to remove', async () => {
  const own = script()
  await own.answer('set', 'a', 1)
  assert.is(await own.answer('set', 'a', undefined), false)
  assert.is(await own.answer('get', 'a'), undefined)
})

test('each script of each tenant has a cache of its own, whatever they are called', async () => {
  const callers: Caller[] = [
    { script: 'a' },
    { script: 'b' },
    { script: 'a', tenant: 'b' },
    { script: 'b', tenant: 'a' },
    { script: 'a","b' },
    { script: '', tenant: 'a' },
    { script: 'a', tenant: '' },
  ]
  for (const [index, caller] of callers.entries()) await script(caller).answer('set', 'key', index)
  await script(callers[0]).answer('clear')
  for (const [index, caller] of callers.entries()) assert.is(await script(caller).answer('get', 'key'), index === 0 ? undefined : index)
})

test('where there is no room, what was used least recently goes', async () => {
  const own = script({ grant: grantOf(gate, 'cache', { entries: 3 }) })
  for (const key of ['a', 'b', 'c']) await own.answer('set', key, key)
  await own.answer('get', 'a')
  await own.answer('set', 'd', 'd')
  const there = await Promise.all(['a', 'b', 'c', 'd'].map((key) => own.answer('get', key)))
  assert.equal(there, ['a', undefined, 'c', 'd'])
})

test('a value that is larger than the cache is not kept, and what was there is gone', async () => {
  const own = script({ grant: grantOf(gate, 'cache', { bytes: '1KiB' }) })
  assert.is(await own.answer('set', 'a', 'small'), true)
  assert.is(await own.answer('set', 'b', 'small'), true)
  assert.is(await own.answer('set', 'a', 'x'.repeat(1024)), false)
  assert.is(await own.answer('get', 'a'), undefined)
  assert.is(await own.answer('get', 'b'), 'small')
  assert.is(await own.answer('set', 'a', 'x'.repeat(1024 - 64 - 1 - 2)), true, 'it just fits, with its key and its quotes')
  assert.is(await own.answer('get', 'b'), undefined)
})

test('a lowered quota holds from the next entry on', async () => {
  for (const key of ['a', 'b', 'c']) await script().answer('set', key, key)
  const own = script({ grant: grantOf(gate, 'cache', { entries: 1 }) })
  await own.answer('set', 'd', 'd')
  assert.is(await own.answer('get', 'c'), undefined)
  assert.is(await own.answer('get', 'd'), 'd')
})

test('all scripts together hold no more than the host allows: whoever was idle for longest loses all', async () => {
  await gate.close()
  gate = createGate({ bindings: [cache({ bytes: '8KiB' })] })
  for (const name of ['a', 'b', 'c']) await script({ script: name }).answer('set', 'key', 'x'.repeat(1_800))
  await script({ script: 'a' }).answer('get', 'key')
  await script({ script: 'd' }).answer('set', 'key', 'x'.repeat(1_800))
  const there = await Promise.all(['a', 'b', 'c', 'd'].map((name) => script({ script: name }).answer('get', 'key')))
  assert.equal(
    there.map((value) => value !== undefined),
    [true, false, true, true],
  )
  assert.is(await script({ script: 'e' }).answer('set', 'key', 'x'.repeat(9_000)), false)
})

test('wrong keys, times and sizes are refused', async () => {
  const own = script()
  for (const key of ['', 'x'.repeat(513), 5, null, undefined]) assert.is(await own.refusal('get', key), 'ARGUMENT_INVALID')
  for (const ttl of [0, -1, 'soon', '1000d']) assert.is(await own.refusal('set', 'a', 1, { ttl }), 'ARGUMENT_INVALID')
  assert.is(await script({ grant: {} }).refusal('get', 'a'), 'HOST_CALL_DENIED')
  for (const bytes of ['64', 'much', -1, 0]) {
    try {
      cache({ bytes })
      assert.unreachable(String(bytes))
    } catch (error) {
      assert.ok(isEngineError(error) && error.code === 'BINDING_INVALID', String(error))
    }
  }
})

test('a value that is not kept opens no share: those who only ever try leave nothing behind', () => {
  const shares = new CacheShares(10_000, () => 0)
  const quota = { bytes: 500, entries: 3 }
  for (let index = 0; index < 100; index++) {
    assert.is(shares.set(`script-${index}`, 'key', { text: 'x'.repeat(500) }, quota), false)
    shares.delete(`script-${index}`, 'key')
  }
  assert.is(shares.bytes, 0)
})

test('whatever is done, the bytes that are counted are those that are there, and within every limit', () => {
  const owner = fc.constantFrom('a', 'b', 'c')
  const key = fc.constantFrom('k', 'l', 'm', 'n')
  const step = fc.oneof(
    fc.record({ do: fc.constant('set' as const), owner, key, size: fc.integer({ min: 0, max: 900 }) }),
    fc.record({ do: fc.constantFrom('get' as const, 'delete' as const, 'clear' as const), owner, key, size: fc.constant(0) }),
  )
  const property = fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const shares = new CacheShares(4_000, () => 0)
    for (const { do: what, owner: who, key: name, size } of steps) {
      if (what === 'set') shares.set(who, name, { text: 'x'.repeat(size) }, { bytes: 1_500, entries: 3 })
      else shares[what](who, name)
      assert.ok(shares.bytes >= 0 && shares.bytes <= 4_000, `${shares.bytes}`)
    }
    for (const who of ['a', 'b', 'c']) shares.clear(who)
    assert.is(shares.bytes, 0)
  })
  fc.assert(property, { numRuns: 200 })
})

test.run()
