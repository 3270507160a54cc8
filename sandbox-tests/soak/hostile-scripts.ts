// Scripts that mean harm, each with the statuses that its runs may come to. All of them may run out of wall time: the machine can be busy with the others.
import type { OutcomeStatus } from '../../engine/index.ts'

/** One way to do harm. */
export interface Attack {
  /** Its script is `hostile/<name>`, its event has the same name. */
  readonly name: string
  readonly weight: number
  readonly handler: string
  readonly needs?: string
  readonly statuses: readonly OutcomeStatus[]
}

const CPU: readonly OutcomeStatus[] = ['cpu_exceeded']
/** It ends its runner, one way or the other. */
const DEADLY: readonly OutcomeStatus[] = ['cpu_exceeded', 'memory_exceeded', 'runner_lost']

/** What hostile events are made of. */
export const ATTACKS: readonly Attack[] = [
  { name: 'loop', weight: 6, handler: '() => { for (;;) {} }', statuses: CPU },
  { name: 'jobs', weight: 6, handler: 'async () => { for (;;) await null }', statuses: CPU },
  { name: 'regexp', weight: 4, handler: `() => /^(a+)+$/.test('a'.repeat(40) + 'b')`, statuses: CPU },
  { name: 'getter', weight: 4, handler: '() => ({ get x() { for (;;) {} } })', statuses: [...CPU, 'exception'] },
  { name: 'hang', weight: 2, handler: '() => new Promise(() => {})', statuses: [] },
  { name: 'rearm', weight: 2, handler: '() => new Promise(() => { const again = () => setTimeout(again, 0); again() })', statuses: CPU },
  {
    name: 'memory',
    weight: 4,
    handler: '() => { const all = []; for (;;) all.push(new Uint8Array(1 << 20)) }',
    statuses: ['memory_exceeded', ...CPU],
  },
  {
    name: 'strings',
    weight: 3,
    handler: `() => { try { const all = []; for (let i = 0; ; i++) all.push(('x' + i).repeat(1 << 18)) } catch { return 'caught' } }`,
    statuses: ['memory_exceeded', ...CPU],
  },
  { name: 'deep', weight: 4, handler: '() => { const down = (n) => 1 + down(n + 1); return down(0) }', statuses: ['stack_exceeded'] },
  {
    name: 'flood',
    weight: 4,
    needs: '{ echo: true }',
    handler: `async (n, ctx) => { for (;;) await ctx.echo.after(0, 'x') }`,
    statuses: ['host_calls_exceeded'],
  },
  {
    name: 'pending',
    weight: 3,
    needs: '{ echo: true }',
    handler: `(n, ctx) => Promise.all(Array.from({ length: 50 }, () => ctx.echo.after(5, 'x')))`,
    statuses: ['exception'],
  },
  { name: 'output', weight: 4, handler: `() => 'x'.repeat(1e6)`, statuses: ['output_exceeded'] },
  { name: 'logs', weight: 4, handler: `(n, ctx) => { for (;;) ctx.log.info('x'.repeat(1000)) }`, statuses: CPU },
  { name: 'odd', weight: 4, handler: `() => { throw new Proxy({}, { get() { throw null } }) }`, statuses: ['exception'] },
  {
    name: 'rejects',
    weight: 4,
    handler: `() => { for (let i = 0; i < 500; i++) void Promise.reject(new Error('nobody ' + i)); return 'done' }`,
    statuses: ['ok', 'exception'],
  },
  { name: 'late', weight: 4, handler: `() => { Promise.resolve().then(() => { for (;;) {} }); return 'done' }`, statuses: ['ok'] },
  { name: 'native', weight: 1, handler: '() => Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)', statuses: DEADLY },
  { name: 'digits', weight: 1, handler: '() => (2n ** 1000000n).toString().length', statuses: [...DEADLY, 'ok'] },
  { name: 'fill', weight: 1, handler: '() => new Array(1e9).fill(0).length', statuses: [...DEADLY, 'exception'] },
  {
    name: 'nest',
    weight: 2,
    handler: `() => JSON.parse('['.repeat(100000) + ']'.repeat(100000)).length`,
    statuses: [...DEADLY, 'exception', 'stack_exceeded', 'ok'],
  },
]

/** The path of an attack's script. */
export function attackPath({ name }: Attack): string {
  return `hostile/${name}.ts`
}

/** The text of an attack's script. */
export function attackSource({ name, needs, handler }: Attack): string {
  return `export default { ${needs === undefined ? '' : `needs: ${needs}, `}on: { 'hostile/${name}': ${handler} } }\n`
}

/** Top levels that fail to load, each in its own way, with the codes that may be told of them; the last ones load. */
export const TOP_LEVELS: readonly { readonly text: string; readonly codes: readonly string[] }[] = [
  { text: 'export default {', codes: ['SYNTAX_ERROR'] },
  { text: 'for (;;) {}\nexport default () => 1', codes: ['LOAD_CPU_EXCEEDED'] },
  { text: 'const n = Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)\nexport default () => n', codes: ['LOAD_CPU_EXCEEDED'] },
  { text: `throw new Error('no')\nexport default () => 1`, codes: ['LOAD_EXCEPTION'] },
  { text: 'export default { on: { top: (n) => n } }', codes: [] },
]
