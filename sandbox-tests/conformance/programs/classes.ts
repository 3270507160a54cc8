// Classes: fields, private names, accessors, inheritance, statics, symbols, mixins.
import type { Programs } from '../program.ts'

/** See the head of the file. */
export const CLASSES: Programs = {
  'fields are set in order, before the rest of the constructor': {
    body: `const log = []; const at = (n) => (log.push(n), n); class A { [at('key')] = at('field a'); static [at('skey')] = at('static'); b = at('field b'); constructor() { at('A body') } static { at('block') } } class B extends A { c = at('field c'); constructor() { at('B before'); super(); at('B body') } } new B(); return log`,
    value: ['key', 'skey', 'static', 'block', 'B before', 'field a', 'field b', 'A body', 'field c', 'B body'],
  },
  'private fields, methods, accessors and statics': {
    body: `class A { #x = 1; static #count = 0; get #v() { return this.#x * 2 } set #v(n) { this.#x = n } #m(n) { return this.#v + n } static #s() { return ++A.#count } go() { this.#v = 5; A.#s(); return [this.#m(1), A.#count, #x in this, #x in {}] } static has(o) { return #m in o } } const a = new A(); return [a.go(), A.has(a), A.has({}), Object.keys(a), JSON.stringify(a), 'x' in a]`,
    value: [[11, 1, true, false], true, false, [], '{}', false],
  },
  'private names of another class are refused': {
    body: `const of = (f) => { try { return f() } catch (e) { return e.name } }; class A { #x = 1; static get(o) { return o.#x } static set(o) { o.#x = 2 } static in(o) { return #x in o } #m() {} static m(o) { o.#m = 1 } get #r() { return 1 } static r(o) { o.#r = 1 } } const p = new Proxy(new A(), {}); return [of(() => A.get({})), of(() => A.set({})), of(() => A.in(5)), of(() => A.get(p)), of(() => A.m(new A())), of(() => A.r(new A())), A.get(new A()), of(() => A.get(null)), of(() => (0, eval)('class Z { m() { this.#q } }'))]`,
    value: ['TypeError', 'TypeError', 'TypeError', 'TypeError', 'TypeError', 'TypeError', 1, 'TypeError', 'SyntaxError'],
  },
  'private fields through a returned object': {
    body: `class Base { constructor(o) { return o } } class Stamp extends Base { #mark = 'stamped'; static read(o) { return o.#mark } } const o = {}; new Stamp(o); let twice; try { new Stamp(o) } catch (e) { twice = e.name } return [Stamp.read(o), o instanceof Stamp, Object.keys(o), twice]`,
    value: ['stamped', false, [], 'TypeError'],
  },
  'super in methods, statics, accessors and objects': {
    body: `class A { m() { return 'A.m' + this.n } static s() { return 'A.s' } get g() { return 'A.g' } n = 1 } class B extends A { n = 2; m() { return 'B>' + super.m() } static s() { return 'B>' + super.s() } get g() { return 'B>' + super.g } arrow = () => super.m() } const o = { __proto__: { hi() { return 'proto ' + this.name } }, name: 'o', hi() { return super.hi() + '!' } }; const b = new B(); class C extends A { set(v) { super.n = v; return this.n } } return [b.m(), B.s(), b.g, b.arrow(), o.hi(), new C().set(7)]`,
    value: ['B>A.m2', 'B>A.s', 'B>A.g', 'A.m2', 'proto o!', 7],
  },
  'this before super is refused': {
    body: `const of = (f) => { try { return f() } catch (e) { return e.name } }; class A {} return [of(() => new (class extends A { constructor() { this.x = 1; super() } })()), of(() => new (class extends A { constructor() {} })()), of(() => new (class extends A { constructor() { super(); super() } })()), of(() => new (class extends A { constructor() { return 1 } })()), of(() => new (class extends A { constructor() { return {} } })() instanceof A), of(() => new (class extends A { constructor() { (() => super())(); this.ok = 1 } })().ok)]`,
    value: ['ReferenceError', 'ReferenceError', 'ReferenceError', 'TypeError', false, 1],
  },
  'extending null and what is no constructor': {
    body: `const of = (f) => { try { return f() } catch (e) { return e.name } }; class N extends null { static s() { return 1 } } return [N.s(), Object.getPrototypeOf(N.prototype), Object.getPrototypeOf(N) === Function.prototype, of(() => new N()), of(() => class extends 5 {}), of(() => class extends (() => 1) {}), of(() => { function F() {} F.prototype = 5; return class extends F {} }), of(() => class extends undefined {})]`,
    value: [1, null, true, 'TypeError', 'TypeError', 'TypeError', 'TypeError', 'TypeError'],
  },
  'extending built-ins': {
    body: `class L extends Array { last() { return this.at(-1) } } class M extends Map { get(k) { return super.get(k) ?? 'none' } } class P extends Promise {} class E extends Error { constructor(m) { super(m); this.name = 'E' } } class F extends Function {} class U extends Uint8Array {} const l = L.from([1, 2, 3]); return [l.last(), l.map((x) => x * 2) instanceof L, l.filter(Boolean).last(), l.length, new L(3).length, new M([[1, 2]]).get(2), P.resolve(1) instanceof P, P.resolve(1).then(() => 1) instanceof P, String(new E('x')), new E('x') instanceof Error, new F('return 7')(), new U([1, 2]).subarray(1) instanceof U, Array.isArray(l), await P.all([1])]`,
    value: [3, true, 3, 3, 3, 'none', true, true, 'E: x', true, 7, true, true, [1]],
  },
  'Symbol.species': {
    body: `class A extends Array { static get [Symbol.species]() { return Array } } class P extends Promise { static get [Symbol.species]() { return Promise } } class B extends ArrayBuffer { static get [Symbol.species]() { return ArrayBuffer } } return [new A(1, 2).map((x) => x) instanceof A, new A(1, 2).concat([3]) instanceof A, P.resolve(1).then(() => 1) instanceof P, new B(8).slice(4) instanceof B, Array[Symbol.species] === Array, new A(1, 2).toSorted() instanceof A]`,
    value: [false, false, false, false, true, false],
  },
  'accessors, computed and inherited': {
    body: `const log = []; class A { get x() { return this._x ?? 'unset' } set x(v) { log.push(v); this._x = v } static get ['s' + 1]() { return 's1' } get only() { return 1 } set sink(v) {} } class B extends A { get x() { return 'B' + super.x } } const a = new A(), b = new B(); a.x = 5; const of = (f) => { try { return f() } catch (e) { return e.name } }; return [a.x, A.s1, of(() => { b.x = 1 }), b.x, of(() => { a.only = 2 }), a.sink, log, Object.keys(a), Object.getOwnPropertyNames(A.prototype)]`,
    value: [5, 's1', 'TypeError', 'Bunset', 'TypeError', undefined, [5], ['_x'], ['constructor', 'x', 'only', 'sink']],
  },
  'what a class is': {
    body: `class A { m() {} static s() {} f = 1 } const d = (o, k) => { const { writable, enumerable, configurable } = Object.getOwnPropertyDescriptor(o, k); return [writable, enumerable, configurable] }; return [typeof A, d(A, 'prototype'), d(A.prototype, 'm'), d(A, 's'), d(new A(), 'f'), d(A, 'name'), A.length, A.prototype.constructor === A, Object.getOwnPropertyNames(A), A.name, Object.hasOwn(A.prototype.m, 'prototype'), (class { static name() { return 1 } }).name()]`,
    value: [
      'function',
      [false, false, false],
      [true, false, true],
      [true, false, true],
      [true, true, true],
      [false, false, true],
      0,
      true,
      ['length', 'name', 'prototype', 's'],
      'A',
      false,
      1,
    ],
  },
  'names of a class inside itself': {
    body: `let A = class Inner { static self() { return Inner } static rename() { try { (0, eval)('(class Inner { static r() { Inner = 1 } })').r() } catch (e) { return e.name } } }; const B = A; A = null; return [B.self() === B, typeof Inner, B.rename(), (class { static n = this.name }).n, class {}.name]`,
    value: [true, 'undefined', 'TypeError', '', ''],
  },
  mixins: {
    body: `const Walks = (B) => class extends B { walk() { return this.name + ' walks' } }; const Swims = (B) => class Swims extends B { swim() { return super.walk?.() + ', swims' } }; class Animal { constructor(n) { this.name = n } } class Duck extends Swims(Walks(Animal)) { toString() { return 'Duck:' + this.name } } const d = new Duck('D'); return [d.walk(), d.swim(), String(d), d instanceof Animal, Object.getPrototypeOf(Duck).name]`,
    value: ['D walks', 'D walks, swims', 'Duck:D', true, 'Swims'],
  },
  'static blocks and private statics': {
    body: `let read; class A { static #secret = 1; static x; static { this.x = A.#secret + 1; read = (o) => o.#field; var local = 5; this.y = local } #field = 'f'; static z = this.x + 1 } return [A.x, A.y, A.z, read(new A()), typeof local]`,
    value: [2, 5, 3, 'f', 'undefined'],
  },
  'fields define, assignments set': {
    body: `const log = []; class A { set x(v) { log.push('set ' + v) } } class B extends A { x = 1 } class C extends A { constructor() { super(); this.x = 2 } } const b = new B(); new C(); class D { constructor() { return new Proxy(this, { defineProperty(t, k, d) { log.push('define ' + String(k)); return Reflect.defineProperty(t, k, d) } }) } } class E extends D { y = 3; ['z'] = 4 } new E(); return [log, b.x, Object.hasOwn(b, 'x')]`,
    value: [['set 2', 'define y', 'define z'], 1, true],
  },
  'methods of every kind': {
    body: `class A { async a() { return 'a' } *g() { yield* [1, 2] } async *ag() { yield 'ag' } static async s() { return 's' } static *sg() { yield 'sg' } 'str-name'() { return 1 } 42() { return 2 } [Symbol.iterator]() { return [7][Symbol.iterator]() } async() { return 'x' } get() { return 'y' } static static() { return 'z' } } const o = new A(); const ag = []; for await (const x of o.ag()) ag.push(x); return [await o.a(), [...o.g()], ag, await A.s(), [...A.sg()], o['str-name'](), o[42](), [...o], o.async(), o.get(), A.static()]`,
    value: ['a', [1, 2], ['ag'], 's', ['sg'], 1, 2, [7], 'x', 'y', 'z'],
  },
  'this of extracted methods': {
    body: `class A { m() { return this } arrow = () => this; static s() { return this } } const a = new A(); const { m, arrow } = a; const { s } = A; const o = { f() { return (() => this)() } }; const g = o.f; return [m(), arrow() === a, s(), g() === undefined, o.f() === o, (0, a.m)(), (a.m)() === a]`,
    value: [undefined, true, undefined, true, true, undefined, true],
  },
  'Symbol.toStringTag, toPrimitive, isConcatSpreadable, unscopables': {
    body: `class A { get [Symbol.toStringTag]() { return 'Mine' } [Symbol.toPrimitive](h) { return h } } const a = new A(); const sp = { length: 2, 0: 'x', 1: 'y', [Symbol.isConcatSpreadable]: true }; const off = [1, 2]; off[Symbol.isConcatSpreadable] = false; return [Object.prototype.toString.call(a), \`\${a}\`, a + '', +a, [].concat(sp), [].concat(off)[0] === off, Object.keys(Array.prototype[Symbol.unscopables]).includes('flat'), Object.prototype.toString.call(Object.assign(() => 1, { [Symbol.toStringTag]: 'F' })), [null, undefined, 1, 's', true, [], () => 1, new Date(0), /x/, new Error(), Symbol(), 1n, new Map(), Promise.resolve(), JSON, Math, (function* () {})(), new Proxy([], {})].map((x) => Object.prototype.toString.call(x).slice(8, -1)).join()]`,
    value: [
      '[object Mine]',
      'string',
      'default',
      Number.NaN,
      ['x', 'y'],
      true,
      true,
      '[object F]',
      'Null,Undefined,Number,String,Boolean,Array,Function,Date,RegExp,Error,Symbol,BigInt,Map,Promise,JSON,Math,Generator,Array',
    ],
  },
  'decorators, as TypeScript lowers them': {
    body: `const log = []; const dec = (v, c) => { log.push(c.kind + ' ' + String(c.name)); return c.kind === 'method' ? function (...a) { return 'wrapped ' + v.apply(this, a) } : c.kind === 'field' ? (init) => init + 1 : undefined }; @dec class A { @dec m(x) { return x } @dec f = 1; @dec static s() { return 's' } @dec get g() { return 'g' } } const a = new A(); return [a.m(1), a.f, A.s(), a.g, log]`,
    value: ['wrapped 1', 2, 'wrapped s', 'g', ['method s', 'method m', 'getter g', 'field f', 'class A']],
  },
}
