// timeout: 600s
// Every row of the limits table, in every placement: broken at its default and at a lowered value, kept exactly at the limit, with the right status and code,
// the usage and the logs up to then; and the script serves its next event.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { LIMITS, type LimitName, type Outcome } from '../../engine/index.ts'
import { LIMIT_NAMES } from '../../engine/model/limits.ts'
import { emitOne, expectStatus, openEngine, PLACEMENTS } from '../harness/engines.ts'
import { expectBroken, numeric, openRows, ROWS, type Row, written } from './rows.ts'

/** Rows of a load or of the bundler, and the log, which ends nothing: they have tests of their own below. */
const ELSEWHERE: readonly LimitName[] = ['log', 'loadCpu', 'source', 'bundle']

test('every row of the table is broken by a test', () => {
  assert.equal([...Object.keys(ROWS), ...ELSEWHERE].sort(), [...LIMIT_NAMES].sort())
})

for (const placement of PLACEMENTS) {
  for (const [name, row] of Object.entries(ROWS) as [LimitName, Row][]) {
    const { field: _field, default: byDefault, ceiling } = LIMITS[name]

    test(`${placement}: ${name} at its default`, async () => {
      await using engine = await openRows(placement, { [name]: written(name, byDefault) })
      const run = (event: string, payload: unknown): Promise<Outcome> => emitOne(engine, event, payload)
      if (row.edge !== undefined) expectStatus(await run(...row.edge(byDefault)), 'ok')
      await expectBroken(run(...row.break(byDefault)), row, byDefault)
      assert.is((await run('ok', 0)).value, 'fine')
    })

    test(`${placement}: ${name} lowered, by policy and by call`, async () => {
      const limit = numeric(row.lowered)
      await using byPolicy = await openRows(placement, { [name]: row.lowered })
      if (row.edge !== undefined) expectStatus(await emitOne(byPolicy, ...row.edge(limit)), 'ok')
      await expectBroken(emitOne(byPolicy, ...row.break(limit)), row, limit)
      assert.is((await emitOne(byPolicy, 'ok', 0)).value, 'fine')
      await using byCall = await openRows(placement)
      const limits = { [name]: row.lowered }
      await expectBroken(emitOne(byCall, ...row.break(limit), { limits }), row, limit)
      if (row.edge !== undefined) expectStatus(await emitOne(byCall, ...row.edge(limit), { limits }), 'ok')
      assert.is((await emitOne(byCall, 'ok', 0)).value, 'fine')
    })

    const isCheap = !['cpu', 'wall', 'stack', 'timers', 'hostCalls'].includes(name)
    if (isCheap)
      test(`${placement}: ${name} at its ceiling`, async () => {
        const memory = name === 'memory' ? {} : { memory: '256MiB' }
        await using engine = await openRows(placement, {
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
    await using engine = await openRows(placement, { log: '1KiB' })
    const outcome = await emitOne(engine, 'log', 500)
    expectStatus(outcome, 'ok')
    const last = outcome.logs.at(-1)
    assert.is(last?.truncated, true)
    assert.is(outcome.logs.filter(({ truncated }) => truncated).length, 1)
    assert.ok(outcome.usage.logBytes <= 1024 && outcome.usage.logBytes > 1024 - 30, `${outcome.usage.logBytes} bytes`)
    await using silent = await openRows(placement, { log: '0B' })
    const muted = await emitOne(silent, 'log', 3)
    expectStatus(muted, 'ok')
    assert.is(muted.usage.logBytes, 0)
    assert.equal(
      muted.logs.map(({ truncated }) => truncated),
      [true],
    )
    await using roomy = await openRows(placement, { log: '4MiB' })
    assert.is((await emitOne(roomy, 'log', 100)).logs.length, 100)
  })

  test(`${placement}: a refused growth ends the run even where the script catches the error; usage is what was occupied`, async () => {
    await using engine = await openRows(placement)
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
      const bytes = numeric(limit)
      await using engine = await openRows(placement, { memory: limit })
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
    await using engine = await openRows(placement)
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
      await using engine = await openRows(placement, { stack })
      assert.is((await emitOne(engine, 'stackCaught', 0)).value, true)
      assert.is((await emitOne(engine, 'ok', 0)).value, 'fine')
    }
  })

  test(`${placement}: limits of a load`, async () => {
    const limits = { loadCpu: '300ms', source: '4KiB', bundle: '2KiB' }
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
    await using engine = await openRows(placement, { memory: '1MiB' }, { scripts: undefined })
    const outcome = await engine.evaluate(
      'const all = []; for (let i = 0; i < 3000; i++) all.push("x".repeat(1000) + i)\nexport default () => all.length',
    )
    expectStatus(outcome, 'load_failed', 'LOAD_MEMORY_EXCEEDED')
  })
}

test.run()
