// The text form of kv values: nothing is lost, and equal values have equal texts.
import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readStored, writeStored } from '../../bindings/stored-value.ts'

const { value: anyValue } = fc.letrec((again) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.double(),
      fc.integer(),
      fc.boolean(),
      fc.constantFrom(null, undefined, -0),
      fc.bigInt(),
      fc.date(),
      fc.uint8Array(),
    ),
    fc.array(again('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('$', 'v', '__proto__', 'constructor', 'toJSON')), again('value'), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
    fc.array(fc.tuple(again('value'), again('value')), { maxLength: 3 }).map((pairs) => new Map(pairs)),
    fc.array(again('value'), { maxLength: 3 }).map((items) => new Set(items)),
  ),
}))

test('every value comes back as it was', () => {
  fc.assert(
    fc.property(anyValue, (value) => assert.ok(isDeepStrictEqual(readStored(writeStored(value)), value))),
    { numRuns: 1_000 },
  )
})

test('writing what was read gives the same text', () => {
  fc.assert(
    fc.property(anyValue, (value) => assert.is(writeStored(readStored(writeStored(value))), writeStored(value))),
    { numRuns: 500 },
  )
})

test('the order in which keys were added does not matter', () => {
  assert.is(writeStored({ b: 1, a: { d: 1, c: 2 } }), writeStored({ a: { c: 2, d: 1 }, b: 1 }))
  assert.is(writeStored({ $: 1, a: 2 }), writeStored({ a: 2, $: 1 }))
  assert.is.not(writeStored(0), writeStored(-0))
  assert.is.not(writeStored({ a: undefined }), writeStored({}))
})

test('values that look like the form itself come back as they were', () => {
  for (const value of [{ $: 'date', v: 0 }, { $: 'same', v: 0 }, [{ $: 'undefined' }], '{"$":"date","v":0}', { a: '"$":' }]) {
    assert.equal(readStored(writeStored(value)), value)
  }
})

test('cycles and objects that occur twice stay one object, through arrays, maps and sets', () => {
  const shared = { n: 1 }
  const value: Record<string, unknown> = { first: shared, second: shared }
  const map = new Map<unknown, unknown>([[value, shared]])
  map.set('self', map)
  Object.assign(value, { self: value, $: 'odd', list: [value, map, new Set([value])] })
  const back = readStored(writeStored(value)) as Record<string, unknown>
  const [self, backMap, set] = back['list'] as [unknown, Map<unknown, unknown>, Set<unknown>]
  assert.is(back['self'], back)
  assert.is(back['first'], back['second'])
  assert.is(self, back)
  assert.ok(set.has(back))
  assert.is(backMap.get(back), back['first'])
  assert.is(backMap.get('self'), backMap)
})

test('plain JSON is stored as plain JSON', () => {
  assert.is(writeStored({ id: 7, tags: ['a'] }), '{"id":7,"tags":["a"]}')
})

test.run()
