// Promises, async functions, the order of microtasks.
import type { Programs } from '../program.ts'

/** See the head of the file. */
export const PROMISES: Programs = {
  'microtasks run in order of their making': {
    body: `const log = []; queueMicrotask(() => log.push('q1')); Promise.resolve().then(() => log.push('p1')).then(() => log.push('p2')); queueMicrotask(() => { log.push('q2'); queueMicrotask(() => log.push('q3')) }); (async () => { log.push('a0'); await null; log.push('a1'); await null; log.push('a2') })(); log.push('sync'); await null; log.push('m'); for (let i = 0; i < 5; i++) await null; return log.join(' ')`,
    value: 'a0 sync q1 p1 q2 a1 m p2 q3 a2',
  },
  'ticks of what is returned and awaited': {
    body: `const log = []; const at = (n) => (v) => { log.push(n); return v }; const p = Promise.resolve(); p.then(at(1)).then(at(2)).then(at(3)).then(at(4)).then(at(5)).then(at(6)); (async () => p)().then(at('async returns promise')); (async () => { return await p })().then(at('async awaits')); (async () => 1)().then(at('async value')); new Promise((r) => r(p)).then(at('resolved with promise')); p.then(() => p).then(at('then returns promise')); p.then(() => ({ then: (f) => f() })).then(at('then returns thenable')); (async () => ({ then: (f) => f() }))().then(at('async returns thenable')); for (let i = 0; i < 12; i++) await 0; return log`,
    value: [
      1,
      'async value',
      2,
      'async awaits',
      'async returns thenable',
      3,
      'async returns promise',
      'resolved with promise',
      'then returns thenable',
      4,
      'then returns promise',
      5,
      6,
    ],
  },
  'await of thenables, values and rejections': {
    body: `const of = async (f) => { try { return await f() } catch (e) { return 'caught ' + (e?.message ?? e) } }; let calls = 0; const lazy = { then(ok) { calls++; ok('thenable') } }; const nested = { then: (ok) => ok({ then: (ok2) => ok2('nested') }) }; return [await lazy, calls, await nested, await 5, await of(async () => { throw new Error('x') }), await of(() => Promise.reject('r')), await of(() => ({ then: (_, no) => no('n') })), await of(() => ({ then() { throw 't' } })), await of(() => ({ get then() { throw 'g' } })), await { then: 5 }.then, await of(() => ({ then(ok) { ok(1); throw 'late' } })), await Promise.resolve(lazy)]`,
    value: ['thenable', 1, 'nested', 5, 'caught x', 'caught r', 'caught n', 'caught t', 'caught g', 5, 1, 'thenable'],
  },
  'Promise.all, allSettled, race, any': {
    body: `const ok = (v) => Promise.resolve(v), no = (v) => Promise.reject(v); const of = async (p) => { try { return await p } catch (e) { return ['caught', e instanceof AggregateError ? [e.name, e.errors] : e] } }; return [await of(Promise.all([1, ok(2), { then: (f) => f(3) }])), await of(Promise.all([])), await of(Promise.all([no('a'), no('b')])), await of(Promise.allSettled([ok(1), no('x'), 2])), await of(Promise.race([ok('first'), ok('second')])), await of(Promise.race([no('bad'), ok(1)])), await of(Promise.any([no(1), ok('any'), no(2)])), await of(Promise.any([no(1), no(2)])), await of(Promise.any([])), await of(Promise.all(5).catch((e) => e.name)), await of(Promise.all('ab'))]`,
    value: [
      [1, 2, 3],
      [],
      ['caught', 'a'],
      [
        { status: 'fulfilled', value: 1 },
        { status: 'rejected', reason: 'x' },
        { status: 'fulfilled', value: 2 },
      ],
      'first',
      ['caught', 'bad'],
      'any',
      ['caught', ['AggregateError', [1, 2]]],
      ['caught', ['AggregateError', []]],
      'TypeError',
      ['a', 'b'],
    ],
  },
  'Promise.withResolvers and Promise.try': {
    body: `const w = Promise.withResolvers(); w.resolve(1); w.resolve(2); w.reject(3); const log = []; const p = Promise.try((a, b) => { log.push('ran'); return a + b }, 1, 2); log.push('after'); return [await w.promise, Object.keys(w), await p, log, await Promise.try(() => { throw new Error('t') }).catch((e) => e.message), await Promise.try(async () => 'async'), Promise.try.length]`,
    value: [1, ['promise', 'resolve', 'reject'], 3, ['ran', 'after'], 't', 'async', 1],
  },
  finally: {
    body: `const log = []; const a = await Promise.resolve(1).finally((...x) => { log.push(x.length); return 2 }); const b = await Promise.reject('r').finally(() => 3).catch((e) => e); const c = await Promise.resolve(1).finally(() => { throw 'f' }).catch((e) => e); const d = await Promise.resolve(1).finally(() => Promise.reject('p')).catch((e) => e); const e = await Promise.resolve(1).finally(5); return [a, b, c, d, e, log]`,
    value: [1, 'r', 'f', 'p', 1, [0]],
  },
  'ticks of finally, catch and all': {
    body: `const log = []; const at = (n) => () => log.push(n); const p = Promise.resolve(); p.finally(() => {}).then(at('finally')); p.catch(() => {}).then(at('catch')); Promise.all([p, p]).then(at('all')); Promise.allSettled([p]).then(at('settled')); Promise.race([p]).then(at('race')); Promise.any([p]).then(at('any')); let q = p; for (let i = 1; i < 8; i++) q = q.then(at(i)); await q; return log`,
    value: [1, 'catch', 'all', 'settled', 'race', 'any', 2, 3, 'finally', 4, 5, 6, 7],
  },
  'resolving once, with itself, with thenables': {
    body: `let r; const self = new Promise((ok) => { r = ok }); r(self); let own; try { await self } catch (e) { own = e.name } const log = []; const p = new Promise((ok, no) => { ok({ then(f) { log.push('then called'); f('T') } }); no('never'); ok('never'); throw 'never' }); log.push('made'); return [own, await p, log, await new Promise((ok) => ok({ then: null })).then((v) => v.then), await new Promise((_, no) => no(Promise.resolve(1))).catch((e) => e instanceof Promise), await new Promise(() => { throw 'in executor' }).catch((e) => e)]`,
    value: ['TypeError', 'T', ['made', 'then called'], null, true, 'in executor'],
  },
  'what promises refuse': {
    body: `const of = (f) => { try { return f() } catch (e) { return e.name } }; return [of(() => Promise()), of(() => new Promise()), of(() => new Promise(5)), of(() => Promise.prototype.then.call(5)), of(() => Promise.resolve.call(5)), of(() => Promise.resolve.call(undefined, 1)), Object.prototype.toString.call(Promise.resolve()), Promise.resolve(1) === Promise.resolve(1), (() => { const p = Promise.resolve(1); return Promise.resolve(p) === p })(), Promise.length, Promise.all.length, Promise[Symbol.species] === Promise, of(() => queueMicrotask(5)), queueMicrotask(() => 1)]`,
    value: [
      'TypeError',
      'TypeError',
      'TypeError',
      'TypeError',
      'TypeError',
      'TypeError',
      '[object Promise]',
      false,
      true,
      1,
      1,
      true,
      'TypeError',
      undefined,
    ],
  },
  'then that is not a function, and chains of values': {
    body: `return [await Promise.resolve(1).then(5), await Promise.resolve(2).then(null, () => 'never'), await Promise.reject(3).then(() => 'never').catch((e) => e + 1), await Promise.reject(1).then(null).catch((e) => e), await Promise.resolve(1).then((x) => x + 1).then((x) => { throw x }).then(() => 'never', (e) => 'e' + e).then((x) => Promise.resolve(x + '!'))]`,
    value: [1, 2, 4, 1, 'e2!'],
  },
  'async functions: parameters, this, arrows, methods': {
    body: `const log = []; const of = async (f) => { try { return await f() } catch (e) { return e.name ?? e } }; async function p(a = (() => { throw new RangeError() })()) {} const r = p(); log.push(r instanceof Promise); const o = { n: 5, async m() { return (async () => this.n)() }, async *g() { yield this.n } }; const s = async function () { return this }; return [await of(() => r), await o.m(), (await o.g().next()).value, await s.call('t'), await (async (x) => x)(1), log, await of(async () => { await undefined.x }), (async () => {})() instanceof Promise, await of(async () => { for await (const x of 5); }), typeof (async () => 1).prototype]`,
    value: ['RangeError', 5, 5, 't', 1, [true], 'TypeError', true, 'TypeError', 'undefined'],
  },
  'await in every place': {
    body: `const v = (x) => Promise.resolve(x); const o = { [await v('k')]: await v(1), ...(await v({ s: 2 })) }; const [a = await v(3)] = []; let n = 1; n += await v(5); const f = async (x = 1) => x + (await v(1)); for (let i = await v(0); i < await v(2); i += await v(1)) n++; const t = \`\${await v('t')}\`; if (await v(true)) n++; switch (await v(2)) { case await v(2): n += 100 } try { throw await v('x') } catch (e) { n += e.length } finally { await v() } return [o, a, n, await f(), t, (await v([1, 2]))[await v(1)], await v(1) + await v(2), !await v(0), (await v({ m: () => 'm' })).m(), [...await v([7])], await await v(1), (await v(null)) ?? await v('d'), await v(1) ? await v('y') : await v('n')]`,
    value: [{ k: 1, s: 2 }, 3, 110, 2, 't', 2, 3, true, 'm', [7], 1, 'd', 'y'],
  },
  'a semaphore, a retry and a pipeline': {
    body: `const sem = (n) => { const q = []; let busy = 0; return async (f) => { if (busy >= n) await new Promise((r) => q.push(r)); busy++; try { return await f() } finally { busy--; q.shift()?.() } } }; let now = 0, most = 0; const s = sem(2); const work = (x) => s(async () => { most = Math.max(most, ++now); for (let i = 0; i < x; i++) await null; now--; return x * 2 }); const retry = async (f, n) => { for (let i = 1; ; i++) try { return await f(i) } catch (e) { if (i >= n) throw e } }; const out = await Promise.all([3, 1, 2, 5].map(work)); return [out, most, await retry(async (i) => { if (i < 3) throw i; return 'at ' + i }, 5), await retry(async (i) => { throw i }, 2).catch((e) => 'gave up ' + e), await [1, 2, 3].reduce(async (p, x) => (await p) + x, Promise.resolve(0))]`,
    value: [[6, 2, 4, 10], 2, 'at 3', 'gave up 2', 6],
  },
  'a subclass that counts its thens': {
    body: `let thens = 0; class P extends Promise { then(a, b) { thens++; return super.then(a, b) } } const p = P.resolve(1); await p; const q = p.then((x) => x + 1); const all = P.all([p]); return [thens > 0, q instanceof P, await q, all instanceof P, await P.race([p]), (async () => p)() instanceof P]`,
    value: [true, true, 2, true, 1, false],
  },
  'the number of thens that await asks a subclass for': {
    body: `let thens = 0; class P extends Promise { then(a, b) { thens++; return super.then(a, b) } } await P.resolve(1); const a = thens; await (async () => P.resolve(1))(); const b = thens; await Promise.all([P.resolve(1), P.resolve(2)]); return [a, b, thens]`,
    value: [1, 2, 4],
  },
  'a replaced then is not asked by await': {
    body: `const seen = []; const own = Promise.prototype.then; const p = Promise.resolve(1); Promise.prototype.then = function (...a) { seen.push('asked'); return own.apply(this, a) }; try { await p; await (async () => p)() } finally { Promise.prototype.then = own } return seen`,
    value: ['asked'],
  },
}
