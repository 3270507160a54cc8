// What a policy is told that grants a binding which the engine was made without.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { standardBindings } from '../../bindings/index.ts'
import { policyFromObject } from '../../engine/policy/load.ts'
import { STANDARD_BINDINGS } from '../../engine/policy/schema-problems.ts'
import { tempDirectory } from '../harness/temp-directory.ts'
import { engineErrorOf } from './errors.ts'

test('the policy knows the bindings that come with vivarium, and which of them have to be asked for', () => {
  using directory = tempDirectory({ 'data/a': '' })
  const namesOf = (options: Parameters<typeof standardBindings>[0]): string[] =>
    standardBindings({ kv: ':memory:', ...options })
      .map(({ surface }) => surface.name)
      .filter((name) => name !== 'log')
  const always = namesOf({})
  const all = namesOf({ files: { data: `${directory.path}/data` }, secrets: { TOKEN: 'a-long-enough-token' } })
  assert.equal(Object.keys(STANDARD_BINDINGS).sort(), all.sort())
  for (const [name, call] of Object.entries(STANDARD_BINDINGS))
    assert.is(call, always.includes(name) ? 'standardBindings()' : `standardBindings({ ${name}: … })`)
})

test('a policy that grants one which the engine does not have says how the host gets it', () => {
  const said = (allow: object, others: object = {}): string =>
    engineErrorOf(() => policyFromObject({ version: 1, defaults: { allow }, ...others }, [])).message
  assert.match(
    said({ kv: true }),
    /kv: is not a binding of this engine\. It comes with vivarium: .*\{ bindings: standardBindings\(\) \}\), from/,
  )
  assert.match(said({ files: { data: 'read' } }), /standardBindings\(\{ files: … \}\)/)
  assert.match(said({ kvv: true }), /kvv: is not a binding of this engine\. Known are "log", "schedule"\./)
})

test('a word that is both a binding and nearly a part of a policy is taken for the part', () => {
  const script = standardBindings({ kv: ':memory:' }).filter(({ surface }) => surface.name === 'script')
  const error = engineErrorOf(() =>
    policyFromObject(
      { version: 1, script: {} },
      script.map(({ surface }) => surface),
    ),
  )
  assert.match(error.message, /Did you mean "scripts"\?/)
})

test.run()
