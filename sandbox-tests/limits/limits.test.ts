// timeout: 240s
// Every row of the limits table, in every placement: broken at its default and at a lowered value, kept exactly at the limit, with the right status and code,
// the usage and the logs up to then; and the script serves its next event.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { type CreateEngineOptions, defineBinding, type Engine, LIMITS, type LimitName, type Outcome } from '../../engine/index.ts'
import { LIMIT_NAMES } from '../../engine/model/limits.ts'
import { emitOne, expectStatus, openEngine, PLACEMENTS, type PlacementName } from '../harness/engines.ts'

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
const NEVER_CUT = { cpu: '10s', wall: '60s', loadCpu: '10s' }

function open(
  placement: PlacementName,
  limits: { readonly [name: string]: string | number } = {},
  options: CreateEngineOptions = {},
): Promise<Engine> {
  const policy = { version: 1, defaults: { allow: { host: true, log: true }, limits: { ...NEVER_CUT, ...limits } } }
  return openEngine({ 'row.ts': SCRIPT }, { placement, bindings: [host], policy, ...options })
}

type Broken = (engine: Engine, limits?: { readonly [name in LimitName]?: string | number }) => Promise<Outcome>

interface Row {
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

const ROWS: { readonly [name in LimitName]?: Row } = {
  cpu: {
    lowered: '20ms',
    break: () => ['cpu', 0],
    status: 'cpu_exceeded',
    code: 'CPU_EXCEEDED',
    check: ({ usage }, limit) => assert.ok(usage.cpuMs >= limit && usage.cpuMs < limit + 1_000, `${usage.cpuMs} ms`),
  },
  wall: {
    lowered: '400ms', // long enough for a run on a busy machine to begin
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

/** Rows of a load or of the bundler, and the log, which ends nothing: they have tests of their own below. */
const ELSEWHERE: readonly LimitName[] = ['log', 'loadCpu', 'source', 'bundle']

test('every row of the table is broken by a test', () => {
  assert.equal([...Object.keys(ROWS), ...ELSEWHERE].sort(), [...LIMIT_NAMES].sort())
})

async function expectBroken(run: ReturnType<Broken>, row: Row, limit: number): Promise<void> {
  const outcome = await run
  expectStatus(outcome, row.status, row.code)
  assert.is(outcome.logs.length, row.logs ?? 1, 'the logs up to then are kept')
  row.check?.(outcome, limit)
}

for (const placement of PLACEMENTS) {
  for (const [name, row] of Object.entries(ROWS) as [LimitName, Row][]) {
    const { field: _field, default: byDefault, ceiling } = LIMITS[name]

    test(`${placement}: ${name} at its default`, async () => {
      await using engine = await open(placement, { [name]: written(name, byDefault) })
      const run = (event: string, payload: unknown): Promise<Outcome> => emitOne(engine, event, payload)
      if (row.edge !== undefined) expectStatus(await run(...row.edge(byDefault)), 'ok')
      await expectBroken(run(...row.break(byDefault)), row, byDefault)
      assert.is((await run('ok', 0)).value, 'fine')
    })

    test(`${placement}: ${name} lowered, by policy and by call`, async () => {
      const limit = numeric(name, row.lowered)
      await using byPolicy = await open(placement, { [name]: row.lowered })
      if (row.edge !== undefined) expectStatus(await emitOne(byPolicy, ...row.edge(limit)), 'ok')
      await expectBroken(emitOne(byPolicy, ...row.break(limit)), row, limit)
      assert.is((await emitOne(byPolicy, 'ok', 0)).value, 'fine')
      await using byCall = await open(placement)
      const limits = { [name]: row.lowered }
      await expectBroken(emitOne(byCall, ...row.break(limit), { limits }), row, limit)
      if (row.edge !== undefined) expectStatus(await emitOne(byCall, ...row.edge(limit), { limits }), 'ok')
      assert.is((await emitOne(byCall, 'ok', 0)).value, 'fine')
    })

    const isCheap = !['cpu', 'wall', 'stack', 'timers', 'hostCalls'].includes(name)
    if (isCheap)
      test(`${placement}: ${name} at its ceiling`, async () => {
        const memory = name === 'memory' ? {} : { memory: '256MiB' }
        await using engine = await open(placement, {
          ...memory,
          [name]: written(name, ceiling),
          ...(name === 'pendingHostCalls' ? { hostCalls: 2_000 } : {}),
        })
        if (row.edge !== undefined) expectStatus(await emitOne(engine, ...row.edge(ceiling)), 'ok')
        if (name === 'input') return // a payload above any limit is the host's mistake, and thrown
        await expectBroken(emitOne(engine, ...row.break(ceiling)), row, ceiling)
        assert.is((await emitOne(engine, 'ok', 0)).value, 'fine')
      })
  }

  test(`${placement}: the log over its limit drops what comes, says so once, and changes no status`, async () => {
    await using engine = await open(placement, { log: '1KiB' })
    const outcome = await emitOne(engine, 'log', 500)
    expectStatus(outcome, 'ok')
    const last = outcome.logs.at(-1)
    assert.is(last?.truncated, true)
    assert.is(outcome.logs.filter(({ truncated }) => truncated).length, 1)
    assert.ok(outcome.usage.logBytes <= 1024 && outcome.usage.logBytes > 1024 - 30, `${outcome.usage.logBytes} bytes`)
    await using silent = await open(placement, { log: '0B' })
    const muted = await emitOne(silent, 'log', 3)
    expectStatus(muted, 'ok')
    assert.is(muted.usage.logBytes, 0)
    assert.equal(
      muted.logs.map(({ truncated }) => truncated),
      [true],
    )
    await using roomy = await open(placement, { log: '4MiB' })
    assert.is((await emitOne(roomy, 'log', 100)).logs.length, 100)
  })

  test(`${placement}: a refused growth ends the run even where the script catches the error; usage is what was occupied`, async () => {
    await using engine = await open(placement)
    const caught = await emitOne(engine, 'memoryCaught', 64 * 1024 * 1024)
    expectStatus(caught, 'memory_exceeded')
    assert.equal(caught.logs, [])
    const small = await emitOne(engine, 'ok', 0)
    const large = await emitOne(engine, 'memory', 8 * 1024 * 1024)
    expectStatus(large, 'ok')
    const grown = large.usage.memoryBytes - small.usage.memoryBytes
    assert.ok(small.usage.memoryBytes < 256 * 1024, `${small.usage.memoryBytes} bytes for a handler that does nothing`)
    assert.ok(grown > 8e6 && grown < 9e6, `${grown} bytes for 8 MiB`)
  })

  for (const limit of ['512KiB', '1MiB', '4MiB', '10MiB', '11MiB', '12MiB'])
    test(`${placement}: a memory limit of ${limit} is exact`, async () => {
      const bytes = numeric('memory', limit)
      await using engine = await open(placement, { memory: limit })
      for (let round = 0; round < 3; round++) {
        expectStatus(await emitOne(engine, 'memorySmall', bytes * 0.6 - 150_000), 'ok')
        const over = await emitOne(engine, 'memorySmall', bytes * 1.2)
        expectStatus(over, 'memory_exceeded')
        assert.ok(
          over.usage.memoryBytes <= bytes + 65_536 && over.usage.memoryBytes > bytes / 2,
          `${over.usage.memoryBytes} of ${bytes} bytes`,
        )
      }
    })

  test(`${placement}: sizes are bytes, not characters`, async () => {
    await using engine = await open(placement)
    const limits = { output: '1KiB', input: '1KiB', hostCallArgument: '1KiB' }
    for (const [event, fits] of [
      ['wide', 511],
      ['wideArgument', 510],
    ] as const) {
      expectStatus(await emitOne(engine, event, fits, { limits }), 'ok')
      const over = await emitOne(engine, event, fits + 1, { limits })
      assert.ok(['OUTPUT_EXCEEDED', 'HOST_CALL_ARGUMENT_TOO_LARGE'].includes(over.error?.code ?? ''), `${event}: ${over.status}`)
    }
    expectStatus(await emitOne(engine, 'input', 'é'.repeat(511), { limits }), 'ok')
    expectStatus(await emitOne(engine, 'input', 'é'.repeat(512), { limits }), 'exception', 'INPUT_TOO_LARGE')
  })

  test(`${placement}: a full stack is a RangeError that the script can catch`, async () => {
    for (const stack of ['32KiB', '256KiB']) {
      await using engine = await open(placement, { stack })
      assert.is((await emitOne(engine, 'stackCaught', 0)).value, true)
      assert.is((await emitOne(engine, 'ok', 0)).value, 'fine')
    }
  })

  test(`${placement}: limits of a load`, async () => {
    const limits = { loadCpu: '20ms', source: '4KiB', bundle: '2KiB' }
    await using engine = await openEngine(
      {
        'cpu.ts': 'for (;;) {}\nexport default () => 1',
        'source.ts': `export default () => 1 // ${'x'.repeat(4096)}`,
        'bundle.ts': `${Array.from({ length: 5 }, (_, i) => `import { t as t${i} } from './lib/b${i}.ts'`).join('\n')}\nexport default () => [t0, t1, t2, t3, t4]`,
        ...Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`lib/b${i}.ts`, `export const t = '${String(i).repeat(600)}'`])),
        'fine.ts': `export default { on: { ok: () => 'fine' } }`,
      },
      { placement, policy: { version: 1, defaults: { limits } } },
    )
    const codes = Object.fromEntries(engine.scripts().map(({ id, error }) => [id, error?.code]))
    assert.equal(codes, { bundle: 'BUNDLE_TOO_LARGE', cpu: 'LOAD_CPU_EXCEEDED', fine: undefined, source: 'SOURCE_TOO_LARGE' })
    assert.is((await emitOne(engine, 'ok', 0)).value, 'fine')
  })

  test(`${placement}: a load that needs too much memory fails, and says so`, async () => {
    await using engine = await open(placement, { memory: '1MiB' }, { scripts: undefined })
    const outcome = await engine.evaluate(
      'const all = []; for (let i = 0; i < 3000; i++) all.push("x".repeat(1000) + i)\nexport default () => all.length',
    )
    expectStatus(outcome, 'load_failed', 'LOAD_MEMORY_EXCEEDED')
  })
}

function written(name: LimitName, value: number): string | number {
  const { unit } = LIMITS[name]
  return unit === 'count' ? value : `${value}${unit === 'ms' ? 'ms' : 'B'}`
}

function numeric(_name: LimitName, value: string | number): number {
  if (typeof value === 'number') return value
  const amount = Number.parseFloat(value)
  return amount * (value.endsWith('MiB') ? 1024 * 1024 : value.endsWith('KiB') ? 1024 : 1)
}

test.run()
