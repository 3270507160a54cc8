// timeout: 300s
// Scripts share the runners: whoever waits for long, with however many runs, leaves room for the others.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { emitOne, expectStatus, openEngine, PLACEMENTS } from '../harness/engines.ts'

const HANGS = 'export default { on: { hang: () => new Promise((resolve) => setTimeout(resolve, 60_000)) } }'
const WALL_MS = 40_000

for (const placement of PLACEMENTS)
  test(`${placement}: scripts whose runs all wait do not keep another script from running`, async () => {
    const policy = { version: 1, defaults: { limits: { wall: `${WALL_MS}ms`, cpu: '2s' } } }
    const files = { 'a.ts': HANGS, 'b.ts': HANGS, 'c.ts': HANGS, 'quick.ts': 'export default { on: { quick: () => 1 } }' }
    const engine = await openEngine(files, { placement, policy })
    expectStatus(await emitOne(engine, 'quick'), 'ok')
    const hanging = Array.from({ length: 200 }, () => engine.emit('hang', 1))
    const { value, usage } = await emitOne(engine, 'quick')
    assert.is(value, 1)
    assert.ok(usage.wallMs < WALL_MS / 2, `${usage.wallMs} ms: it did not wait for the others to end`)
    await engine.close()
    await Promise.all(hanging)
  })

test.run()
