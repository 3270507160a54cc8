// timeout: 600s
// A policy that asks for more than a ceiling gets the ceiling, and it holds: the ceilings that a policy sets itself, and those of the table.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { LIMITS, type LimitName } from '../../engine/index.ts'
import { LIMIT_NAMES } from '../../engine/model/limits.ts'
import { formatQuantity } from '../../engine/model/quantity.ts'
import { emitOne, expectStatus, openEngine, PLACEMENTS, skip } from '../harness/engines.ts'
import { expectBroken, numeric, openRows, ROWS, type Row, written } from './rows.ts'

const rows = Object.entries(ROWS) as [LimitName, Row][]

for (const placement of PLACEMENTS) {
  for (const [name, row] of rows) {
    test(`${placement}: ${name} above the policy's own ceiling is cut at the ceiling, whatever the call says`, async () => {
      const asked = { [name]: written(name, LIMITS[name].ceiling) }
      const defaults = { allow: { host: true, log: true }, limits: { cpu: '10s', wall: '60s', ...asked } }
      await using engine = await openRows(placement, {}, { policy: { version: 1, ceilings: { [name]: row.lowered }, defaults } })
      const limit = numeric(row.lowered)
      for (const limits of [{}, asked]) {
        if (row.edge !== undefined) expectStatus(await emitOne(engine, ...row.edge(limit), { limits }), 'ok')
        await expectBroken(emitOne(engine, ...row.break(limit), { limits }), row, limit)
      }
      assert.is((await emitOne(engine, 'ok', 0)).value, 'fine')
    })
  }

  for (const name of ['timers', 'hostCalls'] as const)
    test(`${placement}: ${name} above the table's ceiling is cut at the ceiling`, async () => {
      const { ceiling } = LIMITS[name]
      const row = ROWS[name] as Row
      await using engine = await openRows(placement, { [name]: ceiling * 10, memory: '256MiB' })
      if (row.edge !== undefined) expectStatus(await emitOne(engine, ...row.edge(ceiling)), 'ok')
      await expectBroken(emitOne(engine, ...row.break(ceiling)), row, ceiling)
      assert.is((await emitOne(engine, 'ok', 0)).value, 'fine')
    })
}

test("thread: cpu above the table's ceiling is cut at the ceiling", async () => {
  skip("inline: cpu at the table's ceiling", 'ten seconds of computing; the same interrupt ends it as at every lower value')
  await using engine = await openRows('thread', { cpu: '1m' })
  await expectBroken(emitOne(engine, 'cpu', 0), ROWS.cpu as Row, LIMITS.cpu.ceiling)
})

test("every row above the table's ceiling is clamped, and says so", async () => {
  skip("wall at the table's ceiling", 'it takes five minutes; that the clamped value holds is shown for lower ceilings')
  const limits = Object.fromEntries(LIMIT_NAMES.map((name) => [name, written(name, LIMITS[name].ceiling * 10)]))
  await using engine = await openEngine({ 'a.ts': 'export default () => 1' }, { policy: { version: 1, defaults: { limits } } })
  for (const name of LIMIT_NAMES) {
    const { ceiling, unit } = LIMITS[name]
    const setting = engine.explain('a').find(({ path }) => path === `limits.${name}`)
    assert.is(setting?.value, formatQuantity(unit, ceiling), name)
    assert.is(setting?.clampedBy, 'built-in', name)
  }
  expectStatus(await emitOne(engine, 'x'), 'ok')
})

test.run()
