// What is kept between events: module state in both isolations, two handlers at once, what a cut takes with it.
import type { Call, Programs } from '../program.ts'

const COUNTER = `let n = 0
const kept = new Map()
export default { needs: { host: true }, on: {
  '@count': () => ++n,
  '@keep': (k) => { kept.set(k, { at: n, when: new Date(n) }); return [...kept] },
  '@throw': () => { n += 10; throw new Error('after ' + n) },
  '@loop': () => { n += 100; for (;;); },
  '@hoard': () => { const all = []; for (;;) all.push(new Array(1000).fill(n++)) },
  '@stack': () => { n += 5; const f = () => 1 + f(); return f() },
  '@stall': async () => { n += 7; await new Promise(() => {}) },
  '@slow': async (id, ctx) => { const before = n; console.log('start ' + id); await ctx.host.slow(id); n = before + 1; console.log('end ' + id); return n },
  '@late': () => { n++; Promise.resolve().then(() => { n += 1000 }); setTimeout(() => { n += 1000 }, 1); return n },
  '@lateAsync': async () => { n++; (async () => { for (let i = 0; i < 9; i++) await null; n += 1000 })(); return n },
  '@early': async (_, ctx) => { n++; ctx.host.slow(1).then(() => { n += 1000 }); return n },
  '@global': () => { globalThis.mark = (globalThis.mark ?? 0) + 1; Array.prototype.mine = 1; return [globalThis.mark, [].mine] },
  '@random': () => Math.random(),
} }`

const count = (value: number): Call => ({ event: 'count', value })
const SCRIPT = { isolation: 'script' } as const

/** See the head of the file. */
export const STATE: Programs = {
  'isolation event: each begins anew': {
    script: COUNTER,
    calls: [
      count(1),
      count(1),
      { event: 'throw', status: 'exception', error: { message: 'after 10' } },
      count(1),
      { event: 'global', value: [1, 1] },
      { event: 'global', value: [1, 1] },
      { event: 'keep', payload: 'a' },
      { event: 'keep', payload: 'b' },
    ],
  },
  'isolation script: module state is kept': {
    script: COUNTER,
    policy: SCRIPT,
    calls: [
      count(1),
      count(2),
      { event: 'keep', payload: 'a', value: [['a', { at: 2, when: new Date(2) }]] },
      count(3),
      { event: 'keep', payload: 'b' },
      { event: 'global', value: [1, 1] },
      { event: 'global', value: [2, 1] },
    ],
  },
  'isolation script: a handler that throws leaves what it did': {
    script: COUNTER,
    policy: SCRIPT,
    calls: [count(1), { event: 'throw', status: 'exception', error: { message: 'after 11' } }, count(12)],
  },
  'isolation script: an overflow of the stack loses the state, and says so': {
    script: COUNTER,
    policy: SCRIPT,
    calls: [count(1), { event: 'stack', status: 'stack_exceeded', stateLost: true }, count(1)],
    differs: 'frames',
  },
  'isolation script: a cut by time loses the state, and says so': {
    script: COUNTER,
    policy: SCRIPT,
    calls: [count(1), count(2), { event: 'loop', limits: { cpu: '60ms' }, status: 'cpu_exceeded', stateLost: true }, count(1), count(2)],
  },
  'isolation script: a cut by memory loses the state, and says so': {
    script: COUNTER,
    policy: SCRIPT,
    calls: [count(1), { event: 'hoard', status: 'memory_exceeded', stateLost: true }, count(1)],
  },
  'isolation script: a run that stalls loses the state, and says so': {
    script: COUNTER,
    policy: SCRIPT,
    calls: [count(1), { event: 'stall', status: 'wall_exceeded', error: { code: 'RUN_STALLED' }, stateLost: true }, count(1)],
  },
  'isolation script: too many host calls lose the state': {
    script: `let n = 0\nexport default { needs: { host: true }, on: { '@count': () => ++n, '@calls': async (_, ctx) => { for (;;) await ctx.host.echo(n++) } } }`,
    policy: { isolation: 'script', limits: { hostCalls: 2 } },
    calls: [count(1), { event: 'calls', status: 'host_calls_exceeded', stateLost: true }, count(1)],
  },
  'isolation script: work after the result of one event is never done in the next': {
    script: COUNTER,
    policy: SCRIPT,
    calls: [
      { event: 'late', value: 1 },
      count(2),
      { event: 'lateAsync', value: 3 },
      count(4),
      { event: 'early', value: 5 },
      count(6),
      { event: 'slow', payload: 'x', value: 7 },
      count(8),
    ],
  },
  'isolation script: two handlers at once run one after the other': {
    script: COUNTER,
    policy: SCRIPT,
    atOnce: true,
    calls: [
      {
        event: 'slow',
        payload: 'a',
        value: 1,
        logs: [
          ['info', 'start a'],
          ['info', 'end a'],
        ],
      },
      {
        event: 'slow',
        payload: 'b',
        value: 2,
        logs: [
          ['info', 'start b'],
          ['info', 'end b'],
        ],
      },
      {
        event: 'slow',
        payload: 'c',
        value: 3,
        logs: [
          ['info', 'start c'],
          ['info', 'end c'],
        ],
      },
    ],
  },
  'isolation script: one of two at once throws': {
    script: COUNTER,
    policy: SCRIPT,
    atOnce: true,
    calls: [
      { event: 'slow', payload: 'a', value: 1 },
      { event: 'throw', status: 'exception', error: { message: 'after 11' } },
      { event: 'count', value: 12 },
    ],
  },
  'isolation event: handlers at once do not meet': {
    script: COUNTER,
    atOnce: true,
    calls: [
      { event: 'slow', payload: 'a', value: 1 },
      { event: 'slow', payload: 'b', value: 1 },
      count(1),
      { event: 'global', value: [1, 1] },
    ],
  },
  'top level: made once, the same in every event': {
    script: `const made = { at: Date.now(), chance: Math.random(), id: crypto.randomUUID(), list: Array.from({ length: 3 }, () => Math.random()) }
export default { on: { '@go': () => [made, Math.random()] } }`,
    calls: [{}, {}],
  },
  'chance differs between events, and repeats with its seed': {
    script: COUNTER,
    policy: SCRIPT,
    calls: [{ event: 'random' }, { event: 'random' }],
  },
  'the clock of the top level and of an event': {
    script: `const at = Date.now()\nconst perf = performance.now()\nexport default { on: { '@go': () => [at, perf, Date.now(), performance.now()] } }`,
  },
  'closures, generators and promises of the top level live on': {
    script: `const gen = (function* () { let i = 0; for (;;) yield i++ })()
const ready = Promise.resolve('ready')
let resolve
const waiting = new Promise((r) => { resolve = r })
class Box { #v = 0; up() { return ++this.#v } }
const box = new Box()
const weak = new WeakMap([[box, 'w']])
const sym = Symbol('s')
const re = /a/g
export default { on: {
  '@go': async () => [gen.next().value, await ready, box.up(), weak.get(box), typeof sym, re.test('aa'), re.lastIndex],
  '@resolve': async () => { resolve('now'); return await waiting },
} }`,
    policy: SCRIPT,
    calls: [
      { value: [0, 'ready', 1, 'w', 'symbol', true, 1] },
      { value: [1, 'ready', 2, 'w', 'symbol', true, 2] },
      { event: 'resolve', value: 'now' },
      { event: 'resolve', value: 'now' },
    ],
  },
  'the same, in isolation event': {
    script: `const gen = (function* () { let i = 0; for (;;) yield i++ })()
const cache = new Map([['made', Date.now()]])
let calls = 0
const lazy = () => (cache.size < 2 ? cache.set('lazy', ++calls) : cache).get('lazy')
export default { on: { '@go': () => [gen.next().value, gen.next().value, lazy(), lazy(), cache.size] } }`,
    calls: [{ value: [0, 1, 1, 1, 2] }, { value: [0, 1, 1, 1, 2] }],
  },
}
