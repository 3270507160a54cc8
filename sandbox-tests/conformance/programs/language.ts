// The language itself: destructuring, scopes, closures, operators, control flow, order of evaluation.
import type { Programs } from '../program.ts'

/** See the head of the file. */
export const LANGUAGE: Programs = {
  'destructuring with defaults, rest and renaming': {
    body: `const { a = 1, b: { c = 2, ...d } = {}, ['e' + 1]: e = 3, ...f } = { b: { x: 1, y: 2 }, e1: undefined, g: 4, h: null }; const [p, , q = 5, [r] = [6], ...s] = [1, 2, undefined, undefined, 7, 8]; return [a, c, d, e, f, p, q, r, s]`,
    value: [1, 2, { x: 1, y: 2 }, 3, { g: 4, h: null }, 1, 5, 6, [7, 8]],
  },
  'destructuring evaluates in order': {
    body: `const log = []; const at = (n, v) => (log.push(n), v); const o = { get [at('k', 'x')]() { log.push('get'); return undefined } }; const target = {}; ({ [at('key', 'x')]: at('target', target)[at('prop', 'p')] = at('default', 9) } = at('source', o)); return [log, target]`,
    value: [['k', 'source', 'key', 'target', 'prop', 'get', 'default'], { p: 9 }],
  },
  'destructuring closes iterators': {
    body: `const log = []; const it = () => ({ [Symbol.iterator]() { let n = 0; return { next: () => (log.push('n'), { value: ++n, done: n > 3 }), return: () => (log.push('r'), {}) } } }); const [a, b] = it(); const [...all] = it(); const [] = it(); try { const [x = (() => { throw 1 })()] = { [Symbol.iterator]: () => ({ next: () => ({}), return: () => { log.push('R'); throw 2 } }) } } catch (e) { log.push(e) } return [a, b, all, log.join('')]`,
    value: [1, 2, [1, 2, 3], 'nnrnnnnrR1'],
  },
  'destructuring what is not there': {
    body: `const of = (f) => { try { return f() } catch (e) { return e.name } }; return [of(() => { const { a } = null }), of(() => { const { a } = undefined }), of(() => { const [a] = {} }), of(() => { const { length } = 'abc'; return length }), of(() => { const [a] = 'x'; return a }), of(() => { const {} = null }), of(() => { const [a] = null })]`,
    value: ['TypeError', 'TypeError', 'TypeError', 3, 'x', 'TypeError', 'TypeError'],
  },
  'swapping and nesting in assignments': {
    body: `let a = 1, b = 2; [a, b] = [b, a]; const o = { x: [1, { y: 2 }] }; let y; ({ x: [, { y }] } = o); const arr = []; [arr[2], arr['length'], ...arr[3]] = [1, 4, 2]; return [a, b, y, arr.length, arr[2]]`,
    value: [2, 1, 2, 4, 1],
    notInNode: 'the rest goes to arr[3] of a list that was shortened',
  },
  'default parameters have a scope of their own': {
    body: `let x = 1; const f = (a = x, g = () => a, h = () => x) => { var x = 2; return [a, g(), h(), x] }; const len = [((a, b = 1, c) => 0).length, ((...r) => 0).length, (({ a }, [b]) => 0).length]; const t = (a = (() => { throw new RangeError() })()) => a; let late; try { ((a = b, b) => a)() } catch (e) { late = e.name } return [f(), len, t(null), late, ((a, b = a * 2, ...c) => [a, b, c])(1, undefined, 3)]`,
    value: [[1, 1, 1, 2], [1, 0, 2], null, 'ReferenceError', [1, 2, [3]]],
  },
  'a parameter that defaults close over, assigned in the body': {
    body: `const f = (a, g = () => a) => { var x = 2; a = 3; return [a, g(), x] }; const plain = (a, g = () => a) => { a = 3; return [a, g()] }; return [f(1), plain(1)]`,
    differs: 'parameters',
    value: [
      [3, 3, 2],
      [3, 3],
    ],
  },
  'the temporal dead zone': {
    body: `const of = (f) => { try { return f() } catch (e) { return e.name } }; return [of(() => { x; let x = 1 }), of(() => { typeof y; const y = 1 }), of(() => { new A(); class A {} }), of(() => { const z = z + 1 }), of(() => { f(); function f() { return w } let w = 1 }), of(() => typeof undeclared), of(() => undeclared), of(() => { { g = 1; let g } })]`,
    value: [
      'ReferenceError',
      'ReferenceError',
      'ReferenceError',
      'ReferenceError',
      'ReferenceError',
      'undefined',
      'ReferenceError',
      'ReferenceError',
    ],
  },
  'constants cannot be assigned': {
    body: `const of = (f) => { try { return f() } catch (e) { return e.name } }; const c = 1, o = { a: 1 }; o.a = 2; return [of(() => (0, eval)('const c = 1; c = 2')), of(() => (0, eval)('const k = 1; k++')), of(() => (0, eval)('for (const i = 0; i < 2; i++);')), o.a, of(() => (0, eval)('(function f() { "use strict"; f = 1 })()')), of(() => (0, eval)('(function f() { f = 1; return typeof f })()'))]`,
    value: ['TypeError', 'TypeError', 'TypeError', 2, 'TypeError', 'function'],
  },
  'each turn of a loop has variables of its own': {
    body: `const a = [], b = [], c = []; for (let i = 0; i < 3; i++) { a.push(() => i); i += 0 } for (const k in { x: 1, y: 2 }) b.push(() => k); for (var v of [1, 2]) c.push(() => v); for (let i = 0, inc = () => i++; i < 2; inc(), i++) { if (a.length > 6) break; a.push(() => i) } return [a.map((f) => f()), b.map((f) => f()), c.map((f) => f())]`,
    value: [
      [0, 1, 2, 0, 1],
      ['x', 'y'],
      [2, 2],
    ],
  },
  hoisting: {
    body: `const r = [typeof f, typeof v, f()]; function f() { return g(); function g() { return 'inner' } } var v = 1; { function h() { return 1 } } r.push(typeof h); if (true) { function k() { return 2 } r.push(k()) } return r`,
    value: ['function', 'undefined', 'inner', 'undefined', 2],
  },
  labels: {
    body: `const out = []; outer: for (let i = 0; i < 3; i++) { inner: for (let j = 0; j < 3; j++) { if (j === 1) continue outer; if (i === 2) break outer; out.push([i, j]) } } block: { out.push('in'); if (out.length) break block; out.push('never') } a: b: for (;;) { break a } x: { try { break x } finally { out.push('finally') } } return out`,
    value: [[0, 0], [1, 0], 'in', 'finally'],
  },
  switch: {
    body: `const f = (x) => { const out = []; switch (x) { case 1: out.push(1); case 2: out.push(2); break; default: out.push('d'); case 3: { out.push(3) } case '4': let z = 4; out.push(z) } return out.join('') }; return [f(1), f(2), f(3), f(4), f('4'), f(NaN), (() => { switch (3) { case 0: default: return 'x'; case 3: return 'y' } })(), (() => { switch (NaN) { case NaN: return 1 } return 2 })()]`,
    value: ['12', '2', '34', 'd34', '4', 'd34', 'y', 2],
  },
  'finally has the last word': {
    body: `const a = () => { try { return 1 } finally { return 2 } }; const b = () => { try { throw 1 } catch { return 'c' } finally { } }; const c = () => { for (;;) { try { return 1 } finally { break } } return 3 }; const d = () => { let x = 1; try { return x } finally { x = 2 } }; const e = () => { try { try { throw 1 } finally { throw 2 } } catch (x) { return x } }; const log = []; const f = () => { for (const i of [1, 2]) { try { log.push(i); continue } finally { log.push('f') } } }; f(); return [a(), b(), c(), d(), e(), log]`,
    value: [2, 'c', 3, 1, 2, [1, 'f', 2, 'f']],
  },
  'catch binds patterns and shadows': {
    body: `const out = []; try { throw { a: 1, b: [2, 3] } } catch ({ a, b: [, c] }) { out.push(a, c) } try { throw 'x' } catch (e) { var e2 = e; { let e = 'inner'; out.push(e) } out.push(e, e2) } try { try { null.x } finally { out.push('f') } } catch (e) { out.push(e instanceof TypeError) } return out`,
    value: [1, 3, 'inner', 'x', 'x', 'f', true],
  },
  'short circuits and what they assign': {
    body: `let a = null, b = 0, c = 'c', n = 0; const side = () => ++n; a ??= 1; b ||= 2; c &&= 3; a ??= side(); b ||= side(); let z = 0; z &&= side(); const o = { get x() { n += 10; return 1 }, set x(v) { n += 100 } }; o.x ??= 5; o.x &&= 6; return [a, b, c, z, n, null ?? 'd', 0 ?? 'd', '' || 'd', undefined?.x ?? 'u', (null || undefined) ?? 'm', false ?? 1]`,
    value: [1, 2, 3, 0, 120, 'd', 0, 'd', 'u', 'm', false],
  },
  'optional chains': {
    body: `let n = 0; const o = { a: { b: () => 'called', self() { return this === o.a } }, z: null }; return [o?.a?.b?.(), o.x?.y.z.w, o.x?.[n++], n, o.z?.b(), o.a.c?.(n++), n, (o.a?.self)(), o.a?.self?.(), delete o?.z, delete o.q?.x, 'z' in o, null?.[0], o?.['a'].b?.call(null), (() => { try { o.a.b?.().c.d } catch (e) { return e.name } })()]`,
    value: ['called', undefined, undefined, 0, undefined, undefined, 0, true, true, true, true, false, undefined, 'called', 'TypeError'],
  },
  'order of evaluation': {
    body: `const log = []; const v = (n) => (log.push(n), n); const o = {}; const f = (...a) => a.length; v(1) + v(2) * v(3); f(v(4), ...[v(5)], v(6)); o[v(7)] = v(8); [v(9), { [v(10)]: v(11) }]; v(12) ? v(13) : v(14); (v(15), v(16)); let x = 1; const r = x + (x = 5) + x; const arr = [0, 0]; let i = 0; arr[i++] = i++; v(17) ** v(18); return [log, r, arr, i]`,
    value: [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 18], 11, [1, 0], 2],
  },
  'valueOf and toString in order': {
    body: `const log = []; const o = (n) => ({ valueOf() { log.push('v' + n); return n }, toString() { log.push('s' + n); return 't' + n } }); const a = o(1) + o(2); const b = String(o(3)); const c = o(4) < o(5); const d = o(6) == 6; const e = [o(7)] + ''; const k = { [o(8)]: 1 }; const p = { [Symbol.toPrimitive]: (h) => (log.push(h), h === 'number' ? 42 : 'x') }; return [a, b, c, d, e, k, +p, String(p), p + '', p * 2, log.join(' ')]`,
    value: [3, 't3', true, true, 't7', { t8: 1 }, 42, 'x', 'x', 84, 'v1 v2 s3 v4 v5 v6 s7 s8 number string default number'],
  },
  'primitives that are none are refused': {
    body: `const of = (f) => { try { return f() } catch (e) { return e.name } }; const bad = { valueOf: () => ({}), toString: () => ({}) }; const odd = { [Symbol.toPrimitive]: () => ({}) }; const none = Object.create(null); return [of(() => bad + 1), of(() => odd + 1), of(() => none + ''), of(() => \`\${none}\`), of(() => +{ [Symbol.toPrimitive]: 5 }), of(() => +{ [Symbol.toPrimitive]: undefined, valueOf: () => 7 })]`,
    value: ['TypeError', 'TypeError', 'TypeError', 'TypeError', 'TypeError', 7],
  },
  'comma, void, typeof, in, instanceof, delete': {
    body: `const o = { a: 1 }; class A { static [Symbol.hasInstance](x) { return x === 5 } } const of = (f) => { try { return f() } catch (e) { return e.name } }; return [(1, 2), void 0, [typeof null, typeof (() => 1), typeof Symbol(), typeof 1n, typeof class {}, typeof undefined], 'a' in o, delete o.a, 'a' in o, 5 instanceof A, [] instanceof Object, of(() => 1 in 'x'), of(() => ({}) instanceof {}), of(() => ({}) instanceof (() => 1)), Object.create(null) instanceof Object, of(() => delete Object.freeze({ q: 1 }).q)]`,
    value: [
      2,
      undefined,
      ['object', 'function', 'symbol', 'bigint', 'function', 'undefined'],
      true,
      true,
      false,
      true,
      true,
      'TypeError',
      'TypeError',
      'TypeError',
      false,
      'TypeError',
    ],
  },
  'for in: order, inheritance, changes on the way': {
    body: `const proto = { p: 1, b: 'hidden' }; const o = Object.create(proto, { h: { value: 1 } }); o.b = 1; o[10] = 1; o[2] = 1; o.a = 1; o[Symbol()] = 1; o['-1'] = 1; const keys = []; for (const k in o) { keys.push(k); if (k === '2') { delete o.a; o.late = 1 } } const s = []; for (const k in 'ab') s.push(k); for (const k in null) s.push('never'); for (const k in [7, 8]) s.push(typeof k + k); return [keys, s]`,
    value: [
      ['2', '10', 'b', '-1', 'p'],
      ['0', '1', 'string0', 'string1'],
    ],
  },
  'sloppy code': {
    body: `return [(0, eval)('(function () { return this === globalThis })()'), new Function('a', 'arguments[0] = 9; return a')(1), new Function('a', '"use strict"; arguments[0] = 9; return a')(1), (0, eval)('with ({ wx: 5 }) wx'), (0, eval)('var q = 010; q'), new Function('return typeof arguments.callee')(), (function () { return this })() === undefined, (() => { try { return new Function('"use strict"; undeclaredSloppy = 1')() } catch (e) { return e.name } })(), new Function('sl = 1; var r = delete globalThis.sl; return r')()]`,
    value: [true, 9, 1, 5, 8, 'function', true, 'ReferenceError', true],
  },
  'eval has its own variables': {
    body: `const x = 'outer'; const r = [(0, eval)('typeof x'), (0, eval)('1;{2;}'), (0, eval)('var leaked = 5; leaked'), globalThis.leaked, (0, eval)('let hidden = 1; hidden'), typeof hidden, (0, eval)({ a: 1 }).a, (() => { try { (0, eval)('}') } catch (e) { return e.name } })(), (0, eval)(''), (0, eval)('if (0) 1'), (0, eval)('do { 3; continue; } while (0)'), (0, eval)('({}).x')]; delete globalThis.leaked; return r`,
    value: ['undefined', 2, 5, 5, 1, 'undefined', 1, 'SyntaxError', undefined, undefined, 3, undefined],
  },
  arguments: {
    body: `function f(a) { arguments[0] = 9; return [a, arguments.length, [...arguments], Object.prototype.toString.call(arguments), typeof arguments[Symbol.iterator]] } const g = function () { return (() => arguments[0])() }; function h(a, b = 2) { return [arguments.length, h.length] } return [f(1, 2), g('outer'), h(1), (function () { try { return arguments.callee } catch (e) { return e.name } })()]`,
    value: [[1, 2, [9, 2], '[object Arguments]', 'function'], 'outer', [1, 1], 'TypeError'],
  },
  'closures and recursion': {
    body: `const counter = () => { let n = 0; return { up: () => ++n, get n() { return n } } }; const a = counter(), b = counter(); a.up(); a.up(); b.up(); const fib = (n, m = new Map()) => n < 2 ? n : m.get(n) ?? (m.set(n, fib(n - 1, m) + fib(n - 2, m)), m.get(n)); const y = (f) => ((x) => x(x))((x) => f((v) => x(x)(v))); const ack = (m, n) => m === 0 ? n + 1 : n === 0 ? ack(m - 1, 1) : ack(m - 1, ack(m, n - 1)); return [a.n, b.n, fib(70), y((f) => (n) => n ? n * f(n - 1) : 1)(10), ack(2, 3)]`,
    value: [2, 1, 190392490709135, 3628800, 9],
  },
  'names of functions': {
    body: `const s = Symbol('sym'), t = Symbol(); const o = { a() {}, b: () => 1, [s]: () => 1, [t]() {}, get g() { return 1 }, ['c' + 1]: function () {}, async d() {}, *e() {} }; let f = function () {}; const { x = () => 1 } = {}; f = f || null; class K { static m() {} #p() {} static n() { return new K().#p.name } } const d = (n) => Object.getOwnPropertyDescriptor(o, n); return [o.a.name, o.b.name, o[s].name, o[t].name, d('g').get.name, o.c1.name, o.d.name, o.e.name, f.name, x.name, (() => {}).name, (class {}).name, K.m.name, K.n(), (function () {}).bind().name, o.a.bind().name, new Function().name, (class { static name = 'own' }).name, Symbol.prototype[Symbol.toPrimitive].name]`,
    value: [
      'a',
      'b',
      '[sym]',
      '',
      'get g',
      'c1',
      'd',
      'e',
      'f',
      'x',
      '',
      '',
      'm',
      '#p',
      'bound ',
      'bound a',
      'anonymous',
      'own',
      '[Symbol.toPrimitive]',
    ],
  },
  'bind, call and apply': {
    body: `'use strict'; function f(...a) { return [this, ...a] } const b = f.bind('t', 1); class P { constructor(...a) { this.a = a } } const B = P.bind(null, 1, 2); return [f.call(null, 1), f.apply(undefined, [1, 2]), f.apply(5, { length: 2, 0: 'x' }), b(2), b.call('other', 3), new B(3).a, new B() instanceof P, b.length, Object.hasOwn(b, 'prototype'), f.call.call((x) => x, null, 7), Function.prototype.call.bind(Array.prototype.slice)([1, 2, 3], 1), Math.max.apply(null, new Uint8Array([1, 9, 3]))]`,
    value: [[null, 1], [undefined, 1, 2], [5, 'x', undefined], ['t', 1, 2], ['t', 1, 3], [1, 2, 3], true, 0, false, 7, [2, 3], 9],
  },
  'new.target and constructors without new': {
    body: `function F() { return new.target === F } function G() { this.t = new.target?.name } class C { constructor() { this.t = new.target.name } } class D extends C {} const of = (f) => { try { return f() } catch (e) { return e.name } }; return [F(), new F() instanceof F, Reflect.construct(G, [], C).t, new D().t, of(() => C()), of(() => new (() => 1)()), of(() => new ({ m() {} }).m()), of(() => new Math.max()), of(() => new (async () => 1)()), (() => { function H() { return { own: 1 } } return new H().own })(), (() => { function H() { this.a = 1; return 5 } return new H().a })()]`,
    value: [false, true, 'C', 'D', 'TypeError', 'TypeError', 'TypeError', 'TypeError', 'TypeError', 1, 1],
  },
  'automatic semicolons': {
    body: `const f = () => {
  return
  1
}
let a = 1
let b = a
++a
const c = [1, 2]
;[a, b] = [b, a]
const d = a
+ b
let i = 0; do i++; while (i < 3) const e = i
return [f(), a, b, c, d, e]`,
    value: [undefined, 1, 2, [1, 2], 3, 3],
  },
  'names in many scripts, and escapes in them': {
    body: String.raw`const ünï = 1, 变量 = 2, $ = 3, _ = 4, \u0061b = 5, ಠ_ಠ = 6, 𝒳 = 7; const o = { 'a-b': 1, 3: 2, await: 3, if: 4, get: 5, async: 6, of: 7, yield: 8, \u{63}: 9 }; const { if: cond } = o; const async = 1, of = 2, get = 3; return [ünï, 变量, $, _, ab, ಠ_ಠ, 𝒳, o, cond, async + of + get]`,
    value: [1, 2, 3, 4, 5, 6, 7, { 3: 2, 'a-b': 1, await: 3, if: 4, get: 5, async: 6, of: 7, yield: 8, c: 9 }, 4, 6],
  },
  'comments of every kind': {
    body: `/* a */ const a = 1 // b
/* multi
line */ const b = /* inner */ 2; // https://example.com/*
//# nothing
return [a, b /* c */, '/* not a comment */', /\\/\\*/.source, a // d
+ b]`,
    value: [1, 2, '/* not a comment */', '\\/\\*', 3],
  },
  spread: {
    body: `const it = { *[Symbol.iterator]() { yield 1; yield 2 } }; const of = (f) => { try { return f() } catch (e) { return e.name } }; const o = { get g() { return 'got' }, [Symbol.for('s')]: 1, a: 1 }; return [[...it, ...'ab', ...new Set([1, 1]), ...new Map([[1, 2]])], Math.max(...it, ...[3]), { a: 0, ...o, a: 2 }.a, { ...o }.g, Object.getOwnPropertyDescriptor({ ...o }, 'g').get, Object.getOwnPropertySymbols({ ...o }).length, of(() => [...null]), of(() => [...5]), { ...null }, [...[, 1]], of(() => Math.max(...undefined))]`,
    value: [[1, 2, 'a', 'b', 1, [1, 2]], 3, 2, 'got', undefined, 1, 'TypeError', 'TypeError', {}, [undefined, 1], 'TypeError'],
  },
  'explicit resource management, as TypeScript lowers it': {
    body: `const log = []; const r = (n) => ({ [Symbol.dispose ?? Symbol.for('Symbol.dispose')]() { log.push(n) } }); try { { using a = r('a'); using b = r('b'); using n = null; log.push('body') } } catch (e) { log.push(e.name) } return log`,
    notInNode: 'whether there is Symbol.dispose is the realm’s affair',
  },
  'regular expression or division': {
    body: `let a = 8, g = 2, i = 1; const x = a / 2 / g; const y = a++ / 2; const z = [/=/.test('='), /[/]/.test('/')]; if (x) /b/.test('b'); const f = () => ({}) / 1; return [x, y, z, Number.isNaN(f()), a /g/ i]`,
    value: [2, 4, [true, true], true, 4.5],
  },
}
