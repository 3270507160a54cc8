// Both runtimes give scripts the same realm: everything that is reachable from the global object, property by property. What differs is in a table, and
// the table is complete.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { onBoth } from './both-runtimes.ts'

/** Names every object by the shortest way to it and tells its properties: kind, attributes, length of functions. */
const WALK = `
  for (const name of ['URL', 'URLSearchParams', 'TextEncoder', 'TextDecoder', 'structuredClone', 'atob', 'AbortController', 'Event', 'DOMException', 'crypto', 'Headers', 'Request', 'Response']) void globalThis[name]
  const told = {}, names = new Map(), queue = []
  const enqueue = (value, name) => {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || names.has(value)) return
    names.set(value, name); queue.push(value)
  }
  const typed = Object.getPrototypeOf(Uint8Array)
  enqueue(globalThis, 'globalThis')
  for (const name of Object.getOwnPropertyNames(globalThis).sort()) enqueue(Object.getOwnPropertyDescriptor(globalThis, name).value, name)
  for (const name of Object.getOwnPropertyNames(globalThis).sort()) enqueue(globalThis[name]?.prototype, name + '.prototype')
  enqueue(typed, 'TypedArray'); enqueue(typed.prototype, 'TypedArray.prototype')
  const samples = { AsyncFunction: async function () {}, GeneratorFunction: function* () {}, AsyncGeneratorFunction: async function* () {}, ArrayIterator: [].values(), MapIterator: new Map().values(), SetIterator: new Set().values(),
    StringIterator: ''[Symbol.iterator](), RegExpStringIterator: 'a'.matchAll(/a/g), IteratorHelper: [].values().map((x) => x), WrappedIterator: Iterator.from({ next() {} }), generator: (function* () {})(), asyncGenerator: (async function* () {})() }
  for (const [name, sample] of Object.entries(samples)) enqueue(Object.getPrototypeOf(sample), name + '.prototype')
  enqueue({ m() {} }.m, 'a method'); enqueue(() => 1, 'an arrow'); enqueue(class A {}, 'a class'); enqueue((function () { 'use strict'; return arguments })(), 'strict arguments')
  enqueue(/(?<a>a)/d.exec('a'), 'a match'); enqueue(/a/, 'a pattern'); enqueue(new Error('x', { cause: 1 }), 'an error'); enqueue(function () {}, 'a sloppy function')
  for (let at = 0; at < queue.length; at++) {
    const owner = queue[at], name = names.get(owner), seen = told[name] = { __proto__: null }
    for (const key of Reflect.ownKeys(owner)) {
      const found = Object.getOwnPropertyDescriptor(owner, key), label = typeof key === 'symbol' ? '@' + key.description : key
      const attributes = (found.writable ? 'w' : '') + (found.enumerable ? 'e' : '') + (found.configurable ? 'c' : '')
      seen[label] = ('value' in found ? typeof found.value + (typeof found.value === 'function' ? found.value.length : '') : (found.get ? 'get' : '') + (found.set ? 'set' : '')) + ' ' + attributes
      for (const part of ['value', 'get', 'set']) enqueue(found[part], (part === 'value' ? '' : part + ' ') + name + '.' + label)
    }
    const prototype = Object.getPrototypeOf(owner)
    seen['[[Prototype]]'] = prototype === null ? 'null' : (enqueue(prototype, name + '.[[Prototype]]'), names.get(prototype))
  }
  return JSON.stringify(told)`

type Realm = Record<string, Record<string, string>>

/** Object, property → why it differs. A property `*` stands for the whole object. */
const DIFFERENCES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'get Function.prototype.caller': { '*': 'each engine has one accessor for both old names, and meets them in its own order' },
  'get Function.prototype.arguments': { '*': 'as caller' },
  'set Iterator.prototype.constructor': { '*': 'one function is getter and setter in QuickJS' },
  'String.prototype': { length: 'QuickJS lets it be redefined' },
  'an error': { stack: 'V8 has an accessor where QuickJS has a value' },
  'a sloppy function': { arguments: 'V8 alone: null', caller: 'V8 alone: null' },
}

const { quickjs, v8 } = onBoth(WALK)
const realms = { quickjs: JSON.parse(quickjs as string) as Realm, v8: JSON.parse(v8 as string) as Realm }

function differences(): string[] {
  const found: string[] = []
  for (const name of new Set([...Object.keys(realms.quickjs), ...Object.keys(realms.v8)])) {
    const [one = {}, other = {}] = [realms.quickjs[name], realms.v8[name]]
    for (const key of new Set([...Object.keys(one), ...Object.keys(other)]))
      if (one[key] !== other[key]) found.push(`${name} | ${key} | ${one[key]} | ${other[key]}`)
  }
  return found
}

/** Whether the table explains it: the property itself, or an object that only one of them reaches. */
function isKnown(line: string): boolean {
  const [name = '', key = ''] = line.split(' | ')
  return Object.entries(DIFFERENCES).some(([owner, keys]) =>
    Object.keys(keys).some((known) => {
      if (name === owner) return known === '*' || known === key
      return [`${owner}.${known}`, `get ${owner}.${known}`, `set ${owner}.${known}`, ...(known === '*' ? [owner] : [])].some(
        (start) => name === start || name.startsWith(`${start}.`) || name.startsWith(`get ${start}.`),
      )
    }),
  )
}

test('the walk has seen a realm', () => {
  assert.ok(Object.keys(realms.v8).length > 600, String(Object.keys(realms.v8).length))
})

test('nothing differs but what is in the table', () => {
  const unknown = differences().filter((line) => !isKnown(line))
  assert.equal(unknown, [])
})

test('every row of the table is needed', () => {
  const found = differences()
  for (const [owner, keys] of Object.entries(DIFFERENCES))
    for (const key of Object.keys(keys))
      assert.ok(
        found.some((line) => line.startsWith(`${owner} | `) && (key === '*' || line.startsWith(`${owner} | ${key} | `))),
        `${owner}.${key}`,
      )
})

test('the global names come to the same list', () => {
  const names = (realm: Realm): string[] =>
    Object.keys(realm['globalThis'] ?? {})
      .filter((name) => name !== 'Intl')
      .sort()
  assert.equal(names(realms.v8), names(realms.quickjs))
})

test('functions look alike: their source is not to be had', () => {
  const body = `const o = { m() {}, get g() { return 1 }, async am() {}, *gen() {}, async *ag() {}, ['x y']() {}, arrow: () => 1 }
    return [function foo(a) { return 1 }, o.m, Object.getOwnPropertyDescriptor(o, 'g').get, o.am, o.gen, o.ag, o['x y'], o.arrow, () => 1, class A { m() {} }, class extends Object {}, Math.max, Function.prototype,
      parseInt.bind(null), new Function('a', 'b', 'return a'), URL, setTimeout, console.log, async () => 1, Symbol.prototype[Symbol.toPrimitive], Object.getOwnPropertyDescriptor(Map.prototype, 'size').get,
      Error, RangeError, Date, Math.random, ArrayBuffer, FinalizationRegistry, Function.prototype.toString, JSON.parse].map((f) => [Function.prototype.toString.call(f), String(f), f + ''])`
  const both = onBoth(body)
  assert.equal(both.v8, both.quickjs)
})

test('errors are made alike', () => {
  const body = `class Own extends RangeError { constructor(m) { super(m); this.extra = 1 } }
    const attempt = (f) => { try { return f() } catch (error) { return error.name } }
    const shown = (e) => [e.name, e.message, String(e), Object.prototype.toString.call(e), e.cause, 'cause' in e, Object.keys(e), e instanceof Error, e instanceof RangeError, e.constructor === RangeError, typeof e.stack, Error.isError(e)]
    return [new Error('a'), Error('b', { cause: 7 }), new RangeError('c'), RangeError('d', { cause: undefined }), new Own('e'), Reflect.construct(Error, ['f'], Own), new AggregateError([1], 'g'), new TypeError(undefined), new Error()].map(shown)
      .concat([[Error.length, RangeError.length, Error.name, RangeError.name, Object.getPrototypeOf(RangeError) === Error, Object.getPrototypeOf(TypeError) === Error, Object.getPrototypeOf(new Own('x')) === Own.prototype,
        RangeError.prototype.name, RangeError.prototype.message, Object.getOwnPropertyNames(RangeError.prototype).sort(), Object.getOwnPropertyNames(Error).sort(), Error.prototype.constructor === Error,
        attempt(() => new Array(-1)), attempt(() => (1).toFixed(101)), (() => { try { new Array(-1) } catch (e) { return [e instanceof RangeError, e.constructor === RangeError, e.name] } })(),
        attempt(() => Reflect.construct(Error, [], 1)), attempt(() => { class X extends Error {} X.prototype.name = 'X'; throw new X() })]])`
  const both = onBoth(body)
  assert.equal(both.v8, both.quickjs)
})

test('what V8 was given in addition behaves as QuickJS has it', () => {
  const body = `const attempt = (f) => { try { return f() } catch (error) { return error.name } }
    const m = new Map([[1, 'a']]), w = new WeakMap(), key = {}
    return [m.getOrInsert(1, 'b'), m.getOrInsert(2, 'c'), m.getOrInsertComputed(3, (k) => k * 2), m.getOrInsertComputed(3, () => 9), [...m], w.getOrInsert(key, 1), w.getOrInsertComputed(key, () => 2), attempt(() => w.getOrInsert(1, 1)),
      attempt(() => m.getOrInsertComputed(9, 5)), attempt(() => Map.prototype.getOrInsert.call({}, 1, 2)), typeof Symbol.dispose, Symbol.dispose.toString(), Symbol.asyncDispose.description,
      attempt(() => FinalizationRegistry(() => {})), attempt(() => new FinalizationRegistry(1)), new FinalizationRegistry(() => {}).register({}, 1), new FinalizationRegistry(() => {}).unregister({}),
      attempt(() => new FinalizationRegistry(() => {}).register(1)), new WeakRef(key).deref() === key,
      new ArrayBuffer(8).byteLength, new ArrayBuffer(4, { maxByteLength: 8 }).maxByteLength, attempt(() => ArrayBuffer(1)), attempt(() => new ArrayBuffer(9, { maxByteLength: 8 })), new ArrayBuffer(4, { maxByteLength: 8 }).resizable,
      attempt(() => new ArrayBuffer(-1)), new ArrayBuffer('3').byteLength, new (class extends ArrayBuffer {})(2).slice(1).constructor.name, ArrayBuffer.isView(new Uint8Array(1)), new Uint8Array(new ArrayBuffer(4)).buffer.constructor === ArrayBuffer]`
  const both = onBoth(body)
  assert.equal(both.v8, both.quickjs)
})

test.run()
