// What there is: every global and every property of the built-ins, so that a feature that only one engine has is seen.
import type { Programs } from '../program.ts'

/** Walks everything that can be reached from `roots`; a line for each property. `detail` chooses what a line says. */
const walk = (roots: string, detail: 'names' | 'kinds'): string => `
const seen = new Map(), queue = [], out = []
const name = (k) => (typeof k === 'symbol' ? '@@' + (k.description ?? '').replace('Symbol.', '') : k)
const add = (path, o) => { if ((typeof o !== 'object' && typeof o !== 'function') || o === null || seen.has(o)) return; seen.set(o, path); queue.push([path, o]) }
const kind = (v) => { if (typeof v !== 'function') return typeof v; const n = Object.getOwnPropertyDescriptor(v, 'name'), l = Object.getOwnPropertyDescriptor(v, 'length'); return 'f ' + String(n?.value) + '/' + String(l?.value) }
const roots = ${roots}
for (const k of ['Object', 'Function', 'Array', 'String', 'Error', 'Promise', 'Iterator']) { seen.set(globalThis[k], k); seen.set(globalThis[k].prototype, k + '.prototype') }
for (const k of Object.keys(roots)) { seen.delete(roots[k]); add(k, roots[k]) }
while (queue.length > 0) {
  const [path, o] = queue.shift()
  for (const k of Reflect.ownKeys(o)) {
    if (typeof o === 'function' && (k === 'name' || k === 'length')) continue
    const d = Reflect.getOwnPropertyDescriptor(o, k), p = path + '.' + name(k)
    const flags = (d.writable ? 'w' : '-') + (d.enumerable ? 'e' : '-') + (d.configurable ? 'c' : '-')
    out.push(p + ${detail === 'names' ? "''" : "' ' + flags + ' ' + ('value' in d ? kind(d.value) : 'get ' + kind(d.get) + ' set ' + kind(d.set))"})
    if ('value' in d) add(p, d.value)
  }
  add(path + '.[proto]', Object.getPrototypeOf(o))
}
return out.sort()`

const BUILTINS = [
  [
    'Object, Function, Symbol',
    `{ Object, 'Object.prototype': Object.prototype, Function, 'Function.prototype': Function.prototype, Symbol }`,
  ],
  ['Array, String', `{ Array, 'Array.prototype': Array.prototype, String, 'String.prototype': String.prototype }`],
  ['Number, BigInt, Math, Boolean', `{ Number, BigInt, Math, Boolean }`],
  ['Date, RegExp', `{ Date, RegExp }`],
  ['JSON, Reflect, Proxy', `{ JSON, Reflect, Proxy }`],
  ['Map, Set and the weak ones', `{ Map, Set, WeakMap, WeakSet, WeakRef, FinalizationRegistry }`],
  [
    'Promise, Iterator, generators',
    `{ Promise, 'Promise.prototype': Promise.prototype, Iterator, 'Iterator.prototype': Iterator.prototype, async: Object.getPrototypeOf(async () => 1), gen: Object.getPrototypeOf(function* () {}), agen: Object.getPrototypeOf(async function* () {}), mapIt: Object.getPrototypeOf(new Map().keys()), strIt: Object.getPrototypeOf(''[Symbol.iterator]()), reIt: Object.getPrototypeOf('a'.matchAll(/a/g)), helper: Object.getPrototypeOf([].values().map((x) => x)) }`,
  ],
  ['ArrayBuffer, typed arrays, DataView', `{ ArrayBuffer, Uint8Array, Uint8ClampedArray, Float16Array, BigInt64Array, DataView }`],
  ['errors', `{ Error, 'Error.prototype': Error.prototype, TypeError, RangeError, AggregateError }`],
  [
    'URL, text, events, abort, crypto',
    `{ URL, URLSearchParams, TextEncoder, TextDecoder, Event, EventTarget, AbortController, AbortSignal, DOMException, crypto }`,
  ],
  [
    'console, timers, functions',
    `{ console, performance, setTimeout, clearTimeout, setInterval, queueMicrotask, structuredClone, atob, btoa, parseInt, eval, encodeURIComponent }`,
  ],
] as const

/** Where the flags of a property that nobody reads differ. */
const UNREAD = new Set<string>(['Array, String', 'Promise, Iterator, generators'])

const MEMBERS: Programs = Object.fromEntries(
  BUILTINS.flatMap(([title, roots]) => [
    [`members of ${title}`, { body: walk(roots, 'names') }],
    [`kinds of members of ${title}`, { body: walk(roots, 'kinds'), ...(UNREAD.has(title) ? { differs: 'flags' } : {}) }],
  ]),
)

/** See the head of the file. */
export const REALM: Programs = {
  'the names of the globals': {
    body: `return Reflect.ownKeys(globalThis).map(String).sort()`,
    value: [
      'AbortController',
      'AbortSignal',
      'AggregateError',
      'Array',
      'ArrayBuffer',
      'BigInt',
      'BigInt64Array',
      'BigUint64Array',
      'Boolean',
      'DOMException',
      'DataView',
      'Date',
      'Error',
      'EvalError',
      'Event',
      'EventTarget',
      'FinalizationRegistry',
      'Float16Array',
      'Float32Array',
      'Float64Array',
      'Function',
      'Headers',
      'Infinity',
      'Int16Array',
      'Int32Array',
      'Int8Array',
      'Iterator',
      'JSON',
      'Map',
      'Math',
      'NaN',
      'Number',
      'Object',
      'Promise',
      'Proxy',
      'RangeError',
      'ReferenceError',
      'Reflect',
      'RegExp',
      'Request',
      'Response',
      'Set',
      'String',
      'Symbol',
      'Symbol(Symbol.toStringTag)',
      'SyntaxError',
      'TextDecoder',
      'TextEncoder',
      'TypeError',
      'URIError',
      'URL',
      'URLSearchParams',
      'Uint16Array',
      'Uint32Array',
      'Uint8Array',
      'Uint8ClampedArray',
      'WeakMap',
      'WeakRef',
      'WeakSet',
      'atob',
      'btoa',
      'clearInterval',
      'clearTimeout',
      'console',
      'crypto',
      'decodeURI',
      'decodeURIComponent',
      'encodeURI',
      'encodeURIComponent',
      'escape',
      'eval',
      'globalThis',
      'isFinite',
      'isNaN',
      'parseFloat',
      'parseInt',
      'performance',
      'queueMicrotask',
      'setInterval',
      'setTimeout',
      'structuredClone',
      'undefined',
      'unescape',
    ],
    notInNode: 'Node has others',
  },
  ...MEMBERS,
  'the names of the well-known symbols': { body: `return Object.getOwnPropertyNames(Symbol).sort()`, notInNode: 'Node has some more' },
  'new features, one by one': {
    body: `const has = (n, f) => { let v; try { v = f() } catch (e) { v = e.name } return [n, v] }; return [has('Object.groupBy', () => typeof Object.groupBy), has('Array.fromAsync', () => typeof Array.fromAsync), has('Iterator.concat', () => typeof Iterator.concat), has('Iterator.zip', () => typeof Iterator.zip), has('Set.union', () => typeof Set.prototype.union), has('Promise.try', () => typeof Promise.try), has('RegExp.escape', () => typeof RegExp.escape), has('Float16Array', () => typeof Float16Array), has('Math.sumPrecise', () => typeof Math.sumPrecise), has('Uint8Array.fromBase64', () => typeof Uint8Array.fromBase64), has('Map.getOrInsert', () => typeof Map.prototype.getOrInsert), has('Error.isError', () => typeof Error.isError), has('JSON.rawJSON', () => typeof JSON.rawJSON), has('Symbol.dispose', () => typeof Symbol.dispose), has('Intl', () => typeof Intl), has('Temporal', () => typeof Temporal), has('ShadowRealm', () => typeof ShadowRealm), has('Atomics', () => typeof Atomics), has('Atomics.pause', () => Atomics.pause()), has('WebAssembly', () => typeof WebAssembly), has('SharedArrayBuffer', () => typeof SharedArrayBuffer), has('ArrayBuffer.transfer', () => typeof ArrayBuffer.prototype.transfer), has('ArrayBuffer.immutable', () => typeof ArrayBuffer.prototype.sliceToImmutable), has('String.isWellFormed', () => typeof ''.isWellFormed), has('Array.findLast', () => typeof [].findLast), has('Iterator.map', () => typeof Iterator.prototype.map), has('DisposableStack', () => typeof DisposableStack), has('Set.groupBy', () => typeof Set.groupBy), has('captureStackTrace', () => typeof Error.captureStackTrace)]`,
  },
  'new syntax, one by one': {
    body: String.raw`const of = (n, code) => { try { return [n, (0, eval)(code)] } catch (e) { return [n, e.name] } }; return [of('using', '(() => { using x = null; return 1 })()'), of('modifiers', '/(?i:a)b/.test("Ab")'), of('duplicate names', '/(?<a>x)|(?<a>y)/.test("y")'), of('v flag', '/[\\p{L}--a]/v.test("b")'), of('import.meta', 'import.meta'), of('hashbang', '#!x\n1'), of('html comment', '1 <!-- x\n'), of('top-level await', 'await 1'), of('decorator', '(() => { const d = (c) => c; @d class A {} return 1 })()'), of('pipeline', '1 |> x'), of('record', '#{ a: 1 }'), of('throw expression', '(() => throw 1)'), of('import defer', 'import defer * as x from "y"'), of('static block', '(class { static { } }, 1)'), of('private in', '(class { #x; static m(o) { return #x in o } }, 1)'), of('logical assign', '(() => { let a; a ??= 1; return a })()'), of('optional catch', '(() => { try { throw 1 } catch { return 1 } })()'), of('numeric separators', '1_000'), of('bigint', 'typeof 1n'), of('regexp d', '/a/d.exec("a").indices[0][0]'), of('octal', '"use strict"; 010'), of('with', '"use strict"; with ({}) {}'), of('native syntax', '%DebugPrint(1)'), of('do expression', 'do { 1 }'), of('let as a name', 'var let = 1; let'), of('class fields', 'new (class { a = 1 })().a'), of('async arrow in default', '(async (a = 1) => a, 1)'), of('new.target outside', 'new.target'), of('dynamic import', 'typeof import("x").catch(() => 0)')]`,
  },
  'dynamic import by eval has nowhere to go': {
    body: `try { await (0, eval)('import("fs")'); return 'imported' } catch (e) { return e instanceof Error }`,
  },
  'the prototype of the global object': {
    body: `return [Object.getPrototypeOf(globalThis) === Object.prototype, globalThis instanceof Object, Object.prototype.toString.call(globalThis), Object.isExtensible(globalThis), globalThis === (0, eval)('this'), Object.keys(globalThis)]`,
  },
  'what other code can reach': {
    body: `const of = (f) => { try { return f() } catch (e) { return e.name } }; return [of(() => Function('return typeof process')()), of(() => (async () => {}).constructor('return 1') instanceof Function), of(() => [].constructor.constructor('return typeof require')()), of(() => new Function('a', 'b', 'return a + b')(1, 2)), of(() => Function('return this')() === globalThis), of(() => new (function* () {}.constructor)('yield 1')().next().value), Function('a,b', 'c', 'return a').length, String(Function('a', 'return a')).includes('anonymous')]`,
  },
}
