// What is said to a script that calls what is no function: the same of bindings on both runtimes.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { standardBindings } from '../../bindings/index.ts'
import { hintForMissingMethod } from '../../engine/pipeline/missing-method.ts'
import { COMBINATIONS, inCombination } from '../harness/combinations.ts'
import { emitOne, expectStatus, openEngine, PATIENT } from '../harness/engines.ts'

const HINT = 'ctx.kv has no "incremnt". Did you mean "increment"?'
const FILES = {
  'plain.ts': `export default { needs: { kv: true }, on: { plain: async (_: unknown, ctx: any) => { await ctx.kv.incremnt('a') } } }`,
  'apart.ts': `export default { needs: { kv: true }, on: { apart: async (_: unknown, { kv }: any) => {\n  await Promise.all(['ä😀'].map((key) => kv.incremnt(key))) } } }`,
  'log.ts': `export default { on: { log: (_: unknown, ctx: any) => ctx.log.wran('a') } }`,
  'argument.ts': `export default { needs: { kv: true }, on: { argument: (_: unknown, ctx: any) => [1].map(ctx.kv.incremnt) } }`,
}

for (const combination of COMBINATIONS) {
  test(`a method that a binding does not have is named, with the nearest that it has (${combination.name})`, async () => {
    const policy = { version: 1, defaults: { ...PATIENT.defaults, allow: { kv: true } } }
    await using engine = await openEngine(FILES, inCombination(combination, { policy, bindings: standardBindings({ kv: ':memory:' }) }))
    for (const [event, hint] of [
      ['plain', HINT],
      ['apart', HINT],
      ['log', 'ctx.log has no "wran". Did you mean "warn"?'],
      ['argument', undefined],
    ] as const) {
      const outcome = await emitOne(engine, event)
      expectStatus(outcome, 'exception')
      assert.is(outcome.error?.hint, hint, event)
    }
  })
}

const QUICKJS = 'not a function'
const KV = { kv: ['get', 'set'] }

/** The call is at the mark. */
function hint(message: string, marked: string): string | undefined {
  return hintForMissingMethod(message, { line: marked.replace('^', ''), column: marked.indexOf('^') + 1 }, KV)
}

test('only calls of methods that are not there are about a binding', () => {
  assert.is(hint(QUICKJS, 'ctx.kv.^gett(1)'), 'ctx.kv has no "gett". Did you mean "get"?')
  assert.is(hint('ctx.kv.remember is not a function', 'ctx.kv.^remember(1)'), 'ctx.kv has no "remember". It has get, set.')
  assert.is(hint(QUICKJS, 'ctx?.kv!.^gett(1)'), 'ctx.kv has no "gett". Did you mean "get"?')
  assert.is(hint('order.list.kv.gett is not a function', 'order.list.kv.^gett()'), undefined, 'something else')
  assert.is(hint('ctx.kv.get is not a function', 'ctx.kv.^get()'), undefined, 'the script put something else there')
  assert.is(hint('the order is not a function of time!', 'ctx.kv.^gett()'), undefined, 'the script’s own message')
})

test('where the runtime does not say what was called, the hint does', () => {
  assert.is(hint(QUICKJS, '  return order.items.^flap(1)'), 'What is called there is "order.items.flap".')
  assert.is(hint(QUICKJS, '  ^f()'), 'What is called there is "f".')
  assert.is(hint(QUICKJS, 'load(1).^flap()'), 'What is called there is "flap".')
  assert.is(hint(QUICKJS, '    .^flap()'), 'What is called there is "flap".')
  assert.is(hint(QUICKJS, "ctx['kv']['gett']^('a')"), undefined)
  assert.is(hint('order.flap is not a function', 'order.^flap()'), undefined, 'it does')
  assert.is(hint(QUICKJS, ''), undefined)
})

test.run()
