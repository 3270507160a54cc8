// Scripts that do what they should, and what each of their handlers must come to: every version of a script says in its results which one it is.
import type { Choices } from './choices.ts'

/** What an outcome must be. `value` is what stands behind the version's number. */
export type Expectation =
  | { readonly status: 'ok'; readonly value: readonly unknown[]; readonly logs?: readonly string[] }
  | { readonly status: 'exception'; readonly code: string; readonly message: (version: number) => string }
  /** Looked at elsewhere, or nothing to look at. */
  | { readonly status: 'ok' | 'denied'; readonly value?: never; readonly logs?: never }
  /** A number that the soak follows: of a counter in kv, of the runs of a state, of both. */
  | { readonly status: 'ok'; readonly counts: 'kv' | 'state' | 'both' }

/** One kind of event to a normal script. */
export interface NormalKind {
  /** The event's name is the script's, a dot, and this. */
  readonly name: string
  readonly weight: number
  /** Whether its handler calls the host: a run that has not is a bystander that must be run again, unseen. */
  readonly callsHost: boolean
  readonly payload: (choices: Choices) => unknown
  readonly expect: (payload: never) => Expectation
}

/** Defines a kind; the payload's type is only between its own two functions. */
function kind<P>(
  name: string,
  weight: number,
  callsHost: boolean,
  { payload, expect }: { readonly payload: (choices: Choices) => P; readonly expect: (payload: P) => Expectation },
): NormalKind {
  return { name, weight, callsHost, payload, expect: expect as NormalKind['expect'] }
}

interface Item {
  readonly price: number
  readonly count: number
}

const number = (choices: Choices): number => choices.between(0, 1_000_000)
const counting = (counts: 'kv' | 'state' | 'both') => ({ payload: number, expect: (): Expectation => ({ status: 'ok', counts }) })

const SUM = kind('sum', 30, false, {
  payload: (choices) => ({
    items: Array.from({ length: choices.between(1, 10) }, (): Item => ({ price: choices.between(1, 99), count: choices.between(1, 9) })),
  }),
  expect: ({ items }) => ({ status: 'ok', value: [items.reduce((sum, { price, count }) => sum + price * count, 0)] }),
})
const TICK = kind('tick', 12, false, counting('state'))
const TICK_SLOWLY = kind('tickSlowly', 4, false, counting('state'))
const TICK_AND_COUNT = kind('tickAndCount', 6, true, counting('both'))
const COUNT = kind('count', 15, true, counting('kv'))
const THROW = kind('throws', 6, false, {
  payload: number,
  expect: (n) => ({ status: 'exception', code: 'MINE', message: (version) => `thrown ${n} by ${version}` }),
})

const OF_EVENTS: readonly NormalKind[] = [
  SUM,
  COUNT,
  THROW,
  kind('tick', 6, false, { payload: number, expect: () => ({ status: 'ok', value: [1] }) }),
  kind('shapes', 8, false, {
    payload: (choices) => {
      const n = number(choices)
      const list = [undefined, Number.NaN, -0, `${n}`, null]
      return {
        map: new Map([[n, new Set([n, 'x'])]]),
        when: new Date(n * 1_000),
        big: BigInt(n) ** 3n,
        bytes: new Uint8Array([n & 255, 7]),
        list,
      }
    },
    expect: (payload) => ({ status: 'ok', value: [payload] }),
  }),
  kind('chain', 8, false, {
    payload: (choices) => choices.between(1, 50),
    expect: (n) => ({ status: 'ok', value: [(n * (n - 1)) / 2] }),
  }),
  kind('slow', 10, false, {
    payload: (choices) => ({ ms: choices.between(1, 250), n: number(choices) }),
    expect: ({ n }) => ({ status: 'ok', value: [n], logs: [`before ${n}`, `after ${n}`] }),
  }),
  kind('heavy', 3, false, {
    payload: (choices) => choices.between(1_000, 60_000),
    expect: (n) => ({ status: 'ok', value: [(n * (n - 1)) / 2] }),
  }),
  kind('big', 3, false, {
    payload: (choices) => 'ä'.repeat(choices.between(1, 50_000)),
    expect: (text) => ({ status: 'ok', value: [text.length, `${text}.`] }),
  }),
  kind('echo', 10, true, {
    payload: (choices) => ({ n: number(choices), ms: choices.between(0, 20) }),
    expect: ({ n }) => ({ status: 'ok', value: [`${n}a`, `${n}b`, `${n}c`] }),
  }),
]
const OF_STATES: readonly NormalKind[] = [TICK, TICK_SLOWLY, TICK_AND_COUNT, SUM, THROW]

/** A normal script. */
export interface NormalScript {
  readonly id: string
  readonly kinds: readonly NormalKind[]
  readonly weight: number
}

/** Those that are asked by name. All of them also handle `all`. */
export const NORMAL_SCRIPTS: readonly NormalScript[] = [
  { id: 'plain-0', kinds: OF_EVENTS, weight: 4 },
  { id: 'plain-1', kinds: OF_EVENTS, weight: 4 },
  { id: 'plain-2', kinds: OF_EVENTS, weight: 4 },
  { id: 'kept-0', kinds: OF_STATES, weight: 3 },
  { id: 'kept-1', kinds: OF_STATES, weight: 3 },
  { id: 'flip', kinds: [TICK, SUM], weight: 1 },
  { id: 'fickle', kinds: [COUNT, SUM], weight: 1 },
]

/** The text of a version. Each has a different amount of things in its image. */
export function normalSource(id: string, version: number): string {
  return `import { defineScript } from 'vivarium/script'
const version: number = ${version}
const ballast = Array.from({ length: ${100 + (version % 7) * 100} }, (_, i) => ({ i, text: 'own ' + version + ' ' + i }))
let seen = 0
const wait = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))
const check = () => { if (ballast[99]?.text !== 'own ' + version + ' 99') throw new Error('the ballast is another version’s') }
export default defineScript({
  name: '${id} ${version}',
  needs: { kv: true, echo: true },
  on: {
    'all': (n) => [version, n],
    '${id}.sum': ({ items }) => { check(); return [version, items.reduce((sum, item) => sum + item.price * item.count, 0)] },
    '${id}.tick': () => [version, ++seen],
    '${id}.tickSlowly': async (n) => { const mine = ++seen; await wait(n % 30); return [version, mine] },
    '${id}.tickAndCount': async (_, ctx) => { const mine = ++seen; return [version, mine, await ctx.kv.increment('count')] },
    '${id}.count': async (_, ctx) => [version, await ctx.kv.increment('count')],
    '${id}.throws': (n) => { throw Object.assign(new TypeError('thrown ' + n + ' by ' + version), { code: 'MINE' }) },
    '${id}.shapes': (payload) => [version, payload],
    '${id}.chain': async (n) => { let sum = 0; for (let i = 0; i < n; i++) sum += await i; return [version, sum] },
    '${id}.slow': async ({ ms, n }, ctx) => { ctx.log.info('before ' + n); await wait(ms); ctx.log.info('after ' + n); return [version, n] },
    '${id}.heavy': (n) => { let sum = 0; for (let i = 0; i < n; i++) sum += i; return [version, sum] },
    '${id}.big': (text) => [version, text.length, text + '.'],
    '${id}.echo': async ({ n, ms }, ctx) => [version, await ctx.echo.after(ms, n + 'a'), ...(await Promise.all([ctx.echo.after(ms, n + 'b'), ctx.echo.after(0, n + 'c')]))],
  },
})
`
}

/** Two scripts that make a chain: the first adds 1, the second doubles. */
export const CHAIN: { readonly [path: string]: string } = Object.freeze({
  'price-add.ts': `export default { on: { price: { priority: 10, run: (n) => n + 1 } } }`,
  'price-double.ts': `export default { on: { price: async (n) => { await null; return n * 2 } } }`,
})

/** What the scripts of the chain make of a value. */
export const CHAIN_STEPS: { readonly [script: string]: (value: number) => number } = Object.freeze({
  'price-add': (value) => value + 1,
  'price-double': (value) => value * 2,
})
