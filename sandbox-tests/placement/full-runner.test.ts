// A runner has a bounded number of cells. What finds none free waits for one, with its wall clock running, and is nobody else's burden.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { emitOne, expectStatus, openEngine } from '../harness/engines.ts'

/** As many as one runner serves at once. */
const CELLS = 64

test('runs that find no free cell begin when one becomes free, or end with their wall clock', async () => {
  const policy = { version: 1, defaults: { concurrency: { max: 1_000 }, limits: { wall: '30s', cpu: '2s' } } }
  const wait = 'export default { on: { wait: (n) => new Promise((resolve) => setTimeout(() => resolve(n), 1_200)), quick: () => 1 } }'
  await using engine = await openEngine({ 'a.ts': wait, 'b.ts': 'export default { on: { other: () => 2 } }' }, { policy })
  const patient = await Promise.all(Array.from({ length: CELLS + 20 }, (_, n) => emitOne(engine, 'wait', n)))
  for (const [n, outcome] of patient.entries()) assert.is(outcome.value, n)
  for (const { usage } of patient.slice(CELLS))
    assert.ok(usage.wallMs > 2_000, `${usage.wallMs} ms: it waited for its turn, and that counts`)

  const under = Array.from({ length: CELLS + 20 }, () => emitOne(engine, 'wait', 1, { limits: { wall: '2s' } }))
  const ends = await Promise.all(under)
  const ok = ends.filter(({ status }) => status === 'ok').length
  assert.ok(ok <= CELLS, `${ok} runs at once`)
  for (const outcome of ends) if (outcome.status !== 'ok') expectStatus(outcome, 'wall_exceeded', 'WALL_EXCEEDED')
  assert.is((await emitOne(engine, 'quick')).value, 1)
  assert.is((await emitOne(engine, 'other')).value, 2)
})

test.run()
