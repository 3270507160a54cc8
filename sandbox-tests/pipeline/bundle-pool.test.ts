// Jobs that wait for a worker: in turn, unless whoever asked no longer wants them.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { BundlePool } from '../../engine/pipeline/bundle-pool.ts'
import type { BundleTask } from '../../engine/pipeline/bundle-worker-client.ts'

const ANSWER = { kind: 'source', text: 'export default 1', loader: 'ts' } as const

/** A job that is done once its source comes. */
function task(source: Promise<void>, signal?: AbortSignal): BundleTask {
  return {
    job: { entry: 'a.ts', isTest: false, directory: '/', workingDirectory: '/', bundleBytes: 1_000_000, memoryBytes: 256 * 1024 * 1024 },
    answer: async (question) => {
      await source
      return question.kind === 'resolve' ? { kind: 'file', path: 'a.ts' } : ANSWER
    },
    deadlineMs: 30_000,
    signal,
  }
}

test('a job that is cancelled while it waits is told at once, and those behind it are done', async () => {
  const pool = new BundlePool()
  const { promise: source, resolve: release } = Promise.withResolvers<void>()
  const controller = new AbortController()
  const busy = Array.from({ length: 4 }, () => pool.run(task(source)))
  const first = pool.run(task(source))
  const cancelled = pool.run(task(source, controller.signal)).catch((reason: unknown) => reason)
  const last = pool.run(task(source))
  controller.abort('no longer')
  assert.is(await cancelled, 'no longer')
  release()
  for (const { kind } of await Promise.all([...busy, first, last])) assert.is(kind, 'bundled')
  await pool.close()
})

test('a signal that came before is as good, and a job that is done no longer listens', async () => {
  const pool = new BundlePool()
  const controller = new AbortController()
  assert.is((await pool.run(task(Promise.resolve(), controller.signal))).kind, 'bundled')
  controller.abort('no longer')
  assert.is(await pool.run(task(Promise.resolve(), controller.signal)).catch((reason: unknown) => reason), 'no longer')
  assert.is((await pool.run(task(Promise.resolve()))).kind, 'bundled')
  await pool.close()
})

test.run()
