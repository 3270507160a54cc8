// Host calls that are answered when their run is long over. The numbers of runs come again after a while: an answer must not reach the run that has the number by then.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { defineBinding } from '../../engine/index.ts'
import { emitOne, expectStatus, openEngine, until } from '../harness/engines.ts'

/** Runs, one after another, until the number of a run comes again. */
const ROUND = (1 << 16) - 2

test('an answer that comes late reaches nobody, also when its run’s number is another’s by then', async () => {
  const answers = new Map<string, (value: string) => void>()
  const input = z.tuple([z.string()])
  const slow = defineBinding('slow', {
    get: { input, output: z.string(), handler: (_call, key) => new Promise((resolve) => answers.set(key, resolve)) },
  })
  const files = {
    'a.ts': `export default { needs: { slow: true }, on: { a: (_n, ctx) => ctx.slow.get('a') } }`,
    'b.ts': `export default { needs: { slow: true }, on: { b: (_n, ctx) => ctx.slow.get('b'), quick: () => 1 } }`,
  }
  const policy = { version: 1, defaults: { allow: { slow: true }, limits: { wall: '60s', cpu: '2s' } } }
  await using engine = await openEngine(files, { placement: 'inline', bindings: [slow], policy })
  const cancelled = new AbortController()
  const first = emitOne(engine, 'a', 1, { signal: cancelled.signal })
  await until(() => answers.has('a'), 'the first call arrives')
  cancelled.abort()
  expectStatus(await first, 'cancelled')
  for (let i = 1; i < ROUND; i++) await engine.emit('quick', 0)
  const second = emitOne(engine, 'b')
  await until(() => answers.has('b'), 'the second call arrives')
  answers.get('a')?.('for a alone')
  await new Promise((resolve) => setTimeout(resolve, 20))
  answers.get('b')?.('for b')
  assert.is((await second).value, 'for b')
})

test.run()
