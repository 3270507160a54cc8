// Catches the engine error that a function throws, or fails.
import * as assert from 'uvu/assert'
import { type EngineError, isEngineError } from '../../engine/errors/engine-error.ts'

/** The engine error that `act` throws. */
export function engineErrorOf(act: () => unknown): EngineError {
  try {
    act()
  } catch (error) {
    assert.ok(isEngineError(error), `threw ${String(error)}, which is no engine error`)
    return error
  }
  return assert.unreachable('nothing was thrown') as never
}
