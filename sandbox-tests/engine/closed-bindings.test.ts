// Whatever createEngine refuses, the bindings that it was given are closed: nobody else would.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { type Binding, type CreateEngineOptions, createEngine, defineBinding } from '../../engine/index.ts'
import { rejectionOf } from '../harness/rejection-of.ts'

function counted(name: string): { readonly binding: Binding; closed(): number } {
  let closed = 0
  const binding = defineBinding(name, { ask: { input: z.tuple([]), output: z.void(), handler: () => undefined } })
  return { binding: { ...binding, close: () => void closed++ }, closed: () => closed }
}

const REFUSED: { readonly [what: string]: readonly [options: object, code: string] } = {
  'an option that there is not': [{ polcy: 'x' }, 'OPTIONS_INVALID'],
  'a value that an option cannot have': [{ workers: 0 }, 'OPTIONS_INVALID'],
  'an audit that is none': [{ audit: 5 }, 'OPTIONS_INVALID'],
  'an invalid policy': [{ policy: { version: 2 } }, 'POLICY_INVALID'],
  'a missing directory': [{ scripts: '/nowhere/at/all' }, 'SCRIPTS_DIRECTORY_MISSING'],
}

for (const [what, [options, code]] of Object.entries(REFUSED))
  test(`refused for ${what}, each binding is closed once`, async () => {
    const [a, b] = [counted('first'), counted('second')]
    const error = await rejectionOf(createEngine({ ...options, bindings: [a.binding, b.binding] }))
    assert.is(error.code, code)
    assert.equal([a.closed(), b.closed()], [1, 1])
  })

test('refused for a binding that is none, or for two of one name, those that are some are closed', async () => {
  const odd = counted('odd')
  const bindings = [odd.binding, { name: 'mail' }, null] as unknown as CreateEngineOptions['bindings']
  assert.is((await rejectionOf(createEngine({ bindings }))).code, 'OPTIONS_INVALID')
  assert.is(odd.closed(), 1)
  const [twice, again] = [counted('twice'), counted('twice')]
  assert.is((await rejectionOf(createEngine({ bindings: [twice.binding, again.binding] }))).code, 'BINDING_DUPLICATE')
  assert.equal([twice.closed(), again.closed()], [1, 1])
})

test('a binding that cannot be closed does not hide what was wrong', async () => {
  const { binding } = counted('stuck')
  const close = (): never => {
    throw new Error('it is stuck')
  }
  assert.is((await rejectionOf(createEngine({ workers: 0, bindings: [{ ...binding, close }] }))).code, 'OPTIONS_INVALID')
})

test.run()
