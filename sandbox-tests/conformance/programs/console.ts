// console and ctx.log: every kind of value as text, levels, data, limits.
import type { Programs } from '../program.ts'

/** See the head of the file. */
export const CONSOLE: Programs = {
  levels: {
    body: `console.debug('d'); console.log('l'); console.info('i'); console.warn('w'); console.error('e'); console.trace('t'); console.dir('dir'); console.table('table'); console.assert(true, 'never'); console.assert(false, 'a', 1); ctx.log.debug('D'); ctx.log.info('I'); ctx.log.warn('W'); ctx.log.error('E')`,
    logs: [
      ['debug', 'd'],
      ['info', 'l'],
      ['info', 'i'],
      ['warn', 'w'],
      ['error', 'e'],
      ['debug', 't'],
      ['info', 'dir'],
      ['info', 'table'],
      ['error', 'Assertion failed: a 1'],
      ['debug', 'D'],
      ['info', 'I'],
      ['warn', 'W'],
      ['error', 'E'],
    ],
  },
  primitives: {
    body: String.raw`console.log(undefined, null, true, 0, -0, 1.5, NaN, -Infinity, 10n, Symbol('s'), Symbol(), '', 'text', 'two\nlines'); console.log(); console.log(''); console.log(['a', 1n, -0, undefined, null, Symbol('x')])`,
    logs: [
      ['info', 'undefined null true 0 0 1.5 NaN -Infinity 10n Symbol(s) Symbol()  text two\nlines'],
      ['info', ''],
      ['info', ''],
      ['info', '["a", 1n, 0, undefined, null, Symbol(x)]'],
    ],
  },
  'objects and lists': {
    body: `console.log({}, [], { a: 1, b: { c: [1, 'x'] } }, [[1], [2, [3]]], { 'odd key': 1, [Symbol('s')]: 2 }, [1, , 3], Object.create(null), { get g() { return 'got' } }, { f() {}, g: () => 1, h: class K {} })`,
    logs: [
      [
        'info',
        '{} [] { a: 1, b: { c: [1, "x"] } } [[1], [2, [3]]] { odd key: 1 } [1, undefined, 3] {} { g: "got" } { f: [function f], g: [function g], h: [function K] }',
      ],
    ],
  },
  'functions and classes': {
    body: `console.log(() => 1, function named() {}, class Cls {}, async () => 1, function* gen() {}, Math.max, (() => {}).bind(), new Function('return 1'), Object.assign(() => 1, { name2: 1 }))`,
    logs: [
      [
        'info',
        '[function ] [function named] [function Cls] [function ] [function gen] [function max] [function bound ] [function anonymous] [function ]',
      ],
    ],
  },
  errors: {
    body: `class Own extends Error { name = 'Own' } console.log(new Error('m'), new TypeError(), new Own('o'), { e: new RangeError('in') }, new AggregateError([new Error('a')], 'agg'), new Error('c', { cause: 1 }), new DOMException('d', 'AbortError')); const odd = new Error('x'); Object.defineProperty(odd, 'message', { get() { throw 1 } }); console.error(odd)`,
    logs: [
      ['info', 'Error: m TypeError:  Own: o { e: RangeError: in } AggregateError: agg Error: c AbortError: d'],
      ['error', 'Error: undefined'],
    ],
  },
  'dates, maps, sets, expressions, bytes': {
    body: `console.log(new Date(0), new Date(NaN), new Map([['k', { v: 1 }], [{}, 2]]), new Set([1, 'a', [2]]), /x/gi, new Uint8Array([1, 2]), new ArrayBuffer(2), new DataView(new ArrayBuffer(1)), new WeakMap(), new WeakSet(), Promise.resolve(1), new Proxy({ p: 1 }, {}), new Boolean(false), new Number(5), new String('st'), Object(1n), Object(Symbol('o')), globalThis === undefined, (function () { return arguments })(1, 2), [].values(), (function* () {})(), new Error === 1, JSON, Math)`,
  },
  'instances of classes': {
    body: `class P { x = 1; #y = 2; get z() { return 3 } m() {} } class Q extends P { w = new P() } class L extends Array {} class M extends Map {} console.log(new P(), new Q(), L.of(1, 2), new M([[1, 2]]), { toString: () => 'own' }, { toJSON: () => 'json' }, { [Symbol.toStringTag]: 'Tag' })`,
    logs: [
      [
        'info',
        '{ x: 1 } { x: 1, w: { x: 1 } } [1, 2] Map(1) { 1 => 2 } { toString: [function toString] } { toJSON: [function toJSON] } { Symbol(Symbol.toStringTag): never }'.replace(
          ' { Symbol(Symbol.toStringTag): never }',
          ' {}',
        ),
      ],
    ],
  },
  'depth, breadth and length have an end': {
    body: `const deep = { a: { b: { c: { d: { e: 1 } } } } }; const deepList = [[[[[[1]]]]]]; console.log(deep, deepList); console.log(Array.from({ length: 120 }, (_, i) => i)); console.log(Object.fromEntries(Array.from({ length: 110 }, (_, i) => ['k' + i, i]))); console.log(new Set(Array.from({ length: 105 }, (_, i) => i))); console.log({ s: 'y'.repeat(9000) }.s.length, { s: 'y'.repeat(9000) })`,
  },
  'cycles have an end': {
    body: `const o = { n: 1 }; o.self = o; const a = [1]; a.push(a); const m = new Map(); m.set('m', m); console.log(o, a, m)`,
  },
  substitutions: {
    body: `console.log('%s is %d and %i %f %j %o %O %%', 'x', 4.2, 4.9, '1.5', { a: 1 }, [1], { b: 2 }); console.log('%s'); console.log('%s', 'a', 'b'); console.log('100%', 5); console.log({ a: 1 }, '%s', 'x'); console.log('%c styled', 'color: red'); console.log('%d', 'no'); console.log('%s', Symbol('q'), null)`,
  },
  'getters that throw, proxies that refuse': {
    body: `const bad = { ok: 1, get no() { throw new Error('x') }, after: 2 }; const p = new Proxy({}, { ownKeys() { throw new Error('keys') } }); const q = new Proxy({ a: 1 }, { get() { throw new Error('get') } }); console.log(bad); console.log(p); console.log(q); console.log([p, 1]); console.log({ toString() { throw 1 } }, new Proxy(() => 1, {}), new Proxy([1], {}))`,
  },
  'data with ctx.log': {
    body: `ctx.log.info('all', { n: 1, s: 'x', a: [1, undefined, null], d: new Date(0), m: new Map([['k', 1]]), set: new Set([1]), big: 5n, u: undefined, nan: NaN, z: -0, b: new Uint8Array([1, 255]) }); ctx.log.info('text', 'data'); ctx.log.info('none', undefined); ctx.log.info('null', null); ctx.log.info('zero', 0); ctx.log.info('more', 1, 2); ctx.log.info(); ctx.log.info({ an: 'object' }); ctx.log.info(5, [1])`,
    logs: [
      [
        'info',
        'all',
        {
          n: 1,
          s: 'x',
          a: [1, undefined, null],
          d: new Date(0),
          m: new Map([['k', 1]]),
          set: new Set([1]),
          big: 5n,
          u: undefined,
          nan: Number.NaN,
          z: -0,
          b: new Uint8Array([1, 255]),
        },
      ],
      ['info', 'text', 'data'],
      ['info', 'none'],
      ['info', 'null', null],
      ['info', 'zero', 0],
      ['info', 'more', 1],
      ['info', 'undefined'],
      ['info', '{ an: "object" }'],
      ['info', '5', [1]],
    ],
  },
  'data that cannot cross': {
    body: `class A { x = 1 } ctx.log.info('f', () => 1); ctx.log.info('s', Symbol('q')); ctx.log.info('i', new A()); ctx.log.info('in', { a: { f() {} } }); ctx.log.info('e', new Error('m')); ctx.log.info('p', Promise.resolve(1)); const o = { n: 1 }; o.o = o; ctx.log.info('cycle', o)`,
  },
  'data whose getter throws': {
    body: `try { ctx.log.info('getter', { get x() { throw new Error('no') } }) } catch (e) { return e.message }`,
    value: 'no',
    logs: [],
  },
  'what is logged stays as it was': {
    body: `const o = { n: 1 }; ctx.log.info('o', o); console.log(o); o.n = 2; ctx.log.info('o', o)`,
    logs: [
      ['info', 'o', { n: 1 }],
      ['info', '{ n: 1 }'],
      ['info', 'o', { n: 2 }],
    ],
  },
  'over the limit, one entry says so': {
    body: `for (let i = 0; i < 30; i++) console.log('line ' + i + ' ' + 'x'.repeat(50)); ctx.log.info('late', { n: 1 }); return 'on'`,
    policy: { limits: { log: '1KiB' } },
    value: 'on',
  },
  'an entry larger than the limit': {
    body: `console.log('first'); console.log('x'.repeat(5000)); console.log('after'); return 1`,
    policy: { limits: { log: '1KiB' } },
    value: 1,
  },
  'a very long log message': { body: `console.log('y'.repeat(20000)); ctx.log.warn('z'.repeat(20000), { a: 'b'.repeat(10) })` },
  'odd text in messages': {
    body: String.raw`console.log('\u0000\x1b[31m\u2028\ud800|😀"\\\n'); ctx.log.info('k', { 'ke"y': '\ud800', __proto__: null, ['__proto__']: 1 })`,
  },
  'logs before a fault are kept': {
    body: `console.log('before'); ctx.log.warn('too', { at: 1 }); throw new Error('then')`,
    status: 'exception',
    logs: [
      ['info', 'before'],
      ['warn', 'too', { at: 1 }],
    ],
  },
  'console itself': {
    body: `const { log } = console; log('loose'); console.log.call(null, 'called'); [1, 2].forEach(console.log); const old = console.log; console.log = (...a) => old('mine', ...a); console.log('x'); globalThis.console = undefined; old('still'); return [Object.keys(console ?? {}), Object.isFrozen(ctx.log)]`,
    logs: [
      ['info', 'loose'],
      ['info', 'called'],
      ['info', '1 0 [1, 2]'],
      ['info', '2 1 [1, 2]'],
      ['info', 'mine x'],
      ['info', 'still'],
    ],
    value: [[], true],
  },
  'methods that console has': {
    body: `return ['assert', 'clear', 'count', 'countReset', 'debug', 'dir', 'dirxml', 'error', 'group', 'groupEnd', 'info', 'log', 'table', 'time', 'timeEnd', 'timeLog', 'trace', 'warn', 'context', 'profile'].map((n) => [n, typeof console[n]])`,
  },
}
