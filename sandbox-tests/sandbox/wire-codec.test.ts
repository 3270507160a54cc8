// Values cross the wall in both directions unchanged: host codec against guest codec, which are the same text in two realms.
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { wireCodec } from '../../engine/sandbox/guest/guest-source.ts'
import { loadGuest } from './guest-realm.ts'

const MOST_CHARS = 1_000_000
const LEAF = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
  fc.date({ noInvalidDate: false }),
  fc.uint8Array({ maxLength: 20 }),
  fc.constantFrom(null, undefined, -0, Number.NaN, Number.POSITIVE_INFINITY, '\ud800', '\0', '__proto__'),
)
const KEY = fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom('__proto__', 'constructor', 'toJSON', 'then', '0', '\0', '\udc00'))
const { value: VALUE } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    LEAF,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(KEY, tie('value')), { maxLength: 4 }).map(objectOf),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 3 }).map((pairs) => new Map(pairs)),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => new Set(items)),
  ),
}))

/** Own data at every key, also at `__proto__`. */
function objectOf(entries: readonly (readonly [string, unknown])[]): object {
  const object = {}
  for (const [key, value] of entries) Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
  return object
}

const echo = loadGuest('return event')

test('any value comes back as it went', () => {
  fc.assert(
    fc.property(VALUE, (value) => {
      const end = echo.run(value)
      assert.is(end.status, 'ok', end.fault?.message)
      assert.equal(printed(end.value), printed(value))
    }),
    { numRuns: 500 },
  )
})

test('what the guest says of a value is what the host says of it', () => {
  const describe = `const describe = (v) => Array.isArray(v) ? 'array:' + v.map(describe) : v instanceof Date ? 'date:' + Number(v) : v instanceof Map ? 'map:' + [...v].map(([k, w]) => describe(k) + '>' + describe(w))
    : v instanceof Set ? 'set:' + [...v].map(describe) : v instanceof Uint8Array ? 'bytes:' + v.join() : typeof v === 'object' && v !== null ? 'object:' + Object.keys(v).map((k) => JSON.stringify(k) + '=' + describe(v[k]))
    : typeof v + ':' + (Object.is(v, -0) ? '-0' : typeof v === 'string' ? JSON.stringify(v) : String(v))`
  const guest = loadGuest(`${describe}\nreturn describe(event)`)
  const host = new Function('event', `${describe}\nreturn describe(event)`) as (event: unknown) => string
  fc.assert(
    fc.property(VALUE, (value) => assert.is(guest.run(value).value, host(value))),
    { numRuns: 300 },
  )
})

test('cycles stay cycles, on the way in and on the way out', () => {
  const ring: { self?: unknown; list: unknown[]; map: Map<unknown, unknown> } = { list: [], map: new Map() }
  ring.self = ring
  ring.list.push(ring.list, ring.map)
  ring.map.set(ring, ring.map)
  const body = `return [event.self === event, event.list[0] === event.list, event.list[1] === event.map, event.map.get(event) === event.map, (event.again = event, event)]`
  const [self, list, shared, map, back] = loadGuest(body).run(ring).value as [
    boolean,
    boolean,
    boolean,
    boolean,
    typeof ring & { again: unknown },
  ]
  assert.equal([self, list, shared, map], [true, true, true, true])
  assert.ok(back.self === back && back.again === back && back.list[0] === back.list && back.map.get(back) === back.map)
})

test('values that cannot cross are refused with their place', () => {
  for (const [body, path, what] of [
    ['return { a: [1, () => 1] }', 'value.a[1]', 'a function'],
    ['return new Map([["k", Symbol("s")]])', 'value.get(0)', 'a symbol'],
    ['return { "odd key": new (class Point {})() }', 'value["odd key"]', 'an instance of a class'],
    ['return [Promise.resolve()]', 'value[0]', 'an instance of a class'],
  ] as const) {
    assert.equal(loadGuest(body).run().notPlain, { path, what }, body)
  }
})

test('what an object inherits is no part of it, whatever reading it does', () => {
  for (const inherited of [
    'get() { throw new Error("inherited") }',
    'set(value) {}',
    'value: NaN',
    'value: { toJSON: () => 1 }',
    'get() { return this }',
  ]) {
    const patch = `Object.defineProperty(Object.prototype, 'inherited', { enumerable: true, configurable: true, ${inherited} })`
    const end = loadGuest(`${patch}; return { a: 1, b: [{ c: 'd' }] }`).run()
    assert.equal([end.status, end.value], ['ok', { a: 1, b: [{ c: 'd' }] }], inherited)
  }
  assert.is(loadGuest('return { get a() { throw new Error("own") } }').run().fault?.message, 'own')
})

test('text that the codec did not make is refused or is data, on the host', () => {
  const piece = fc.constantFrom(
    'X',
    'J',
    '[',
    ']',
    '{',
    '}',
    ',',
    '0',
    '1',
    '"A"',
    '"O"',
    '"M"',
    '"S"',
    '"D"',
    '"B"',
    '"u"',
    '"n"',
    '"-0"',
    '["n","x"]',
    '["n","9"]',
    '[0]',
    '[[0],["O","__proto__",[0]]]',
    'null',
    '"',
    ':',
    '1e999',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
      try {
        wireCodec.decode(pieces.join(''))
      } catch (error) {
        assert.ok(error instanceof SyntaxError, String(error))
      }
      assert.equal(Object.keys(Object.prototype), [])
    }),
    { numRuns: 2_000 },
  )
})

/** The text of a value in the slow path, which tells everything apart that matters. */
function printed(value: unknown): string {
  const wire = wireCodec.encode([value, undefined], MOST_CHARS)
  return wire.ok ? wire.text : (assert.unreachable(`${wire.path} is ${wire.what}`) as never)
}

test.run()
