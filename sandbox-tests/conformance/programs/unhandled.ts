// Unhandled things: rejections that nobody awaits, work after the result, calls that have not settled, results that throw while they are read.
import type { Programs } from '../program.ts'

/** See the head of the file. */
export const UNHANDLED: Programs = {
  'a rejection that nobody awaits': {
    body: `Promise.reject(new Error('nobody')); await new Promise((r) => setTimeout(r, 5)); return 'on'`,
    value: 'on',
    logs: [['error', 'A rejection that nobody awaited: Error: nobody']],
  },
  'a rejection that nobody awaits, and the end': {
    body: `void Promise.reject(new Error('nobody')); return 'done'`,
    value: 'done',
    logs: [['error', 'A rejection that nobody awaited: Error: nobody']],
  },
  'many rejections that nobody awaits': {
    body: `for (let i = 0; i < 200; i++) Promise.reject(new Error('n' + i)); await null; return 'on'`,
    value: 'on',
    logs: [['error', 'A rejection that nobody awaited: Error: n0']],
  },
  'a rejection that is handled late': {
    body: `const p = Promise.reject(new Error('late')); await new Promise((r) => setTimeout(r, 5)); return await p.catch((e) => e.message)`,
    value: 'late',
    logs: [['error', 'A rejection that nobody awaited: Error: late']],
  },
  'an async function that nobody awaits throws': {
    body: `(async () => { await null; throw new TypeError('alone') })(); await new Promise((r) => setTimeout(r, 5)); return 'on'`,
    value: 'on',
    logs: [['error', 'A rejection that nobody awaited: TypeError: alone']],
  },
  'a rejected host call that nobody awaits': {
    body: `void ctx.host.refuse('nobody'); await ctx.host.slow(1); return 'on'`,
    value: 'on',
    hostCalls: 2,
    logs: [['error', 'A rejection that nobody awaited: Error: nobody']],
  },
  'a rejection with an odd reason': {
    body: `Promise.reject(undefined); Promise.reject(null); Promise.reject({ get message() { throw 1 } }); Promise.reject(new Proxy({}, { get() { throw 1 } })); await null; return 'on'`,
    value: 'on',
    logs: [['error', 'A rejection that nobody awaited: Error: Thrown value: undefined']],
  },
  'a rejection at the top level': {
    script: `void Promise.reject(new Error('at load'))\nexport default { on: { '@go': () => 'loaded' } }`,
    value: 'loaded',
  },
  'an async top level that goes on after load': {
    script: `let n = 0\nPromise.resolve().then(() => { n++ }).then(() => { n++ })\nqueueMicrotask(() => { n += 10 })\nexport default { on: { '@go': async () => { const first = n; await null; await null; return [first, n] } } }`,
    value: [12, 12],
  },
  'timers after the result never fire': {
    body: `setTimeout(() => console.log('late'), 1); setInterval(() => console.log('late'), 1); console.log('in time'); return 1`,
    value: 1,
    logs: [['info', 'in time']],
  },
  'microtasks after the result of a plain handler': {
    script: `export default { on: { '@go': () => { queueMicrotask(() => console.log('micro')); Promise.resolve().then(() => console.log('then')); return 'plain' } } }`,
    value: 'plain',
    logs: [],
  },
  'microtasks after the result of an async handler': {
    body: `queueMicrotask(() => console.log('before')); (async () => { for (let i = 0; i < 6; i++) { await null; console.log(i) } })(); return 'async'`,
    value: 'async',
    logs: [
      ['info', 'before'],
      ['info', '0'],
    ],
  },
  'microtasks without end after the result': {
    script: `export default { on: { '@go': async () => { const again = () => Promise.resolve().then(again); again(); return 'done' } } }`,
    value: 'done',
  },
  'a loop after the result': {
    body: `queueMicrotask(() => {}); const p = (async () => { await null; await null; await null; await null; await null; await null; for (;;); })(); return 'first'`,
    value: 'first',
    notInNode: 'there it never ends',
  },
  'host calls after the result are not made': {
    body: `(async () => { for (let i = 0; i < 8; i++) await null; ctx.host.echo('late') })(); return 'done'`,
    value: 'done',
    hostCalls: 0,
  },
  'a handler that returns before its host calls settle': {
    body: `ctx.host.slow('a').then(() => console.log('never')); ctx.host.fail().catch(() => console.log('never')); return 'early'`,
    value: 'early',
    hostCalls: 2,
    logs: [],
  },
  'a plain handler that returns before its host calls settle': {
    script: `export default { needs: { host: true }, on: { '@go': (e, ctx) => { void ctx.host.slow(1); return 'early' } } }`,
    value: 'early',
    hostCalls: 1,
  },
  'a handler that throws before its host calls settle': {
    body: `void ctx.host.slow(1); throw new Error('early')`,
    status: 'exception',
    error: { message: 'early' },
    hostCalls: 1,
  },
  'a finally block after a cut never runs': {
    body: `try { console.log('in'); for (;;); } finally { console.log('never') }`,
    calls: [{ limits: { cpu: '100ms' }, status: 'cpu_exceeded', logs: [['info', 'in']] }],
  },
  'a promise that nobody resolves': {
    body: `await new Promise(() => {}); return 'never'`,
    status: 'wall_exceeded',
    error: { code: 'RUN_STALLED' },
  },
  'a promise that nobody resolves, after work': {
    body: `console.log('a'); await ctx.host.echo(1); console.log('b'); await new Promise(() => {})`,
    status: 'wall_exceeded',
    error: { code: 'RUN_STALLED' },
    hostCalls: 1,
    logs: [
      ['info', 'a'],
      ['info', 'b'],
    ],
  },
  'a listener of the signal keeps a run': {
    body: `ctx.signal.addEventListener('abort', () => 1); await new Promise(() => {})`,
    calls: [{ limits: { wall: '200ms' }, status: 'wall_exceeded', error: { code: 'WALL_EXCEEDED' } }],
  },
  'a result whose getter throws': {
    body: `return { list: [{ get bad() { throw new TypeError('read') } }] }`,
    status: 'exception',
    error: { name: 'TypeError', message: 'read' },
  },
  'a result whose getter throws what is no error': {
    body: `return { get bad() { throw 'text' } }`,
    status: 'exception',
    error: { message: 'Thrown value: text' },
  },
  'a result whose getter loops': {
    body: `return { get bad() { for (;;); } }`,
    calls: [{ limits: { cpu: '100ms' }, status: 'cpu_exceeded' }],
  },
  'a result whose getter recurses': {
    body: `const o = { get bad() { return o.bad } }; return o`,
    status: 'stack_exceeded',
    differs: 'frames',
  },
  'a result whose getter logs and calls': {
    body: `return { get a() { console.log('read'); void ctx.host.echo(1); return 1 } }`,
    value: { a: 1 },
    hostCalls: 2,
  },
  'a result whose getter changes it': {
    body: `const o = { get a() { o.late = 1; delete o.b; return 1 }, b: 2 }; return o`,
    value: { a: 1, late: 1 },
    notInNode: 'there it is read once',
  },
  'a result whose proxy throws': {
    body: `return [new Proxy([1], { get() { throw new Error('in a trap') } })]`,
    status: 'exception',
    error: { message: 'in a trap' },
  },
  'a result that is a revoked proxy': {
    body: `const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return { proxy }`,
    status: 'exception',
    error: { name: 'TypeError' },
    differs: 'words',
  },
  'a result whose then throws while it is looked for': {
    script: `export default { on: { '@go': () => ({ get then() { throw new Error('then') } }) } }`,
    status: 'exception',
    error: { message: 'then' },
  },
  'a result of a map that changes while it is read': {
    body: `const m = new Map(); m.set('a', { get x() { m.set('late', 1); return 1 } }); return m`,
    value: new Map([['a', { x: 1 }]]),
  },
  'a result that is larger the second time': { body: `let n = 0; return { get a() { return 'x'.repeat(++n * 10) }, d: new Date(0) }` },
  'an error after the result of a filter chain’s thenable': {
    script: `export default { on: { '@go': () => ({ then(ok) { ok('first'); throw new Error('after') } }) } }`,
    value: 'first',
    logs: [],
  },
  'a timer that throws after the result is not logged': {
    body: `setTimeout(() => { throw new Error('late') }, 0); return 'done'`,
    value: 'done',
    logs: [],
  },
  'finalisers do not run': {
    body: `const r = new FinalizationRegistry(() => console.log('never')); for (let i = 0; i < 50; i++) r.register({ i }, i); await new Promise((f) => setTimeout(f, 5)); return 'on'`,
    value: 'on',
    logs: [],
  },
}
