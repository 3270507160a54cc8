// What is said to a script that uses a binding which it did not ask for: the same on both runtimes.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { standardBindings } from '../../bindings/index.ts'
import { hintForMissingNeed } from '../../engine/pipeline/missing-need.ts'
import { COMBINATIONS, inCombination } from '../harness/combinations.ts'
import { emitOne, expectStatus, openEngine, PATIENT } from '../harness/engines.ts'

const HINT = 'ctx.kv is there only for scripts that ask for it: write needs: { kv: true } beside "on".'
const FILES = {
  'plain.ts': `export default { on: { plain: async (_: unknown, ctx: any) => { return await ctx.kv.get('a') } } }`,
  'apart.ts': `export default { on: { apart: async (_: unknown, { kv }: any) => {\n  const a = 1\n  return await kv.get(a) } } }`,
  'other.ts': `export default { on: { other: async (_: unknown, ctx: any) => ctx.order.kv.get('a') } }`,
  'asked.ts': `export default { needs: { kv: true }, on: { asked: (_: unknown, ctx: any) => ctx.kvs.get('a') } }`,
}

for (const combination of COMBINATIONS) {
  test(`a binding that was not asked for is named (${combination.name})`, async () => {
    const policy = { version: 1, defaults: { ...PATIENT.defaults, allow: { kv: true } } }
    await using engine = await openEngine(FILES, inCombination(combination, { policy, bindings: standardBindings({ kv: ':memory:' }) }))
    for (const [event, hint] of [
      ['plain', HINT],
      ['apart', HINT],
      ['other', undefined],
      ['asked', undefined],
    ] as const) {
      const outcome = await emitOne(engine, event)
      expectStatus(outcome, 'exception')
      assert.is(outcome.error?.hint, hint, event)
    }
  })
}

test('only what reads a method of a binding that is not there is taken for that', () => {
  const quickjs = "cannot read property 'get' of undefined"
  assert.is(hintForMissingNeed(quickjs, '  await ctx.kv.get(1)', ['http', 'kv']), HINT)
  assert.is(hintForMissingNeed("Cannot read properties of undefined (reading 'get')", '  await ctx.kv!.get(1)', ['kv']), HINT)
  assert.is(hintForMissingNeed(quickjs, '  await ctx.kv.get(1)', ['http']), undefined, 'the script has it')
  assert.is(hintForMissingNeed(quickjs, '  await ctx.kv.set(1)', ['kv']), undefined, 'another method')
  assert.is(hintForMissingNeed(`${quickjs}!`, '  await ctx.kv.get(1)', ['kv']), undefined, 'the script’s own message')
})

test.run()
