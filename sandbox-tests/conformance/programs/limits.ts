// Runs that are cut: the same status, code and message, whatever the engine calls it.
import type { Programs } from '../program.ts'

const FEW_MS = { limits: { cpu: '60ms' } }

/** See the head of the file. */
export const LIMITS: Programs = {
  'a loop without end': {
    body: `for (;;);`,
    policy: FEW_MS,
    status: 'cpu_exceeded',
    error: { code: 'CPU_EXCEEDED', message: 'The run computed for longer than 60ms (limit "cpu").' },
  },
  'a loop in microtasks': { body: `for (;;) await null`, policy: FEW_MS, status: 'cpu_exceeded', error: { code: 'CPU_EXCEEDED' } },
  'a loop in a comparator': { body: `[2, 1].sort(() => { for (;;); })`, policy: FEW_MS, status: 'cpu_exceeded' },
  'a loop in a getter of JSON': { body: `JSON.stringify({ get x() { for (;;); } })`, policy: FEW_MS, status: 'cpu_exceeded' },
  'a loop in a proxy': { body: `Object.keys(new Proxy({}, { ownKeys() { for (;;); } }))`, policy: FEW_MS, status: 'cpu_exceeded' },
  'a loop in a replacer, a reviver, a tag': { body: `'a'.replace(/a/, () => { for (;;); })`, policy: FEW_MS, status: 'cpu_exceeded' },
  'a loop in a generator': { body: `function* g() { for (;;) yield } for (const x of g());`, policy: FEW_MS, status: 'cpu_exceeded' },
  'a loop in a timer': { body: `await new Promise(() => setTimeout(() => { for (;;); }, 1))`, policy: FEW_MS, status: 'cpu_exceeded' },
  'a loop after a host call': {
    body: `console.log('a'); await ctx.host.echo(1); for (;;);`,
    policy: FEW_MS,
    status: 'cpu_exceeded',
    hostCalls: 1,
    logs: [['info', 'a']],
  },
  'a loop that catches everything': {
    body: `for (;;) try { for (;;); } catch { } finally { continue }`,
    policy: FEW_MS,
    status: 'cpu_exceeded',
  },
  'a slow regular expression': { body: `return /^(a+)+$/.test('a'.repeat(40) + 'b')`, policy: FEW_MS, status: 'cpu_exceeded' },
  'a wait that is too long': {
    body: `console.log('w'); await new Promise((r) => setTimeout(r, 60000))`,
    policy: { limits: { wall: '400ms' } },
    status: 'wall_exceeded',
    error: { code: 'WALL_EXCEEDED', message: 'The run took longer than 400ms in all (limit "wall").' },
    logs: [['info', 'w']],
  },
  'a host call that takes too long': {
    body: `await ctx.host.never()`,
    policy: { limits: { wall: '400ms' } },
    status: 'wall_exceeded',
  },
  'objects without end': {
    body: `const all = []; for (;;) all.push({ a: [1, 2, 3] })`,
    status: 'memory_exceeded',
    error: { code: 'MEMORY_EXCEEDED', message: 'The run needed more than 16MiB of memory (limit "memory").' },
  },
  'text without end': {
    body: `const all = []; for (;;) all.push(JSON.stringify(new Array(20000).fill('t' + all.length)))`,
    status: 'memory_exceeded',
  },
  'buffers without end': { body: `const all = []; for (;;) all.push(new Uint8Array(1 << 20).fill(1))`, status: 'memory_exceeded' },
  'one buffer that is too large': { body: `return new Uint8Array(64 << 20).length`, status: 'memory_exceeded' },
  'maps without end': { body: `const m = new Map(); for (let i = 0; ; i++) m.set(i, { i })`, status: 'memory_exceeded' },
  'closures without end': { body: `let f = () => 0; for (;;) { const g = f; f = () => g }`, status: 'memory_exceeded' },
  'memory that is caught': {
    body: `try { const all = []; for (;;) all.push(new Array(10000).fill(all.length)) } catch { return 'caught' } finally { console.log('never') }`,
    status: 'memory_exceeded',
    logs: [],
  },
  'memory in little pieces that are let go': {
    body: `let n = 0; for (let i = 0; i < 3000; i++) { n += new Array(1000).fill(i).length } return n`,
    value: 3000000,
  },
  'two functions that call each other': {
    body: `const a = () => b() + 1, b = () => a() + 1; return a()`,
    status: 'stack_exceeded',
    error: { code: 'STACK_EXCEEDED', name: 'RangeError' },
    differs: 'frames',
  },
  'a recursion in toString': { body: `const o = { toString() { return '' + this } }; return '' + o`, status: 'stack_exceeded' },
  'a recursion through a proxy': { body: `const p = new Proxy({}, { get: (t, k, r) => r[k] }); return p.x`, status: 'stack_exceeded' },
  'a recursion through built-ins': { body: `const f = () => [1].map(f); return f()`, status: 'stack_exceeded' },
  'a recursion in async functions': {
    body: `const f = async (n) => { await f(n + 1) }; return await f(0)`,
    status: 'stack_exceeded',
    differs: 'frames',
  },
  'a recursion that is caught and goes on': {
    body: `let depth = 0; const f = () => { depth++; f() }; try { f() } catch (e) { return [e.name, depth > 100] }`,
    value: ['RangeError', true],
    notInNode: 'how deep is not specified',
  },
  'a recursion that is a few hundred deep': {
    body: `const f = (n) => (n === 0 ? 0 : 1 + f(n - 1)); const g = (n) => (n === 0 ? [] : [g(n - 1)]); return [f(400), JSON.stringify(g(150)).length]`,
    value: [400, 302],
  },
  'a payload that is too large': {
    script: `export default { on: { '@go': () => 1 } }`,
    payload: 'x'.repeat(2000),
    policy: { limits: { input: '1KiB' } },
    status: 'exception',
    error: { code: 'INPUT_TOO_LARGE' },
  },
  'no more than the limit': {
    script: `export default { on: { '@go': (s) => s.length } }`,
    payload: 'x'.repeat(1022),
    policy: { limits: { input: '1KiB' } },
    value: 1022,
  },
  'a limit for one call only': {
    body: `for (;;);`,
    calls: [
      { limits: { cpu: '20ms' }, status: 'cpu_exceeded', error: { message: 'The run computed for longer than 20ms (limit "cpu").' } },
    ],
  },
}
