// Values over the wall: as payloads, as results, as arguments and answers of host calls.
import type { Programs } from '../program.ts'

const ROUND: { self?: unknown; list: unknown[] } = { list: [1] }
ROUND.self = ROUND
ROUND.list.push(ROUND.list)

/** Those of the containers below that cross all the same, as plain data. */
const CROSSING = new Set([10, 11, 12, 13, 15, 18, 21])

/** See the head of the file. */
export const VALUES: Programs = {
  'results of every type': {
    body: `return { u: undefined, nul: null, t: true, n: 1.5, z: -0, nan: NaN, inf: Infinity, ninf: -Infinity, big: -(2n ** 70n), s: 'ü😀', d: new Date(5), bad: new Date(NaN), m: new Map([['k', new Set([1])], [{ o: 1 }, [2]]]), set: new Set([undefined, NaN]), b: new Uint8Array([0, 128, 255]), e: new Uint8Array(), a: [1, [2, []]], o: { n: { m: {} } } }`,
    value: {
      u: undefined,
      nul: null,
      t: true,
      n: 1.5,
      z: -0,
      nan: Number.NaN,
      inf: Number.POSITIVE_INFINITY,
      ninf: Number.NEGATIVE_INFINITY,
      big: -(2n ** 70n),
      s: 'ü😀',
      d: new Date(5),
      bad: new Date(Number.NaN),
      m: new Map<unknown, unknown>([
        ['k', new Set([1])],
        [{ o: 1 }, [2]],
      ]),
      set: new Set([undefined, Number.NaN]),
      b: new Uint8Array([0, 128, 255]),
      e: new Uint8Array(),
      a: [1, [2, []]],
      o: { n: { m: {} } },
    },
  },
  'results that are a single value': {
    calls: [
      { payload: 'undefined', value: undefined },
      { payload: 'null', value: null },
      { payload: '-0', value: -0 },
      { payload: '0n', value: 0n },
      { payload: '"x"', value: 'x' },
      { payload: '""', value: '' },
      { payload: 'new Date(1)', value: new Date(1) },
      { payload: 'new Map()', value: new Map() },
      { payload: 'new Set([new Set()])', value: new Set([new Set()]) },
      { payload: 'new Uint8Array([1])', value: new Uint8Array([1]) },
      { payload: '[,]', value: [undefined] },
      { payload: '[1,,3]', value: [1, undefined, 3] },
      { payload: 'Object.create(null)', value: {} },
      { payload: '1e400', value: Number.POSITIVE_INFINITY },
      { payload: '2**53', value: 9007199254740992 },
      { payload: '5e-324', value: 5e-324 },
      { payload: 'true', value: true },
    ],
    script: `export default { on: { '@go': (text) => (0, eval)('(' + text + ')') } }`,
  },
  'payloads of every type': {
    script: `const kind = (v) => v === null ? 'null' : typeof v === 'object' ? Object.prototype.toString.call(v).slice(8, -1) + (Object.getPrototypeOf(v) === Object.prototype) : typeof v
export default { on: { '@go': (v) => [kind(v), v, v?.inner && kind(v.inner), v instanceof Object] } }`,
    calls: [
      { payload: undefined, value: ['undefined', undefined, undefined, false] },
      { payload: null, value: ['null', null, undefined, false] },
      { payload: { inner: new Date(7) }, value: ['Objecttrue', { inner: new Date(7) }, 'Datefalse', true] },
      { payload: { inner: new Map([[1, 2]]) }, value: ['Objecttrue', { inner: new Map([[1, 2]]) }, 'Mapfalse', true] },
      { payload: { inner: new Uint8Array([9]) }, value: ['Objecttrue', { inner: new Uint8Array([9]) }, 'Uint8Arrayfalse', true] },
      { payload: { inner: 5n }, value: ['Objecttrue', { inner: 5n }, 'bigint', true] },
      { payload: { inner: Number.NaN }, value: ['Objecttrue', { inner: Number.NaN }, Number.NaN, true] },
      { payload: [undefined, -0], value: ['Arrayfalse', [undefined, -0], undefined, true] },
      { payload: 'text', value: ['string', 'text', undefined, false] },
      { payload: '', value: ['string', '', undefined, false] },
      { payload: 0, value: ['number', 0, undefined, false] },
      { payload: false, value: ['boolean', false, undefined, false] },
    ],
  },
  'cycles stay cycles, both ways': {
    payload: ROUND,
    script: `export default { on: { '@go': (v) => { const o = { in: [v.self === v, v.list[1] === v.list] }; o.me = o; o.m = new Map([['o', o]]); o.s = new Set([o]); return o } } }`,
  },
  'shared references arrive': { body: `const s = { n: 1 }; return [s, s, { s }]`, value: [{ n: 1 }, { n: 1 }, { s: { n: 1 } }] },
  'keys that mean something elsewhere': {
    payload: JSON.parse('{"__proto__": {"x": 1}, "constructor": 2, "toString": 3, "then": 4, "toJSON": 5, "length": 6}'),
    script: `export default { on: { '@go': (v) => [Object.keys(v), v.x, Object.getPrototypeOf(v) === Object.prototype, v] } }`,
  },
  'keys of results that mean something elsewhere': {
    body: `return JSON.parse('{"__proto__": {"x": 1}, "constructor": 2, "toJSON": "t", "0": 1}')`,
  },
  'a function cannot cross': {
    body: `return { a: [1, { f() {} }] }`,
    status: 'exception',
    error: { code: 'RESULT_NOT_PLAIN', message: 'The result cannot leave the sandbox: value.a[1].f is a function. Return plain data.' },
  },
  'a symbol cannot cross': { body: `return [Symbol('s')]`, status: 'exception', error: { code: 'RESULT_NOT_PLAIN' } },
  'an instance of a class cannot cross': {
    body: `class A {} return { 'odd key': new A() }`,
    status: 'exception',
    error: { code: 'RESULT_NOT_PLAIN' },
  },
  'an error cannot cross': { body: `return new Error('as a result')`, status: 'exception', error: { code: 'RESULT_NOT_PLAIN' } },
  'other containers cannot cross': {
    script: `const all = [() => new WeakMap(), () => /x/, () => new Float64Array(1), () => new ArrayBuffer(1), () => new DataView(new ArrayBuffer(1)), () => [Promise.resolve(1)], () => new URL('http://h'), () => Object(1), () => [].values(), () => new (class extends Map {})(), () => new (class extends Array {})(), () => (function () { return arguments })(), () => globalThis, () => new Proxy({ a: 1 }, {}), () => new (class extends Date {})(0), () => new (class extends Uint8Array {})(1), () => Object.create({}), () => Object.create({ x: 1 }), () => JSON, () => new Map([[() => 1, 1]]), () => new Set([Symbol()]), () => Math]
export default { on: { '@go': (i) => all[i]() } }`,
    calls: Array.from({ length: 22 }, (_, payload) => ({ payload, status: CROSSING.has(payload) ? 'ok' : 'exception' })),
  },
  'a getter of a result that throws': {
    body: `return { a: 1, get b() { throw new RangeError('while read') } }`,
    status: 'exception',
    error: { name: 'RangeError', message: 'while read' },
  },
  'a getter of a result that returns': { body: `let n = 0; return { get b() { return ++n }, c: [{ get d() { return n } }] }` },
  'a proxy as a result, read once a key': {
    body: `const log = []; const p = new Proxy({ a: 1, b: [2] }, { get(t, k) { log.push(String(k)); return t[k] }, ownKeys(t) { log.push('keys'); return Reflect.ownKeys(t) }, getOwnPropertyDescriptor(t, k) { log.push('desc ' + String(k)); return Reflect.getOwnPropertyDescriptor(t, k) }, getPrototypeOf(t) { log.push('proto'); return Reflect.getPrototypeOf(t) }, has(t, k) { log.push('has ' + String(k)); return k in t } }); setTimeout(() => 1, 1); queueMicrotask(() => console.log(log.join())); return p`,
  },
  'a proxy that throws while it is read': {
    body: `return new Proxy({}, { ownKeys() { throw new TypeError('in ownKeys') } })`,
    status: 'exception',
    error: { message: 'in ownKeys' },
  },
  'toJSON is not asked': { body: `return { d: { toJSON: 5 }, x: 1 }`, value: { d: { toJSON: 5 }, x: 1 } },
  'toJSON that is a function cannot cross': {
    body: `return { toJSON() { return 'json' } }`,
    status: 'exception',
    error: { code: 'RESULT_NOT_PLAIN' },
  },
  'a patched toJSON does not speak': {
    body: `Object.prototype.toJSON = function () { return 'patched' }; Array.prototype.toJSON = () => 'patched'; try { return [{ a: 1 }, [2]] } finally { queueMicrotask(() => { delete Object.prototype.toJSON; delete Array.prototype.toJSON }) }`,
  },
  'thenables as results are awaited': {
    script: `export default { on: {
  '@sync': () => ({ then: (ok) => ok('then') }),
  '@async': async () => ({ then: (ok) => setTimeout(() => ok('later'), 1) }),
  '@rejects': () => ({ then: (_, no) => no(new Error('no')) }),
  '@throws': () => ({ then() { throw new Error('thrown') } }),
  '@getter': () => ({ get then() { throw new Error('getter') } }),
  '@never': () => ({ then() {} }),
  '@inside': () => ({ a: { then: 5 } }),
  '@nested': () => ({ then: (ok) => ok({ then: (ok2) => ok2('deep') }) }),
  '@function': () => Object.assign(() => 1, { then: (ok) => ok('callable') }),
  '@twice': () => ({ then(ok) { ok(1); ok(2); throw 3 } }),
} }`,
    calls: [
      { event: 'sync', value: 'then' },
      { event: 'async', value: 'later' },
      { event: 'rejects', status: 'exception', error: { message: 'no' } },
      { event: 'throws', status: 'exception', error: { message: 'thrown' } },
      { event: 'getter', status: 'exception', error: { message: 'getter' } },
      { event: 'never', status: 'wall_exceeded', error: { code: 'RUN_STALLED' } },
      { event: 'inside', value: JSON.parse('{"a":{"then":5}}') },
      { event: 'nested', value: 'deep' },
      { event: 'function', value: 'callable' },
      { event: 'twice', value: 1 },
    ],
  },
  'too large a result': { body: `return 'x'.repeat(300000)`, status: 'output_exceeded', error: { code: 'OUTPUT_EXCEEDED' } },
  'a result that grows without end when it is followed': {
    body: `let o = { a: 1 }; for (let i = 0; i < 40; i++) o = [o, o]; return o`,
    status: 'output_exceeded',
  },
  'a result exactly as large as the limit': {
    script: `export default { on: { '@go': (n) => 'x'.repeat(n) } }`,
    policy: { limits: { output: '1KiB' } },
    calls: [
      { payload: 1022, value: 'x'.repeat(1022) },
      { payload: 1023, status: 'output_exceeded' },
    ],
  },
  'too deep a result': { body: `let o = {}; for (let i = 0; i < 3000; i++) o = { o }; return o`, status: 'output_exceeded' },
  'a wide result': {
    body: `return [Array.from({ length: 3000 }, (_, i) => i), Object.fromEntries(Array.from({ length: 500 }, (_, i) => ['k' + i, { i }]))]`,
  },
  'text of every kind': {
    body: String.raw`return ['\u0000', '\ud800', '\udc00x', '\u2028\u2029', '"\\/', '\x7f\x80', '😀', 'X', 'E{', 'P', 'N[', '\n', 'x\ny', '\ufeff', '\uffff']`,
    value: [
      '\u0000',
      '\ud800',
      '\udc00x',
      '\u2028\u2029',
      '"\\/',
      '\u007f\u0080',
      '😀',
      'X',
      'E{',
      'P',
      'N[',
      '\n',
      'x\ny',
      '\ufeff',
      '\uffff',
    ],
  },
  'results that are single odd texts': {
    script: `export default { on: { '@go': (text) => text } }`,
    calls: ['E', 'S', 'N', 'O', 'P', 'X', 'X[]', '\n', '\ud800', '\u0000'].map((payload) => ({ payload, value: payload })),
  },
  'numbers of every size': {
    body: `return [1e21, 1e-7, 123456789.123456789, 2 ** 53 - 1, -(2 ** 53), 5e-324, 1.7976931348623157e308, 0.1 + 0.2, 1 / 3, 100, -1e-10, 4294967295, 2147483648]`,
    value: [
      1e21,
      1e-7,
      123456789.12345679,
      9007199254740991,
      -9007199254740992,
      5e-324,
      1.7976931348623157e308,
      0.30000000000000004,
      1 / 3,
      100,
      -1e-10,
      4294967295,
      2147483648,
    ],
  },
  'host calls: arguments and answers of every type': {
    body: `const v = { u: undefined, z: -0, nan: NaN, big: 2n ** 65n, d: new Date(9), m: new Map([[1, { a: [undefined] }]]), s: new Set(['x']), b: new Uint8Array([7, 0]), nul: null, t: 'ü\\u0000' }; const o = { v }; o.o = o; const back = await ctx.host.echo(o); return [back, back.o === back, back !== o, back.v.d instanceof Date, back.v.m.get(1).a.length, await ctx.host.echo(undefined), await ctx.host.echo(null), await ctx.host.echo(-0), await ctx.host.kind(new Map()), await ctx.host.kind(new Date(0)), await ctx.host.kind(5n), await ctx.host.kind(new Uint8Array(1)), await ctx.host.kind([1])]`,
    hostCalls: 9,
  },
}
