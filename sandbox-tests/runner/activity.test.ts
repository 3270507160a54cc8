// What host and runner share in memory: what is computed at this moment, and what a run logged that had to be killed.
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Activity } from '../../engine/runner/activity.ts'
import { emitOne, expectStatus, openEngine } from '../harness/engines.ts'

/** As the host has it: a second view of the same memory. */
function pair(): { readonly runner: Activity; readonly host: Activity } {
  const runner = new Activity()
  return { runner, host: new Activity(runner.buffer) }
}

test('nothing is seen before the first entry, between entries and after the last', () => {
  const { runner, host } = pair()
  assert.is(host.see(), undefined)
  runner.subject(7, [])
  assert.is(host.see(), undefined)
  runner.enter()
  assert.is(host.see()?.id, 7)
  runner.leave()
  assert.is(host.see(), undefined)
})

test('each entry has a number of its own, and tells since when it runs and when it was last polled', () => {
  const { runner, host } = pair()
  runner.subject(1, [])
  runner.enter()
  const first = host.see()
  assert.ok(first !== undefined && Math.abs(first.since - (performance.timeOrigin + performance.now())) < 10_000)
  assert.is(first.polledAt, first.since)
  runner.polled(performance.now() + 5)
  assert.ok((host.see()?.polledAt ?? 0) > first.polledAt)
  assert.is(host.see()?.since, first.since)
  runner.leave()
  runner.enter()
  assert.is.not(host.see()?.entry, first.entry)
})

test('the counter of entries wraps around at 32 bits, and still tells entries apart', () => {
  const { runner, host } = pair()
  new Int32Array(runner.buffer)[1] = 2 ** 31 - 2
  runner.subject(1, [])
  const seen = new Set<number>()
  for (let i = 0; i < 4; i++) {
    runner.enter()
    seen.add(host.see()?.entry as number)
    runner.leave()
  }
  assert.equal([...seen], [2 ** 31 - 1, -(2 ** 31), -(2 ** 31) + 1, -(2 ** 31) + 2])
})

test('request ids up to 32 bits are seen as they are', () => {
  const { runner, host } = pair()
  for (const id of [1, 65_536, 2 ** 31 - 1]) {
    runner.subject(id, [])
    runner.enter()
    assert.is(host.see()?.id, id)
    runner.leave()
  }
})

test('the log reads back as it was written, for the latest subject only', () => {
  const entry = fc.string({ unit: 'grapheme' }).map((text) => `1${JSON.stringify(text)}`)
  const property = fc.property(fc.array(entry, { maxLength: 20 }), fc.array(entry, { maxLength: 20 }), (before, after) => {
    const { runner, host } = pair()
    runner.subject(1, ['1"of another run"'])
    runner.subject(2, before)
    for (const text of after) runner.logged(text)
    assert.equal(host.readLog(), [...before, ...after])
  })
  fc.assert(property)
})

test('what does not fit is left out; what is smaller still fits', () => {
  const { runner, host } = pair()
  runner.subject(1, [])
  const large = `1"${'x'.repeat(100 * 1024)}"`
  runner.logged(large)
  runner.logged(large)
  runner.logged('1"small"')
  assert.equal(host.readLog(), [large, '1"small"'])
  const rest = 128 * 1024 - large.length - 1 - '1"small"'.length - 1
  runner.logged(`1"${'é'.repeat(rest)}"`)
  runner.logged('y'.repeat(rest - 1))
  runner.logged('')
  assert.is(host.readLog().length, 3, 'exactly as much as there is room for')
  runner.subject(2, [])
  assert.equal(host.readLog(), [])
})

test('a run that had to be killed keeps what it logged, over several entries into the sandbox', async () => {
  await using engine = await openEngine(
    {
      'hang.ts': `export default async (n, ctx) => {
        ctx.log.info('first')
        await new Promise((resolve) => setTimeout(resolve, 5))
        ctx.log.warn('second \\u2028 é', { n })
        return (2n ** 1000000n).toString().length
      }`,
    },
    { policy: { version: 1, defaults: { limits: { cpu: '50ms', wall: '60s' } } } },
  )
  const outcome = await emitOne(engine, 'go', 3)
  expectStatus(outcome, 'cpu_exceeded')
  assert.equal(outcome.logs, [
    { level: 'info', message: 'first' },
    { level: 'warn', message: 'second \u2028 é', data: { n: 3 } },
  ])
})

test.run()
