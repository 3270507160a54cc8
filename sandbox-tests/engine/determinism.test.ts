// Deterministic inside: what the load phase sees of time and chance, and two streams of chance that do not disturb each other.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { emitOne, openEngine, PLACEMENTS, type PlacementName } from '../harness/engines.ts'

const SCRIPT = `
  const top = [Date.now(), new Date().toISOString(), performance.now(), Math.random(), crypto.randomUUID()]
  export default { on: {
    top: () => top,
    numbers: () => [Math.random(), Math.random()],
    mixed: () => { const first = Math.random(); crypto.getRandomValues(new Uint8Array(10)); return [first, Math.random()] },
    uuid: () => crypto.randomUUID(),
    uuidLater: () => { Math.random(); Math.random(); return crypto.randomUUID() },
  } }
`

/** What came of each event, in an engine with a clock and a seed of its own. */
async function valuesOf(placement: PlacementName, { source = SCRIPT, now = 5_000, seed = 7 } = {}): Promise<Record<string, unknown>> {
  const options = { placement, clock: () => now, random: (bytes: number) => new Uint8Array(bytes).fill(seed) }
  await using engine = await openEngine({ 'a.ts': source }, options)
  const values: Record<string, unknown> = {}
  for (const event of ['top', 'numbers', 'mixed', 'uuid', 'uuidLater']) values[event] = (await emitOne(engine, event)).value
  return values
}

for (const placement of PLACEMENTS) {
  test(`${placement}: a top level sees one moment and one chance, whenever and with whatever seeds it is loaded`, async () => {
    const { top } = (await valuesOf(placement)) as { top: unknown[] }
    assert.equal(top.slice(0, 3), [Date.UTC(2000, 0, 1), '2000-01-01T00:00:00.000Z', 0])
    assert.equal((await valuesOf(placement, { now: 9_999_999, seed: 3 }))['top'], top)
    const other = (await valuesOf(placement, { source: `${SCRIPT};globalThis.more = 1` })) as { top: unknown[] }
    assert.is.not(other.top[3], top[3], 'the seed is of the bundle')
    assert.is.not(other.top[4], top[4])
  })

  test(`${placement}: crypto has a stream of its own`, async () => {
    const { numbers, mixed, uuid, uuidLater } = await valuesOf(placement)
    assert.equal(mixed, numbers)
    assert.is(uuidLater, uuid)
    const other = await valuesOf(placement, { seed: 8 })
    assert.is.not(other['uuid'], uuid)
    assert.not.equal(other['numbers'], numbers)
  })
}

test('placements agree on all of it', async () => {
  const [first, ...others] = await Promise.all(PLACEMENTS.map((placement) => valuesOf(placement)))
  for (const other of others) assert.equal(other, first)
})

test.run()
