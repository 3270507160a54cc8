// The error class of the engine, as whoever meets one sees it.
import { inspect } from 'node:util'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { engineError, isEngineError } from '../../engine/errors/engine-error.ts'

test('an error that nobody caught shows its code and what is known, and nothing else', () => {
  const bare = engineError('MANIFEST_MISSING', [])
  assert.match(inspect(bare), /\{\s*code: 'MANIFEST_MISSING'\s*\}$/)
  assert.equal(Object.keys(bare).sort(), ['code', 'name'])
  const place = { file: 'a.ts', line: 1, column: 2 }
  const whole = inspect(engineError('MANIFEST_MISSING', [], { place, hint: 'Write one.' }))
  assert.match(whole, "hint: 'Write one.'")
  assert.match(whole, "place: { file: 'a.ts', line: 1, column: 2 }")
  assert.not.match(whole, /undefined|Symbol/)
})

test('an error is recognised whichever copy of the package made it, and nothing else is', () => {
  assert.ok(isEngineError(engineError('MANIFEST_MISSING', [])))
  assert.ok(isEngineError(Object.assign(new Error('x'), { [Symbol.for('vivarium.engine-error')]: true })))
  for (const other of [new Error('x'), undefined, null, 'MANIFEST_MISSING', { code: 'MANIFEST_MISSING' }]) assert.not(isEngineError(other))
})

test.run()
