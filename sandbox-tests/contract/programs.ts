// Programs whose outcome is the same wherever they run: the placement contract holds every placement against this table.
import type { OutcomeStatus } from '../../engine/index.ts'

/** One program, and what must come of it. */
export interface Program {
  /** The body of an async handler `(n, ctx)`. */
  readonly body: string
  readonly status: OutcomeStatus
  readonly value?: unknown
  readonly code?: string
  readonly message?: RegExp
  /** Messages that it logs. */
  readonly logs?: readonly string[]
  readonly hostCalls?: number
  readonly limits?: { readonly [name: string]: string | number }
}

/** Name → program. Each is run for the payload 7. */
export const PROGRAMS: { readonly [name: string]: Program } = {
  value: { body: 'return n * 6', status: 'ok', value: 42 },
  nothing: { body: '', status: 'ok', value: undefined },
  graph: { body: 'return new Map([[n, new Set([1n, new Date(0)])]])', status: 'ok', value: new Map([[7, new Set([1n, new Date(0)])]]) },
  logs: { body: `ctx.log.info('a', { n }); console.warn('b', n)`, status: 'ok', value: undefined, logs: ['a', 'b 7'] },
  call: { body: 'return await ctx.host.double(n)', status: 'ok', value: 14, hostCalls: 1 },
  calls: {
    body: 'return await Promise.all([1, 2, 3].map((k) => ctx.host.double(k * n)))',
    status: 'ok',
    value: [14, 28, 42],
    hostCalls: 3,
  },
  'call after a timer': {
    body: 'await new Promise((r) => setTimeout(r, 5)); return await ctx.host.double(n)',
    status: 'ok',
    value: 14,
    hostCalls: 1,
  },
  'refused call': { body: 'return await ctx.host.double("seven")', status: 'exception', code: 'ARGUMENT_INVALID', hostCalls: 1 },
  'caught refusal': {
    body: 'try { await ctx.host.fail() } catch (error) { return error.code }',
    status: 'ok',
    value: 'HOST_FAILURE',
    hostCalls: 1,
  },
  'argument that is not plain': { body: 'await ctx.host.double(() => 1)', status: 'exception', code: 'ARGUMENT_NOT_PLAIN', hostCalls: 0 },
  throw: { body: `throw new TypeError('thrown ' + n)`, status: 'exception', code: 'EXCEPTION', message: /^thrown 7$/ },
  'throw after await': { body: `await null; throw new Error('late')`, status: 'exception', code: 'EXCEPTION', message: /^late$/ },
  'throw in a timer': {
    body: `setTimeout(() => { throw new Error('nobody') }, 1); await new Promise((r) => setTimeout(r, 10)); return 1`,
    status: 'ok',
    value: 1,
    logs: ['Uncaught'],
  },
  'a rejection that nobody awaits': {
    body: `void Promise.reject(new Error('nobody')); void (async () => { await null; throw new Error('nobody else') })(); await ctx.host.double(n); return 1`,
    status: 'ok',
    value: 1,
    hostCalls: 1,
    logs: ['A rejection that nobody awaited: Error: nobody'],
  },
  'a rejection that cannot be read': {
    body: `void Promise.reject({ get message() { throw 1 }, get stack() { throw 2 }, [Symbol.toPrimitive]() { throw 3 } }); await ctx.host.double(n); return 2`,
    status: 'ok',
    value: 2,
    hostCalls: 1,
  },
  'work after the result': {
    body: `let later = Promise.resolve(); for (let i = 0; i < 20; i++) later = later.then(() => 0); void later.then(() => { ctx.log.info('late'); for (;;); }); setTimeout(() => ctx.log.info('later'), 0); return 3`,
    status: 'ok',
    value: 3,
    logs: [],
  },
  'an answer before its host calls': {
    body: `void ctx.host.double(1).then(() => ctx.log.info('late')); void ctx.host.fail(); return 4`,
    status: 'ok',
    value: 4,
    logs: [],
    hostCalls: 2,
  },
  'a result that throws while it is read': {
    body: `return { a: 1, get b() { throw new RangeError('read ' + n) } }`,
    status: 'exception',
    code: 'EXCEPTION',
    message: /read 7/,
  },
  'a result that settles twice': { body: `return { then(yes, no) { yes(5); no(new Error('no')); yes(6) } }`, status: 'ok', value: 5 },
  stalled: { body: 'await new Promise(() => {})', status: 'wall_exceeded', code: 'RUN_STALLED' },
  loop: { body: `ctx.log.info('in'); for (;;) {}`, status: 'cpu_exceeded', code: 'CPU_EXCEEDED', logs: ['in'], limits: { cpu: '100ms' } },
  'loop in jobs': { body: 'for (;;) await null', status: 'cpu_exceeded', code: 'CPU_EXCEEDED', limits: { cpu: '20ms' } },
  'slow regexp': { body: `return /^(a+)+$/.test('a'.repeat(40) + 'b')`, status: 'cpu_exceeded', limits: { cpu: '20ms' } },
  late: { body: 'await new Promise((r) => setTimeout(r, 5000))', status: 'wall_exceeded', code: 'WALL_EXCEEDED', limits: { wall: '50ms' } },
  memory: {
    body: 'const all = []; for (;;) all.push(new Uint8Array(1 << 20).fill(1))',
    status: 'memory_exceeded',
    code: 'MEMORY_EXCEEDED',
  },
  'memory, caught': {
    body: `try { const all = []; for (;;) all.push('x'.repeat(1 << 20) + all.length) } catch { return 'caught' }`,
    status: 'memory_exceeded',
  },
  stack: { body: 'const f = (i) => 1 + f(i + 1); return f(0)', status: 'stack_exceeded', code: 'STACK_EXCEEDED' },
  output: { body: `return 'x'.repeat(300_000)`, status: 'output_exceeded', code: 'OUTPUT_EXCEEDED' },
  'not plain': { body: 'return { a: [Symbol()] }', status: 'exception', code: 'RESULT_NOT_PLAIN', message: /a\[0\] is a symbol/ },
  'too many calls': {
    body: 'for (;;) await ctx.host.double(1)',
    status: 'host_calls_exceeded',
    code: 'HOST_CALLS_EXCEEDED',
    hostCalls: 4,
    limits: { hostCalls: 4 },
  },
  lists: { body: 'return Object.keys(ctx).sort()', status: 'ok', value: ['event', 'host', 'log', 'runId', 'signal'] },
  'frozen time': { body: 'const a = Date.now(); for (let i = 0; i < 1e5; i++); return Date.now() - a', status: 'ok', value: 0 },
  'own globals': { body: 'const old = globalThis.mark; globalThis.mark = 1; return old === undefined', status: 'ok', value: true },
}
