// Every row of the limits table that a run can break: how, what must come of it, and what just fits.
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { type CreateEngineOptions, defineBinding, type Engine, LIMITS, type LimitName, type Outcome } from '../../engine/index.ts'
import { expectStatus, openEngine, type PlacementName } from '../harness/engines.ts'

/** A host function that takes anything, and one that takes its time. */
const host = defineBinding('host', {
  take: { input: z.tuple([z.unknown()]), output: z.void(), handler: () => undefined },
  slow: { input: z.tuple([]), output: z.void(), handler: () => new Promise<void>((resolve) => void setTimeout(resolve, 20)) },
})

/** Handlers that use an amount of what a row limits; `n` says how much. */
const SCRIPT = `
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
  let kept
  export default {
    needs: { host: true },
    on: {
      ok: () => 'fine',
      cpu: (n, ctx) => { ctx.log.info('begun'); for (;;) {} },
      wall: async (n, ctx) => { ctx.log.info('begun'); await wait(n) },
      memory: (n, ctx) => { ctx.log.info('begun'); kept = new Uint8Array(n).fill(1); return kept.length },
      memorySmall: (n, ctx) => { ctx.log.info('begun'); kept = []; for (let i = 0; i * 1000 < n; i++) kept.push('x'.repeat(1000) + i); return kept.length },
      memoryCaught: (n, ctx) => { try { kept = new Uint8Array(n) } catch {} ; ctx.log.info('caught'); return 'caught' },
      stack: (n, ctx) => { ctx.log.info('begun'); const down = (i) => 1 + down(i + 1); return down(0) },
      stackCaught: () => { const down = (i) => 1 + down(i + 1); try { return down(0) } catch (error) { return error instanceof RangeError } },
      input: (text) => text.length,
      output: (n, ctx) => { ctx.log.info('begun'); return 'x'.repeat(n) },
      hostCalls: async (n, ctx) => { ctx.log.info('begun'); for (let i = 0; i < n; i++) await ctx.host.take(i); return 'done' },
      pendingHostCalls: async (n, ctx) => { ctx.log.info('begun'); await Promise.all(Array.from({ length: n }, () => ctx.host.slow())); return 'done' },
      hostCallArgument: async (n, ctx) => { ctx.log.info('begun'); await ctx.host.take('x'.repeat(n)); return 'done' },
      wide: (n) => 'é'.repeat(n),
      wideArgument: (n, ctx) => ctx.host.take('é'.repeat(n)),
      log: (n, ctx) => { for (let i = 0; i < n; i++) ctx.log.info('0123456789'); return 'done' },
      timers: async (n, ctx) => { ctx.log.info('begun'); for (let i = 0; i < n; i++) setTimeout(() => {}, 5); return 'done' },
    },
  }
`
const PAGE_BYTES = 65_536
const NEVER_CUT = { cpu: '10s', wall: '5m', loadCpu: '10s' }

/** An engine over the script, with patient limits where nothing else is said. */
export function openRows(
  placement: PlacementName,
  limits: { readonly [name: string]: string | number } = {},
  options: CreateEngineOptions = {},
): Promise<Engine> {
  const policy = { version: 1, defaults: { allow: { host: true, log: true }, limits: { ...NEVER_CUT, ...limits } } }
  return openEngine({ 'row.ts': SCRIPT }, { placement, bindings: [host], policy, ...options })
}

/** A row of the table, and how it is broken. */
export interface Row {
  /** How it is written in a policy. */
  readonly lowered: string | number
  /** Breaks the row at `limit`. */
  readonly break: (limit: number) => readonly [event: string, payload: unknown]
  /** Uses as much as the limit allows, exactly. */
  readonly edge?: (limit: number) => readonly [event: string, payload: unknown]
  readonly status: Outcome['status']
  readonly code: string
  /** Told of what was used when it was broken. */
  readonly check?: (outcome: Outcome, limit: number) => void
  readonly logs?: number
}

/** Every row that a run can break. */
export const ROWS: { readonly [name in LimitName]?: Row } = {
  cpu: {
    lowered: '100ms',
    break: () => ['cpu', 0],
    status: 'cpu_exceeded',
    code: 'CPU_EXCEEDED',
    check: ({ usage }, limit) => assert.ok(usage.cpuMs >= limit && usage.cpuMs < limit + 1_000, `${usage.cpuMs} ms`),
  },
  wall: {
    lowered: '2000ms', // long enough for a run to begin and to end, whatever the machine does
    break: (limit) => ['wall', limit * 100],
    edge: () => ['wall', 1],
    status: 'wall_exceeded',
    code: 'WALL_EXCEEDED',
    check: ({ usage }, limit) => assert.ok(usage.wallMs >= limit - 1, `${usage.wallMs} ms`),
  },
  memory: {
    lowered: '2MiB',
    break: (limit) => ['memory', limit + PAGE_BYTES], // memory comes in pages: the limit is rounded up to the next one
    edge: (limit) => ['memory', limit - 384 * 1024],
    status: 'memory_exceeded',
    code: 'MEMORY_EXCEEDED',
    check: ({ usage }, limit) => assert.ok(usage.memoryBytes <= limit + 65_536, `${usage.memoryBytes} of ${limit} bytes`),
  },
  stack: {
    lowered: '64KiB',
    break: () => ['stack', 0],
    status: 'stack_exceeded',
    code: 'STACK_EXCEEDED',
  },
  input: {
    lowered: '1KiB',
    break: (limit) => ['input', 'x'.repeat(limit - 1)],
    edge: (limit) => ['input', 'x'.repeat(limit - 2)],
    status: 'exception',
    code: 'INPUT_TOO_LARGE',
    logs: 0,
    check: ({ usage }) => assert.is(usage.cpuMs, 0),
  },
  output: {
    lowered: '1KiB',
    break: (limit) => ['output', limit - 1],
    edge: (limit) => ['output', limit - 2],
    status: 'output_exceeded',
    code: 'OUTPUT_EXCEEDED',
  },
  hostCalls: {
    lowered: 7,
    break: (limit) => ['hostCalls', limit + 1],
    edge: (limit) => ['hostCalls', limit],
    status: 'host_calls_exceeded',
    code: 'HOST_CALLS_EXCEEDED',
    check: ({ usage }, limit) => assert.is(usage.hostCalls, limit),
  },
  pendingHostCalls: {
    lowered: 3,
    break: (limit) => ['pendingHostCalls', limit + 1],
    edge: (limit) => ['pendingHostCalls', limit],
    status: 'exception',
    code: 'PENDING_HOST_CALLS_EXCEEDED',
    check: ({ usage }, limit) => assert.is(usage.hostCalls, limit),
  },
  hostCallArgument: {
    lowered: '1KiB',
    break: (limit) => ['hostCallArgument', limit - 3],
    edge: (limit) => ['hostCallArgument', limit - 4],
    status: 'exception',
    code: 'HOST_CALL_ARGUMENT_TOO_LARGE',
    check: ({ usage }) => assert.is(usage.hostCalls, 0),
  },
  timers: {
    lowered: 4,
    break: (limit) => ['timers', limit + 1],
    edge: (limit) => ['timers', limit],
    status: 'exception',
    code: 'TIMERS_EXCEEDED',
  },
}

/** Fails unless a run broke the row as it should, at this limit. */
export async function expectBroken(run: Promise<Outcome>, row: Row, limit: number): Promise<void> {
  const outcome = await run
  expectStatus(outcome, row.status, row.code)
  assert.is(outcome.logs.length, row.logs ?? 1, 'the logs up to then are kept')
  row.check?.(outcome, limit)
}

/** A limit's value as a policy writes it. */
export function written(name: LimitName, value: number): string | number {
  const { unit } = LIMITS[name]
  return unit === 'count' ? value : `${value}${unit === 'ms' ? 'ms' : 'B'}`
}

/** A limit's value in milliseconds, bytes or as a count. */
export function numeric(value: string | number): number {
  if (typeof value === 'number') return value
  const amount = Number.parseFloat(value)
  return amount * (value.endsWith('MiB') ? 1024 * 1024 : value.endsWith('KiB') ? 1024 : 1)
}
