// A store in memory behaves as one on disk does.
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { memoryStore } from '../../engine/source/memory-store.ts'
import { until } from '../harness/engines.ts'
import { rejectionOf } from '../harness/rejection-of.ts'

test('it lists and reads what it was given', async () => {
  const store = memoryStore({ 'greet.ts': '\uFEFFhi', 'lib/a.ts': 'a', 'reports/index.ts': '', 'reports/part.ts': '' })
  assert.is(store.directory, undefined)
  assert.equal(
    (await store.list()).map(({ id }) => id),
    ['greet', 'reports'],
  )
  assert.equal(await store.read('greet.ts', 100), { path: 'greet.ts', text: 'hi' })
  assert.is(await store.read('__proto__', 100), undefined)
  assert.is((await rejectionOf(store.read('lib/a.ts', 0))).code, 'SOURCE_TOO_LARGE')
})

test('writes and removals come to watchers as one report', async () => {
  const store = memoryStore({ 'a.ts': '' })
  const reports: string[][] = []
  const watch = await store.watch((paths) => reports.push([...paths].sort()))
  store.write('b.ts', '1')
  store.write('b.ts', '2')
  store.remove('a.ts')
  store.remove('never.ts')
  await until(() => reports.length > 0, 'the report')
  await sleep(100) // and no second one
  assert.equal(reports, [['a.ts', 'b.ts']])
  assert.equal(
    (await store.list()).map(({ id }) => id),
    ['b'],
  )
  await watch.close()
  store.write('c.ts', '')
  await sleep(100)
  assert.is(reports.length, 1)
})

test.run()
