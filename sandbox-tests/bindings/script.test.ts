// The binding script: a run's own names, its limits, and what is left of them, through engines on both runtimes.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { crypto, script } from '../../bindings/index.ts'
import { createEngine, defineBinding, type Engine, memoryStore } from '../../engine/index.ts'
import { COMBINATIONS, type Combination, inCombination } from '../harness/combinations.ts'
import { emitOne, expectStatus } from '../harness/engines.ts'

const LIMITS = { cpu: '2s', wall: '20s', hostCalls: 9, memory: '8MiB' }
const SCRIPT = `
const spin = (ms) => { let n = 0; for (let i = 0; i < ms * 20_000; i++) n += i % 7; return n }
export default { needs: { script: true, pause: true }, on: {
  info: (_, ctx) => ctx.script.info(),
  remaining: async (_, ctx) => {
    const first = await ctx.script.remaining()
    spin(20)
    const computed = await ctx.script.remaining()
    await ctx.pause.wait(60)
    return [first, computed, await ctx.script.remaining()]
  },
  same: async (_, ctx) => (await Promise.all([ctx.script.remaining(), ctx.script.remaining(), ctx.script.remaining()])).map(({ hostCalls }) => hostCalls),
  last: async (_, ctx) => { let left; for (let i = 0; i < 9; i++) left = await ctx.script.remaining(); return left.hostCalls },
} }`

interface Remaining {
  readonly cpuMs: number
  readonly wallMs: number
  readonly hostCalls: number
}

const pause = defineBinding('pause', {
  wait: { input: z.tuple([z.number()]), output: z.void(), handler: (_call, ms) => new Promise((resolve) => setTimeout(resolve, ms)) },
})

async function withEngine(combination: Combination, use: (engine: Engine) => Promise<void>): Promise<void> {
  const policy = { version: 1, defaults: { limits: LIMITS, allow: { script: true, pause: true } } }
  const options = { scripts: memoryStore({ 'me.ts': SCRIPT }), workers: 1, policy, bindings: [script(), pause, crypto()] }
  await using engine = await createEngine(inCombination(combination, options))
  await use(engine)
}

for (const combination of COMBINATIONS.filter(({ name }) => name !== 'quickjs-process')) {
  const of = (title: string) => `${title} (${combination.name})`

  test(of('a run knows its names and its limits, lowered ones too'), () =>
    withEngine(combination, async (engine) => {
      const outcome = await emitOne(engine, 'info', null, { tenant: 'acme', limits: { cpu: '1s' } })
      expectStatus(outcome, 'ok')
      const { limits, ...names } = outcome.value as { limits: Record<string, number> }
      assert.equal(names, { id: 'me', runId: outcome.runId, event: 'info', tenant: 'acme' })
      assert.is(limits['cpuMs'], 1_000)
      assert.is(limits['wallMs'], 20_000)
      assert.is(limits['memoryBytes'], 8 * 1024 * 1024)
      assert.is(limits['hostCalls'], 9)
      assert.ok(!('bundleBytes' in limits))
      const { value } = await emitOne(engine, 'info', null)
      assert.ok(!('tenant' in (value as object)))
    }),
  )

  test(of('what is left shrinks by what was computed, waited and asked'), () =>
    withEngine(combination, async (engine) => {
      const outcome = await emitOne(engine, 'remaining')
      expectStatus(outcome, 'ok')
      const [first, computed, waited] = outcome.value as [Remaining, Remaining, Remaining]
      for (const each of [first, computed, waited])
        for (const amount of Object.values(each)) assert.ok(Number.isSafeInteger(amount) && amount >= 0)
      assert.equal([first.hostCalls, computed.hostCalls, waited.hostCalls], [8, 7, 5])
      assert.ok(first.cpuMs <= 2_000 && first.wallMs <= 20_000)
      assert.ok(computed.cpuMs <= first.cpuMs, `${computed.cpuMs} of ${first.cpuMs} ms`) // whole ms: V8 may need less than one
      assert.ok(waited.wallMs <= computed.wallMs - 59)
      assert.ok(computed.cpuMs - waited.cpuMs < 40, 'waiting is not computing')
      assert.ok(2_000 - waited.cpuMs <= outcome.usage.cpuMs + 2, 'no more than the outcome says')
    }),
  )

  test(of('calls that go out together are counted one by one, and the last one knows that it is'), () =>
    withEngine(combination, async (engine) => {
      assert.equal((await emitOne(engine, 'same')).value, [8, 7, 6])
      assert.is((await emitOne(engine, 'last')).value, 0)
    }),
  )
}

test.run()
