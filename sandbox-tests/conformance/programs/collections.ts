// Map, Set, WeakMap, WeakSet, WeakRef, grouping.
import type { Programs } from '../program.ts'

/** See the head of the file. */
export const COLLECTIONS: Programs = {
  'Map: keys are told apart as Object.is does, but for zero': {
    body: `const m = new Map([[NaN, 'nan'], [0, 'zero'], ['0', 'text'], [null, 'n'], [undefined, 'u']]); m.set(-0, 'minus'); const o = {}; m.set(o, 'o'); return [m.get(NaN), m.get(-0), m.get(0), m.get('0'), m.get(null), m.get(), m.get(o), m.get({}), m.size, Object.is([...m.keys()][1], 0), m.has(NaN), m.delete(NaN), m.delete(NaN), m.size]`,
    value: ['nan', 'minus', 'minus', 'text', 'n', 'u', 'o', undefined, 6, true, true, true, false, 5],
  },
  'Map: order and changes while it is read': {
    body: `const m = new Map([['a', 1], ['b', 2], ['c', 3]]); const seen = []; m.forEach((v, k, all) => { seen.push(k); if (k === 'a' && v === 1) { all.delete('b'); all.set('d', 4); all.delete('a'); all.set('a', 9) } if (seen.length > 8) throw 'loops' }); const it = m.entries(); it.next(); m.clear(); m.set('z', 1); return [seen, it.next(), it.next(), [...m]]`,
    value: [['a', 'c', 'd', 'a'], { value: ['z', 1], done: false }, { value: undefined, done: true }, [['z', 1]]],
  },
  'Map: what the constructor takes': {
    body: `const of = (f) => { try { return f() } catch (e) { return e.name } }; class M extends Map { set(k, v) { return super.set(k, v + 1) } } return [new Map(null).size, new Map().size, new Map([['a', 1]].values()).get('a'), of(() => new Map([1])), of(() => new Map(5)), of(() => Map()), new M([['x', 1]]).get('x'), new Map(new Map([[1, 2]])).get(1), of(() => Map.prototype.get.call({}, 1)), of(() => Map.prototype.size), new Map([[1]]).get(1), Map.length, new Map([[1, 2]]).set(3, 4) instanceof Map]`,
    value: [0, 0, 1, 'TypeError', 'TypeError', 'TypeError', 2, 2, 'TypeError', 'TypeError', undefined, 0, true],
  },
  Set: {
    body: `const s = new Set([3, 1, 3, NaN, NaN, 0, -0]); const seen = []; s.forEach((v, k, all) => { seen.push(v === k || Number.isNaN(v)); if (v === 3) all.add('late') }); return [[...s], s.size, seen.length, s.has(NaN), s.add(5) === s, s.delete(3), s.delete(3), new Set('hello').size, [...new Set([1, 2]).entries()], new Set(null).size, (() => { try { new Set(5) } catch (e) { return e.name } })(), [...new Set(new Set([1]))]]`,
    value: [
      [3, 1, Number.NaN, 0, 'late'],
      5,
      5,
      true,
      true,
      true,
      false,
      4,
      [
        [1, 1],
        [2, 2],
      ],
      0,
      'TypeError',
      [1],
    ],
  },
  'Set: union and its kin': {
    body: `const a = new Set([1, 2, 3, 4]), b = new Set([3, 4, 5]); const like = { size: 2, has: (x) => x === 1, keys: () => [1, 9].values() }; const of = (f) => { try { return f() } catch (e) { return e.name } }; return [[...a.union(b)], [...a.intersection(b)], [...a.difference(b)], [...a.symmetricDifference(b)], a.isSubsetOf(b), new Set([3]).isSubsetOf(b), a.isSupersetOf(new Set([1])), a.isDisjointFrom(new Set([9])), [...a.intersection(like)], [...a.union(like)], [...a.difference(like)], of(() => a.union([1])), of(() => a.union({ size: NaN, has() {}, keys() {} })), of(() => a.union({ size: 1, has: 1, keys() {} })), [...new Set([1]).union(new Map([[2, 'x']]))]]`,
    value: [
      [1, 2, 3, 4, 5],
      [3, 4],
      [1, 2],
      [1, 2, 5],
      false,
      true,
      true,
      true,
      [1],
      [1, 2, 3, 4, 9],
      [2, 3, 4],
      'TypeError',
      'TypeError',
      'TypeError',
      [1, 2],
    ],
  },
  'Set: order of results, which side is asked': {
    body: `const log = []; const like = (size) => ({ get size() { log.push('size'); return size }, has: (x) => { log.push('has ' + x); return x === 2 }, keys: () => (log.push('keys'), [2, 7].values()) }); const s = new Set([1, 2, 3]); const r = [[...s.intersection(like(9))], [...s.intersection(like(1))], s.isSupersetOf(like(1)), s.isSubsetOf(like(3)), [...new Set([3, 2, 1]).intersection(new Set([1, 2]))]]; return [r, log.join(' ')]`,
    value: [[[2], [2], false, false, [1, 2]], 'size has 1 has 2 has 3 size keys size keys size has 1'],
  },
  'Map.groupBy and Object.groupBy': {
    body: `const k = { k: 1 }; const m = Map.groupBy([1, 2, 3], (x, i) => (x > 1 ? k : i)); const of = (f) => { try { return f() } catch (e) { return e.name } }; return [m.get(k), m.get(0), m.size, Object.groupBy('abca', (c) => c), Map.groupBy([0, -0], (x) => x).size, of(() => Object.groupBy(5, () => 1)), of(() => Map.groupBy([], 5)), Object.keys(Object.groupBy([1, 2], (x) => ({ toString: () => 'g' + x })))]`,
    value: [[2, 3], [1], 2, { a: ['a', 'a'], b: ['b'], c: ['c'] }, 1, 'TypeError', 'TypeError', ['g1', 'g2']],
  },
  'WeakMap and WeakSet': {
    body: `const k = {}, f = () => 1, s = Symbol('ok'); const m = new WeakMap([[k, 1]]); const of = (f) => { try { return f() } catch (e) { return e.name } }; m.set(f, 2); return [m.get(k), m.get(f), m.has({}), m.delete(k), m.get(k), of(() => m.set('text', 1)), m.get(5), of(() => new WeakSet([1])), new WeakSet([k]).has(k), of(() => m.set(Symbol.for('reg'), 1)), of(() => m.set(s, 3).get(s)), m.size, of(() => [...m]), String(m), of(() => new WeakRef(1)), new WeakRef(k).deref() === k, of(() => new FinalizationRegistry()), new FinalizationRegistry(() => 1).register(k, 1)]`,
    value: [
      1,
      2,
      false,
      true,
      undefined,
      'TypeError',
      undefined,
      'TypeError',
      true,
      'TypeError',
      3,
      undefined,
      'TypeError',
      '[object WeakMap]',
      'TypeError',
      true,
      'TypeError',
      undefined,
    ],
  },
  'an LRU cache and a graph search': {
    body: `class LRU { #m = new Map(); constructor(n) { this.n = n } get(k) { const v = this.#m.get(k); if (v !== undefined) { this.#m.delete(k); this.#m.set(k, v) } return v } set(k, v) { this.#m.delete(k); this.#m.set(k, v); if (this.#m.size > this.n) this.#m.delete(this.#m.keys().next().value) } get keys() { return [...this.#m.keys()] } } const c = new LRU(2); c.set('a', 1); c.set('b', 2); c.get('a'); c.set('c', 3); const g = { A: ['B', 'C'], B: ['D'], C: ['D', 'E'], D: ['F'], E: ['F'], F: [] }; const bfs = (s) => { const seen = new Set([s]); for (const n of seen) for (const m of g[n]) seen.add(m); return [...seen].join('') }; return [c.keys, c.get('b'), bfs('A')]`,
    value: [['a', 'c'], undefined, 'ABCDEF'],
  },
  'many keys': {
    body: `const m = new Map(), s = new Set(); for (let i = 0; i < 5000; i++) { m.set('k' + (i * 7919) % 5003, i); s.add((i * i) % 997) } for (let i = 0; i < 2500; i++) m.delete('k' + i); let sum = 0; for (const [k, v] of m) sum = (sum * 31 + v) % 1000003; return [m.size, s.size, sum, [...m.keys()].slice(0, 3)]`,
    value: [2502, 499, 167683, ['k2916', 'k3745', 'k4574']],
  },
}
