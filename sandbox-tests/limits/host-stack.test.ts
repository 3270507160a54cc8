// node: --stack-size=400
// A host whose own stack is smaller than what a script's depth needs: inline, its RangeError goes through the sandbox, and comes back as an outcome.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { emitOne, expectStatus, openEngine } from '../harness/engines.ts'

const DEEP: { readonly [way: string]: string } = {
  'array methods within each other': 'const f = () => [1].map(f)[0]; return f()',
  'toString of itself': 'const o = {}; o.toString = () => `${o}`; return `${o}`',
  'the parser': 'return (0, eval)("(".repeat(50000) + "1" + ")".repeat(50000))',
  'JSON.stringify of a deep value': 'let v = 1; for (let i = 0; i < 100000; i++) v = [v]; return JSON.stringify(v).length',
  'caught, again and again': 'const f = () => [1].map(f)[0]; for (;;) try { f() } catch {}',
}

for (const isolation of ['event', 'script'])
  test(`inline, isolation ${isolation}: a RangeError of the host is stack_exceeded, and the cell is whole again`, async () => {
    const handlers = Object.entries(DEEP).map(([way, body]) => `${JSON.stringify(way)}: async () => { ${body} }`)
    const limits = { stack: '512KiB', cpu: '2s', wall: '60s', memory: '64MiB' }
    await using engine = await openEngine(
      { 'deep.ts': `let runs = 0; export default { on: { count: () => ++runs, ${handlers.join(',\n')} } }` },
      { placement: 'inline', policy: { version: 1, defaults: { isolation, limits } } },
    )
    for (const way of Object.keys(DEEP)) {
      assert.is((await emitOne(engine, 'count')).value, 1)
      const outcome = await emitOne(engine, way)
      expectStatus(outcome, 'stack_exceeded', 'STACK_EXCEEDED')
      assert.is(outcome.error?.location, undefined, `${way}: no frame of the guest was left to tell where, so it was the host's stack`)
      assert.is(outcome.stateLost, isolation === 'script' ? true : undefined)
      assert.not.match(JSON.stringify(outcome), /node:|file:\/\/|\/engine\//)
    }
    assert.is((await emitOne(engine, 'count')).value, 1)
  })

test.run()
