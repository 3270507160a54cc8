// structuredClone: what Node copies is copied alike, what Node refuses is refused; depth and cycles cost no stack.
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { guestValue } from './guest-realm.ts'
import { comparison, sameInNode } from './same-in-node.ts'

const PLAIN = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withSparseArray: false,
  withNullPrototype: false,
  withTypedArray: false,
  withBoxedValues: false,
  maxDepth: 3,
})

test('values are copied, never shared', async () => {
  const { check } = comparison(
    `const copy = structuredClone(event); return [copy, typeof event === 'object' && event !== null && copy === event]`,
  )
  await fc.assert(fc.asyncProperty(PLAIN, check), { numRuns: 300 })
})

test('every kind of object is copied as in Node', async () => {
  const describe = (value: string) =>
    `((c) => [Object.prototype.toString.call(c), c.constructor?.name, Object.getOwnPropertyNames(c), String(c.valueOf())])(structuredClone(${value}))`
  await sameInNode([
    ...[
      'Object(1)',
      `Object('ab')`,
      'Object(true)',
      'Object(1n)',
      'new Date(5)',
      'new Date(NaN)',
      'Object.assign(/a(b)/giu, { lastIndex: 2, x: 1 })',
      '[1, , 3]',
      'Object.assign([1, , 3], { x: 1 })',
    ].map(describe),
    ...[
      'new (class Point { x = 1; get y() { return 2 } })()',
      'Object.create({ inherited: 1 }, { own: { value: 1 }, seen: { value: 2, enumerable: true } })',
      'Object.create(null)',
    ]
      .map(describe)
      .map((text) => text.replace(', String(c.valueOf())', '')),
    `((c) => [c instanceof Map, c.get('a'), c.get(c) === c, c.size])(structuredClone((() => { const m = new Map([['a', 1]]); m.set(m, m); return m })()))`,
    `((c) => [c instanceof Set, [...c][0].x])(structuredClone(new Set([{ x: 1 }])))`,
    `((c) => [c.a === c.b, c.self === c])(structuredClone((() => { const shared = {}; const o = { a: shared, b: shared }; o.self = o; return o })()))`,
    `((c) => [c[0].buffer === c[1].buffer, c[0].byteOffset, c[0].length, [...c[0]], c[1] instanceof DataView, c[1].getUint8(0), c[2] === c[0].buffer])(structuredClone((() => { const b = new Uint8Array([1, 2, 3, 4]).buffer; return [new Uint16Array(b, 2, 1), new DataView(b, 1), b] })()))`,
    `['Int8', 'Uint8', 'Uint8Clamped', 'Int16', 'Uint16', 'Int32', 'Uint32', 'Float32', 'Float64', 'BigInt64', 'BigUint64'].map((kind) => structuredClone(new globalThis[kind + 'Array'](3)).constructor.name)`,
    `((c) => [c.resizable, c.maxByteLength, c.byteLength])(structuredClone(new ArrayBuffer(2, { maxByteLength: 10 })))`,
    ...[
      'new Error("m")',
      'new TypeError("m", { cause: { a: 1 } })',
      'Object.assign(new RangeError("m"), { name: "Custom", extra: 1 })',
      'new (class Own extends SyntaxError {})("m")',
      'new AggregateError([1], "m")',
      'Object.defineProperty(new Error(), "message", { value: 5 })',
      'Object.defineProperty(new Error(), "message", { get: () => "x" })',
    ].map(
      (value) =>
        `((c) => [c.name, c.message, c.constructor.name, Object.hasOwn(c, 'message'), c.cause, Object.keys(c), c instanceof Error])(structuredClone(${value}))`,
    ),
    `((c) => [c.name, c.message, c.code, c instanceof DOMException])(structuredClone(new DOMException('m', 'AbortError')))`,
    `structuredClone({ get x() { return 1 }, y: undefined, ['__proto__']: 1 })`,
    `Object.keys(structuredClone({ b: 1, a: 2, 1: 3, 0: 4 }))`,
    `structuredClone(new Proxy([], {}).length)`,
  ])
})

test('what cannot be copied is a DataCloneError, as in Node', async () => {
  await sameInNode([
    ...[
      'Symbol()',
      '() => 1',
      'class {}',
      'Promise.resolve()',
      'new WeakMap()',
      'new WeakSet()',
      'new WeakRef({})',
      'Object(Symbol())',
      '(function* () {})()',
      'new Map().keys()',
      'new Set().values()',
      '[][Symbol.iterator]()',
      '{ deep: [{ f() {} }] }',
      'new Map([[1, Symbol()]])',
    ].map((value) => `structuredClone(${value})`),
    'structuredClone()',
    `structuredClone({ get x() { throw new RangeError() } })`,
    `structuredClone({}, 1)`,
    `structuredClone({}, { transfer: 1 })`,
    `structuredClone({}, { transfer: [{}] })`,
    `structuredClone({}, { transfer: [new Uint8Array(1)] })`,
    `(() => { const b = new ArrayBuffer(1); return structuredClone(1, { transfer: [b, b] }) })()`,
    `(() => { const b = new ArrayBuffer(1); b.transfer(); return structuredClone(b) })()`,
    `(() => { const b = new ArrayBuffer(1); b.transfer(); return structuredClone(1, { transfer: [b] }) })()`,
  ])
})

test('a buffer that is transferred leaves its owner, unless the copy fails', async () => {
  await sameInNode([
    `(() => { const a = new Uint8Array([1, 2]); const c = structuredClone({ a, b: a.buffer }, { transfer: [a.buffer] }); return [a.length, a.buffer.detached, [...c.a], c.a.buffer === c.b] })()`,
    `(() => { const a = new Uint8Array([1, 2]); const r = attempt(() => structuredClone([a, () => 1], { transfer: [a.buffer] })); return [r, a.length] })()`,
    `(() => { const a = new ArrayBuffer(4); structuredClone(1, { transfer: new Set([a]) }); return a.byteLength })()`,
    `structuredClone(1, undefined)`,
    `structuredClone(1, null)`,
    `structuredClone(1, {})`,
  ])
})

test('depth costs no stack, and what rests on a standard prototype is no standard object', () => {
  assert.is(
    guestValue(
      'let deep = {}; const last = deep; for (let i = 0; i < 20_000; i++) deep = { deep }; let c = structuredClone(deep), n = 0; while (c.deep) { c = c.deep; n++ } return n',
    ),
    20_000,
  )
  assert.equal(
    guestValue(
      'return [Date, Map, Set, RegExp, ArrayBuffer, Promise, WeakMap].map((Kind) => { try { return Object.keys(structuredClone(Object.assign(Object.create(Kind.prototype), { x: 1 }))) } catch (error) { return error.name } })',
    ),
    [['x'], ['x'], ['x'], ['x'], ['x'], 'DataCloneError', ['x']],
  )
})

test.run()
