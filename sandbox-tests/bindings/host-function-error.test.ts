// The error that a handler tells the script: what a log of the host shows of it, and that it is recognised.
import { inspect } from 'node:util'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { HostFunctionError, isHostFunctionError } from '../../bindings/host-function-error.ts'

test('a log of the error shows its code and what led to it, and nothing of how it is recognised', () => {
  const error = new HostFunctionError('ORDER_UNKNOWN', 'There is no order 7.')
  assert.equal(Reflect.ownKeys(error).sort(), ['code', 'message', 'name', 'stack'])
  assert.match(inspect(error), /^HostFunctionError: There is no order 7\.\n[\s\S]*\{\s*code: 'ORDER_UNKNOWN'\s*\}$/)
  assert.equal(JSON.parse(JSON.stringify(error)), { code: 'ORDER_UNKNOWN', name: 'HostFunctionError' })
  const because = inspect(HostFunctionError.because(new Error('the disk is full'), 'HTTP_TIMEOUT', 5))
  assert.match(because, /the disk is full/)
  assert.not.match(because, /vivarium\./)
})

test('it is recognised, also where it is made from a class of its own or by another copy of the package', () => {
  class OrderUnknown extends HostFunctionError {}
  assert.ok(isHostFunctionError(new OrderUnknown('ORDER_UNKNOWN', 'There is no order 7.')))
  assert.ok(isHostFunctionError(HostFunctionError.of('HTTP_TIMEOUT', 5)))
  assert.ok(
    isHostFunctionError(Object.assign(new Error('of another copy'), { [Symbol.for('vivarium.host-function-error')]: true, code: 'X' })),
  )
  assert.not(isHostFunctionError(new Error('There is no order 7.')))
  assert.not(isHostFunctionError({ code: 'ORDER_UNKNOWN' }))
  assert.not(isHostFunctionError(null))
})

test.run()
