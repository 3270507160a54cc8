// Iterators, generators, async generators, iterator helpers.
import type { Programs } from '../program.ts'

/** See the head of the file. */
export const ITERATION: Programs = {
  'generators: next, return, throw': {
    body: `const log = []; function* g(a) { try { const b = yield a; log.push(b); const c = yield b * 2; log.push(c) } catch (e) { log.push('c' + e); yield 'caught' } finally { log.push('f'); yield 'cleanup' } return 'end' } const i = g(1), j = g(2), k = g(3); return [i.next('ignored'), i.next(5), i.throw('T'), i.next(), i.next(), i.next(), j.next(), j.return('R'), j.next(), j.return('again'), k.return('unstarted'), k.next(), log]`,
    value: [
      { value: 1, done: false },
      { value: 10, done: false },
      { value: 'caught', done: false },
      { value: 'cleanup', done: false },
      { value: 'end', done: true },
      { value: undefined, done: true },
      { value: 2, done: false },
      { value: 'cleanup', done: false },
      { value: 'R', done: true },
      { value: 'again', done: true },
      { value: 'unstarted', done: true },
      { value: undefined, done: true },
      [5, 'cT', 'f', 'f'],
    ],
  },
  'generators: yield* delegates values, returns and throws': {
    body: `const log = []; function* inner() { try { const x = yield 'i1'; log.push(x); yield 'i2' } finally { log.push('inner closed') } return 'inner result' } function* outer() { const r = yield* inner(); log.push(r); yield* [7, 8]; return yield* 'a' } const o = outer(); const out = [o.next().value, o.next('sent').value, o.next().value, o.next().value, o.next().value, o.next()]; const p = outer(); p.next(); const closed = p.return('x'); const q = outer(); q.next(); let thrown; try { q.throw('y') } catch (e) { thrown = e } return [out, closed, thrown, log]`,
    value: [
      ['i1', 'i2', 7, 8, 'a', { value: undefined, done: true }],
      { value: 'x', done: true },
      'y',
      ['sent', 'inner closed', 'inner result', 'inner closed', 'inner closed'],
    ],
  },
  'generators: running already': {
    body: `let i; function* g() { try { i.next() } catch (e) { yield e.name } } i = g(); const of = (f) => { try { return f() } catch (e) { return e.name } }; function* t() {} return [i.next().value, of(() => new t()), Object.getPrototypeOf(i) === g.prototype, of(() => t.prototype.next.call({})), i[Symbol.iterator]() === i, String(i), Object.getOwnPropertyNames(t.prototype)]`,
    value: ['TypeError', 'TypeError', true, 'TypeError', true, '[object Generator]', []],
  },
  'generators: lazy pipelines': {
    body: `function* nat() { for (let i = 0; ; i++) yield i } function* map(f, it) { for (const x of it) yield f(x) } function* take(n, it) { if (n <= 0) return; for (const x of it) { yield x; if (--n === 0) return } } function* primes() { const found = []; for (const n of nat()) if (n > 1 && found.every((p) => n % p)) { found.push(n); yield n } } function* perms(a) { if (a.length < 2) { yield a; return } for (let i = 0; i < a.length; i++) for (const r of perms([...a.slice(0, i), ...a.slice(i + 1)])) yield [a[i], ...r] } return [[...take(5, map((x) => x * x, nat()))], [...take(10, primes())], [...perms('abc'.split(''))].map((p) => p.join(''))]`,
    value: [
      [0, 1, 4, 9, 16],
      [2, 3, 5, 7, 11, 13, 17, 19, 23, 29],
      ['abc', 'acb', 'bac', 'bca', 'cab', 'cba'],
    ],
  },
  'for of closes what it leaves': {
    body: `const log = []; const it = (n, ret) => ({ [Symbol.iterator]: () => ({ next: () => ({ value: 1, done: false }), return() { log.push(n); return ret } }) }); for (const x of it('break', {})) break; o: for (;;) { for (const x of it('outer', {})) break o } const f = () => { for (const x of it('return', {})) return x }; f(); try { for (const x of it('throw', {})) throw 'mine' } catch (e) { log.push(e) } try { for (const x of it('bad return', 5)) break } catch (e) { log.push(e.name) } try { for (const x of it('bad return, thrown', 5)) throw 'first' } catch (e) { log.push(e) } return log`,
    value: ['break', 'outer', 'return', 'throw', 'mine', 'bad return', 'TypeError', 'bad return, thrown', 'first'],
  },
  'what is no iterator is refused': {
    body: `const of = (f) => { try { return f() } catch (e) { return e.name } }; return [of(() => { for (const x of 5); }), of(() => { for (const x of {}); }), of(() => [...{ [Symbol.iterator]: 1 }]), of(() => [...{ [Symbol.iterator]: () => 5 }]), of(() => [...{ [Symbol.iterator]: () => ({ next: () => 5 }) }]), of(() => [...{ [Symbol.iterator]: () => ({}) }]), of(() => new Map([1])), of(() => { const [a] = { [Symbol.iterator]: () => ({ next: 5 }) } }), of(() => { for (const x of undefined); })]`,
    value: Array.from({ length: 9 }, () => 'TypeError'),
  },
  'async generators: order of requests': {
    body: `const log = []; async function* g() { try { log.push('start'); const a = yield 1; log.push(a); await null; yield Promise.resolve(2); yield 3 } finally { log.push('f') } } const i = g(); const all = [i.next(), i.next('x'), i.return('r'), i.next()]; log.push('asked'); const out = await Promise.all(all); return [out, log]`,
    value: [
      [
        { value: 1, done: false },
        { value: 2, done: false },
        { value: 'r', done: true },
        { value: undefined, done: true },
      ],
      ['start', 'asked', 'x', 'f'],
    ],
  },
  'async generators: errors': {
    body: `const out = []; async function* g() { yield 1; throw new Error('in g') } try { for await (const x of g()) out.push(x) } catch (e) { out.push(e.message) } async function* h() { try { yield 1 } catch (e) { yield 'c ' + e } } const i = h(); await i.next(); out.push((await i.throw('T')).value, (await i.next()).done); async function* r() { yield Promise.reject(new Error('rejected')) } const k = r(); try { await k.next() } catch (e) { out.push(e.message) } out.push((await k.next()).done); const j = h(); try { await j.throw('unstarted') } catch (e) { out.push(e) } return out`,
    value: [1, 'in g', 'c T', true, 'rejected', true, 'unstarted'],
  },
  'for await over promises and plain lists': {
    body: `const out = []; for await (const x of [1, Promise.resolve(2), { then: (f) => f(3) }]) out.push(x); try { for await (const x of [Promise.reject(new Error('no'))]) out.push('never') } catch (e) { out.push(e.message) } const closes = []; const src = { [Symbol.asyncIterator]: () => ({ next: async () => ({ value: 'v', done: false }), return: async () => (closes.push('closed'), {}) }) }; for await (const x of src) { out.push(x); break } const sync = { [Symbol.iterator]: () => ({ next: () => ({ value: Promise.resolve('s'), done: false }), return: () => (closes.push('sync closed'), {}) }) }; for await (const x of sync) { out.push(x); break } return [out, closes]`,
    value: [
      [1, 2, 3, 'no', 'v', 's'],
      ['closed', 'sync closed'],
    ],
  },
  'async generators: yield* over both kinds': {
    body: `async function* a() { yield 'a1'; return 'ra' } function* s() { yield 's1'; yield Promise.resolve('s2'); return 'rs' } async function* g() { const x = yield* a(); const y = yield* s(); yield [x, y]; yield* [Promise.resolve(9)] } const out = []; for await (const v of g()) out.push(v); return out`,
    value: ['a1', 's1', 's2', ['ra', 'rs'], 9],
  },
  'ticks of async generators and for await': {
    body: `const log = []; const tick = async (n) => { for (let i = 0; i < n; i++) { await 0; log.push(i) } }; async function* g() { yield 'a'; yield 'b' } const run = async () => { for await (const x of g()) log.push(x); log.push('end') }; await Promise.all([tick(9), run()]); return log.join(' ')`,
    value: '0 1 a 2 3 b 4 end 5 6 7 8',
  },
  'iterator helpers: map, filter, take, drop, flatMap': {
    body: `function* n() { let i = 0; while (true) yield i++ } const h = n().filter((x) => x % 2).map((x, i) => x * 10 + i).drop(1).take(3); return [h.toArray(), [1, 2].values().flatMap((x) => [x, [x]]).toArray(), ['a', 'b'].values().flatMap((s) => new Set([s])).toArray(), n().take(0).toArray(), [1, 2].values().drop(5).toArray(), [...'abc'[Symbol.iterator]().map((c) => c + c)], [...new Map([[1, 2]]).entries().map(([k, v]) => k + v)]]`,
    value: [[31, 52, 73], [1, [1], 2, [2]], ['a', 'b'], [], [], ['aa', 'bb', 'cc'], [3]],
  },
  'iterator helpers: reduce, forEach, some, every, find': {
    body: `const v = () => [1, 2, 3].values(); const seen = []; v().forEach((x, i) => seen.push([x, i])); const of = (f) => { try { return f() } catch (e) { return e.name } }; return [v().reduce((a, b) => a + b), v().reduce((a, b) => a + b, 'x'), v().some((x) => x > 2), v().every((x) => x > 2), v().find((x) => x > 1), v().find((x) => x > 9), seen, of(() => [].values().reduce((a) => a)), v().toArray()]`,
    value: [
      6,
      'x123',
      true,
      false,
      2,
      undefined,
      [
        [1, 0],
        [2, 1],
        [3, 2],
      ],
      'TypeError',
      [1, 2, 3],
    ],
  },
  'iterator helpers close their source': {
    body: `const log = []; const src = () => { let n = 0; return { __proto__: Iterator.prototype, next: () => ({ value: ++n, done: false }), return: () => (log.push('closed ' + n), {}) } }; src().take(2).toArray(); src().find((x) => x === 3); const m = src().map((x) => x); m.next(); m.return(); try { src().forEach(() => { throw 'stop' }) } catch (e) { log.push(e) } const [a] = src().filter(() => true); src().some((x) => x === 1); return [log, a]`,
    value: [['closed 2', 'closed 3', 'closed 1', 'closed 1', 'stop', 'closed 1', 'closed 1'], 1],
  },
  'iterator helpers close their source when an argument is refused': {
    body: `const log = []; const src = () => ({ __proto__: Iterator.prototype, next: () => ({ value: 1, done: false }), return: () => (log.push('closed'), {}) }); const of = (f) => { try { return f() } catch (e) { return e.name } }; return [of(() => src().take(-1)), of(() => src().drop(NaN)), of(() => src().map(5)), of(() => src().find(null)), log.length]`,
    value: ['RangeError', 'RangeError', 'TypeError', 'TypeError', 4],
    notInNode: 'this version of V8 is older than that change of the specification',
  },
  'Iterator.from and Iterator itself': {
    body: `const of = (f) => { try { return f() } catch (e) { return e.name } }; const w = Iterator.from({ next: () => ({ value: 1, done: false }), x: 1 }); class Mine extends Iterator { n = 0; next() { return { value: this.n, done: this.n++ > 2 } } } return [w.take(2).toArray(), 'x' in w, Iterator.from([5]).next().value, Iterator.from('ab').toArray(), of(() => new Iterator()), of(() => Iterator()), new Mine().map((x) => x * 2).toArray(), [].values() instanceof Iterator, of(() => Iterator.from(5)), Iterator.prototype[Symbol.toStringTag], String([].values().map((x) => x))]`,
    value: [[1, 1], false, 5, ['a', 'b'], 'TypeError', 'TypeError', [0, 2, 4], true, 'TypeError', 'Iterator', '[object Iterator Helper]'],
  },
  'built-in iterators': {
    body: `const str = (x) => Object.prototype.toString.call(x); const a = [1, , 3]; const it = a.entries(); it.next(); a.push(4); const m = new Map([[1, 'a'], [2, 'b']]); const seen = []; for (const [k] of m) { seen.push(k); if (k === 1) { m.delete(2); m.set(3, 'c') } } return [[...it], [...a.keys()], str(a.values()), str(m.keys()), str(new Set().values()), seen, [...new Set([1, 2]).entries()], Array.prototype[Symbol.iterator] === Array.prototype.values, Map.prototype[Symbol.iterator] === Map.prototype.entries, Set.prototype.keys === Set.prototype.values]`,
    value: [
      [
        [1, undefined],
        [2, 3],
        [3, 4],
      ],
      [0, 1, 2, 3],
      '[object Array Iterator]',
      '[object Map Iterator]',
      '[object Set Iterator]',
      [1, 3],
      [
        [1, 1],
        [2, 2],
      ],
      true,
      true,
      true,
    ],
  },
  'an iterator over an array that grows and shrinks': {
    body: `const a = [1, 2, 3]; const out = []; for (const x of a) { out.push(x); if (x < 3) a.push(x * 10) } const b = [1, 2, 3, 4]; for (const x of b) { out.push(x); b.length = 2 } const it = [1].values(); it.next(); it.next(); const done = it.next(); const c = [1]; const ci = c.values(); [...ci]; c.push(2); return [out, done, ci.next()]`,
    value: [[1, 2, 3, 10, 20, 1, 2], { value: undefined, done: true }, { value: undefined, done: true }],
  },
}
