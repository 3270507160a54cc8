// Catches the engine error that a promise is rejected with, or fails.
import * as assert from 'uvu/assert'
import { type EngineError, isEngineError } from '../../engine/errors/engine-error.ts'

/** The engine error of a promise that must be rejected. */
export async function rejectionOf(promise: Promise<unknown>): Promise<EngineError> {
  try {
    await promise
  } catch (error) {
    assert.ok(isEngineError(error), `rejected with ${String(error)}, which is no engine error`)
    return error
  }
  return assert.unreachable('it was not rejected') as never
}
