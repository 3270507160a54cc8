// With isolation `script`, states are kept apart by script and tenant, whatever these are called.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { openEngine, PLACEMENTS } from '../harness/engines.ts'

const SCRIPT = 'let seen = []; export default { on: { go: (word) => { seen.push(word); return seen } } }'

for (const placement of PLACEMENTS) {
  test(`${placement}: names that are joined alike do not share a state`, async () => {
    const policy = { version: 1, defaults: { isolation: 'script', limits: { cpu: '2s', wall: '60s' } } }
    await using engine = await openEngine({ 'a.ts': SCRIPT, 'a|b.ts': SCRIPT }, { placement, policy })
    const run = async (script: string, tenant: string | undefined, word: string): Promise<unknown> => {
      const { outcomes } = await engine.emit('go', word, { tenant })
      return outcomes.find((outcome) => outcome.script === script)?.value
    }
    assert.equal(await run('a', 'b|c', 'first'), ['first'])
    assert.equal(await run('a|b', 'c', 'second'), ['second'])
    assert.equal(await run('a', undefined, 'third'), ['third'])
    assert.equal(await run('a', '', 'fourth'), ['fourth'])
    assert.equal(await run('a', 'b|c', 'fifth'), ['first', 'fifth'])
  })
}

test.run()
