// What `dev` remembers is bounded in bytes, however long it runs and however much scripts say.
// node: --expose-gc
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ALL, LogTail } from '../../../cli/dev/log-tail.ts'
import { type RunEntry, RunHistory } from '../../../cli/dev/run-history.ts'

const KiB = 1024
const NO_USAGE = { cpuMs: 0, wallMs: 1, memoryBytes: 0, hostCalls: 0, logBytes: 0, outputBytes: 0 }

function entryOf(runId: string, outputBytes: number): RunEntry {
  const usage = { ...NO_USAGE, outputBytes }
  return { at: 0, outcome: { script: 'a', event: 'go', runId, status: 'ok', value: 1, usage, logs: [] }, shot: undefined }
}

test('a long text is cut, and says how much is missing; its original is not kept', () => {
  const tail = new LogTail()
  const line = { at: 0, source: 'a', level: 'info' } as const
  const before = process.memoryUsage().heapUsed
  for (let i = 0; i < 1_000; i++) tail.add({ ...line, text: `${i} ${'x'.repeat(64 * KiB)}`.normalize() })
  const [last] = tail.last(1, ALL)
  assert.match(last?.text ?? '', /^999 x{3996}… \(61540 more characters\)$/)
  global.gc?.()
  const kept = process.memoryUsage().heapUsed - before
  if (global.gc !== undefined) assert.ok(kept < 32 * KiB * KiB, String(kept))
  tail.add({ ...line, text: 'short' })
  assert.is(tail.last(1, ALL)[0]?.text, 'short')
})

test('runs are forgotten when their results and logs are too much together, the oldest first; the figures stay', () => {
  const runs = new RunHistory()
  for (let i = 0; i < 400; i++) runs.add(entryOf(`small-${i}`, 100))
  assert.is(runs.latest(1_000).length, 400)
  for (let i = 0; i < 400; i++) runs.add(entryOf(`large-${i}`, 256 * KiB))
  assert.is(runs.latest(1_000).length, 64)
  assert.equal(
    runs.latest(2).map(({ outcome }) => outcome.runId),
    ['large-399', 'large-398'],
  )
  assert.is(runs.figures('a').runs, 800)
  runs.add(entryOf('huge', 100_000 * KiB))
  assert.is(runs.latest(1_000).length, 1, 'the latest is always there')
  runs.amend(entryOf('huge', 10))
  for (let i = 0; i < 400; i++) runs.add(entryOf(`again-${i}`, 100))
  assert.is(runs.latest(1_000).length, 401)
  runs.clear()
  for (let i = 0; i < 600; i++) runs.add(entryOf(`none-${i}`, 0))
  assert.is(runs.latest(1_000).length, 500)
})

test.run()
