// timeout: 300s
// A runner that always has something to do still looks at its clock.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createEngine, memoryStore } from '../../engine/index.ts'

const SCRIPT = `export default { on: {
  busy() { let sum = 0; for (let i = 0; i < 20_000; i++) sum += i; return sum },
  async nap() { await new Promise((wake) => setTimeout(wake, 5)); return 'awake' } } }`
const policy = { version: 1, defaults: { limits: { cpu: '2s', wall: '30s' } } }
/** Longer than the wall clock of a run: who never gets a look at the clock is cut. */
const LONGEST_MS = 40_000

test('a timer fires while other runs keep the runner busy without a pause', async () => {
  await using engine = await createEngine({ scripts: memoryStore({ 'script.ts': SCRIPT }), workers: 1, policy })
  const until = performance.now() + LONGEST_MS
  const nap = new AbortController()
  const lane = async (): Promise<void> => {
    while (!nap.signal.aborted && performance.now() < until) await engine.emit('busy', null)
  }
  const lanes = Array.from({ length: 60 }, lane)
  const { outcomes } = await engine.emit('nap', null)
  nap.abort()
  await Promise.all(lanes)
  assert.is(outcomes[0]?.status, 'ok')
  assert.is(outcomes[0]?.value, 'awake')
})

test.run()
