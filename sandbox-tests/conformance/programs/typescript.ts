// Whole scripts: TypeScript, JSX-free modules, shorthand handlers, and small programs of the kind that users write.
import type { Programs } from '../program.ts'

/** See the head of the file. */
export const TYPESCRIPT: Programs = {
  'types, enums, namespaces, parameter properties': {
    script: `enum Size { S = 1, M, L = S + 9 }
const enum Mode { On = 'on' }
namespace Geo { export const pi = 3; export function area(r: number) { return pi * r ** 2 } }
abstract class Shape<T extends string = string> { constructor(protected readonly name: T, private n?: number) {} abstract area(): number; toString(): T | string { return this.name + this.area() } }
class Circle extends Shape<'c'> { declare extra: number; accessor r = 2; override area() { return Geo.area(this.r) } static { (this as any).made = true } }
type Deep<T> = { readonly [K in keyof T]?: Deep<T[K]> }
interface Order { id: number; lines: readonly [string, number][] }
function total(this: void, order: Order): number; function total(order: any) { return order.lines.reduce((n: number, [, q]: [string, number]) => n + q, 0) }
const isOrder = (x: unknown): x is Order => typeof x === 'object' && x !== null && 'lines' in x
export default { on: { '@go': (n: number) => { const o = { id: n, lines: [['a', 2], ['b', 3]] } satisfies { id: number; lines: unknown } as unknown as Order; const c = new Circle('c'); return [Size[2], Size.L, Mode.On, String(c), (Circle as any).made, total(o), isOrder(o), o!.lines![0]![0], <number>n, 'extra' in c, c.r++, c.r] } } }`,
    value: ['M', 10, 'on', 'c12', true, 5, true, 'a', 7, false, 2, 3],
  },
  defineScript: {
    script: `import { defineScript } from 'vivarium/script'\nexport default defineScript({ name: 'Named', needs: { host: true }, on: { '@go': { priority: 5, run: async (n, ctx) => [n, await ctx.host.echo(1), ctx.event.endsWith('go')] } } })`,
    value: [7, 1, true],
  },
  'handlers keep their object': {
    script: `const on = { '@go'(n) { return [this === on, this.helper(n)] }, helper: (n) => n * 2 }\nclass Handlers { get factor() { return 3 } run(n) { return n * this.factor } }\nexport default { on: { ...on, '@go': on['@go'], '@cls': Object.setPrototypeOf({ run: Handlers.prototype.run }, Handlers.prototype) } }`,
    calls: [
      { payload: 1, value: [false, 2] },
      { event: 'cls', payload: 2, value: 6 },
    ],
  },
  'imports of JSON-like constants, default and named, circular by hand': {
    script: `const table = Object.freeze({ de: 0.19, fr: 0.2 } as const)
export const rate = (c: keyof typeof table) => table[c] ?? 0
export { rate as again }
const price = (net: number, c: string) => Math.round(net * (1 + rate(c as 'de')) * 100) / 100
export default { on: { '@go': (o: { net: number; c: string }[]) => o.map(({ net, c }) => price(net, c)) } }`,
    payload: [
      { net: 10, c: 'de' },
      { net: 19.99, c: 'fr' },
      { net: 5, c: 'xx' },
    ],
    value: [11.9, 23.99, 5],
  },
  'a template language': {
    script: `const render = (t, d) => t.replace(/\\{\\{\\s*(#each|\\/each|[\\w.]+)(?:\\s+(\\w+))?\\s*\\}\\}/g, (m, k) => k.split('.').reduce((o, p) => o?.[p], d) ?? m)
const each = (t, d) => t.replace(/\\{\\{#each (\\w+)\\}\\}([^]*?)\\{\\{\\/each\\}\\}/g, (_, k, body) => (d[k] ?? []).map((x, i) => render(body, { ...d, this: x, index: i + 1 })).join(''))
export default { on: { '@go': (d) => render(each('Dear {{user.name}},{{#each items}} {{index}}. {{this.t}}{{/each}} {{nope}}', d), d) } }`,
    payload: { user: { name: 'Ünal' }, items: [{ t: 'a' }, { t: 'b' }] },
    value: 'Dear Ünal, 1. a 2. b {{nope}}',
  },
  'a parser and an evaluator': {
    script: `const parse = (src) => { let i = 0; const ws = () => { while (src[i] === ' ') i++ }; const atom = () => { ws(); if (src[i] === '(') { i++; const e = sum(); ws(); if (src[i++] !== ')') throw new SyntaxError('expected ) at ' + i); return e } const m = /^-?\\d+(\\.\\d+)?/.exec(src.slice(i)); if (!m) throw new SyntaxError('unexpected ' + (src[i] ?? 'end') + ' at ' + i); i += m[0].length; return Number(m[0]) }; const term = () => { let l = atom(); for (ws(); src[i] === '*' || src[i] === '/'; ws()) l = [src[i++], l, atom()]; return l }; const sum = () => { let l = term(); for (ws(); src[i] === '+' || src[i] === '-'; ws()) l = [src[i++], l, term()]; return l }; const e = sum(); ws(); if (i < src.length) throw new SyntaxError('unexpected ' + src[i] + ' at ' + i); return e }
const ops = { '+': (a, b) => a + b, '-': (a, b) => a - b, '*': (a, b) => a * b, '/': (a, b) => a / b }
const run = (e) => (Array.isArray(e) ? ops[e[0]](run(e[1]), run(e[2])) : e)
export default { on: { '@go': (src) => run(parse(src)) } }`,
    calls: [
      { payload: '1 + 2 * (3 - 4.5) / -3', value: 2 },
      { payload: '((7))', value: 7 },
      { payload: '1 +', status: 'exception', error: { name: 'SyntaxError', message: 'unexpected end at 3' } },
      { payload: '(1', status: 'exception', error: { message: 'expected ) at 3' } },
    ],
  },
  'a CSV reader, groups and totals': {
    script: `const csv = (t) => t.trim().split(/\\r?\\n/).map((l) => [...l.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].slice(0, -1).map(([, c]) => c.startsWith('"') ? c.slice(1, -1).replaceAll('""', '"') : c))
export default { on: { '@go': (t) => { const [head, ...rows] = csv(t); const items = rows.map((r) => Object.fromEntries(r.map((c, i) => [head[i], c]))); const by = Object.groupBy(items, (x) => x.who); return Object.entries(by).map(([who, l]) => ({ who, n: l.length, sum: l.reduce((a, x) => a + Number(x.amount), 0).toFixed(2) })).toSorted((a, b) => b.sum - a.sum) } } }`,
    payload: 'who,amount,note\nann,10.5,"a, b"\nbob,99.1,\nann,0.25,"say ""hi"""\r\n',
    value: [
      { who: 'bob', n: 1, sum: '99.10' },
      { who: 'ann', n: 2, sum: '10.75' },
    ],
  },
  'markdown, slugs and hashes': {
    script: `const esc = (s) => s.replace(/[&<>"]/g, (c) => '&#' + c.charCodeAt() + ';')
const md = (t) => t.split(/\\n{2,}/).map((b) => /^(#+) (.*)/.exec(b) ? b.replace(/^(#+) (.*)/, (_, h, x) => '<h' + h.length + '>' + esc(x) + '</h' + h.length + '>') : '<p>' + esc(b).replace(/\\*\\*(.+?)\\*\\*/g, '<b>$1</b>').replace(/\`(.+?)\`/g, '<code>$1</code>') + '</p>').join('')
const slug = (s) => s.normalize('NFKD').replace(/\\p{M}/gu, '').toLowerCase().replace(/[^\\p{L}\\p{N}]+/gu, '-').replace(/^-|-$/g, '')
const hash = (s) => { let h = 5381n; for (const b of new TextEncoder().encode(s)) h = BigInt.asUintN(64, h * 33n ^ BigInt(b)); return h.toString(36) }
export default { on: { '@go': (t) => [md(t), slug('Ça va, Ünïcode № 5?'), hash(t)] } }`,
    payload: '# A <b>\n\nsome **bold** & `code`',
    value: ['<h1>A &#60;b&#62;</h1><p>some <b>bold</b> &#38; <code>code</code></p>', 'ca-va-unicode-no-5', '3nalfdb5jq1r1'],
  },
  'a state machine, undo and diffs': {
    script: `const diff = (a, b, p = '') => { const out = []; for (const k of new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})])) { const x = a?.[k], y = b?.[k], q = p + '/' + k; if (typeof x === 'object' && typeof y === 'object' && x && y) out.push(...diff(x, y, q)); else if (!Object.is(x, y)) out.push([q, x, y]) } return out }
class Machine { #s = 'idle'; #h = []; static t = { idle: { start: 'busy' }, busy: { done: 'idle', fail: 'broken' }, broken: {} }; send(e) { const n = Machine.t[this.#s][e]; if (!n) throw Object.assign(new Error(this.#s + ' cannot ' + e), { code: 'BAD_EVENT' }); this.#h.push(this.#s); this.#s = n; return this } undo() { this.#s = this.#h.pop() ?? this.#s; return this } get s() { return this.#s } }
export default { on: { '@go': ({ a, b }) => [diff(a, b), new Machine().send('start').send('done').send('start').undo().s], '@bad': () => new Machine().send('start').send('fail').send('start') } }`,
    calls: [
      {
        payload: { a: { x: 1, n: { y: 1, z: null } }, b: { x: 1, n: { y: 2 }, w: [3] } },
        value: [
          [
            ['/n/y', 1, 2],
            ['/n/z', null, undefined],
            ['/w', undefined, [3]],
          ],
          'idle',
        ],
      },
      { event: 'bad', status: 'exception', error: { code: 'BAD_EVENT', message: 'broken cannot start' } },
    ],
  },
  'validation in the manner of a schema library': {
    script: `class Issue extends Error { constructor(path, what) { super((path || 'value') + ' ' + what); this.path = path } }
const s = { string: (o = {}) => (v, p) => { if (typeof v !== 'string') throw new Issue(p, 'is no text'); if (o.match && !o.match.test(v)) throw new Issue(p, 'does not match ' + o.match); return v }, number: (o = {}) => (v, p) => { if (!Number.isFinite(v)) throw new Issue(p, 'is no number'); if (v < o.min) throw new Issue(p, 'is less than ' + o.min); return v }, list: (of) => (v, p) => { if (!Array.isArray(v)) throw new Issue(p, 'is no list'); return v.map((x, i) => of(x, p + '[' + i + ']')) }, object: (shape) => (v, p = '') => Object.fromEntries(Object.entries(shape).map(([k, f]) => [k, f(v?.[k], p ? p + '.' + k : k)])), optional: (f) => (v, p) => (v === undefined ? v : f(v, p)) }
const Order = s.object({ id: s.number({ min: 1 }), mail: s.string({ match: /^[^@\\s]+@[^@\\s]+$/ }), tags: s.optional(s.list(s.string())) })
export default { on: { '@go': (v) => Order(v) } }`,
    calls: [
      { payload: { id: 1, mail: 'a@b', tags: ['x'], extra: 1 }, value: { id: 1, mail: 'a@b', tags: ['x'] } },
      { payload: { id: 0, mail: 'a@b' }, status: 'exception', error: { message: 'id is less than 1' } },
      { payload: { id: 1, mail: 'nope' }, status: 'exception', error: { message: 'mail does not match /^[^@\\s]+@[^@\\s]+$/' } },
      { payload: { id: 1, mail: 'a@b', tags: ['x', 5] }, status: 'exception', error: { message: 'tags[1] is no text' } },
      { payload: null, status: 'exception', error: { message: 'id is no number' } },
    ],
    differs: 'places',
  },
  'an event that no handler has': { script: `export default { on: { '@other': () => 1 } }`, calls: [{ event: 'other', value: 1 }] },
}
