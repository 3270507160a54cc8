// Faults of loads, made of whatever went wrong: errors of the engine with their place, and what the sandbox told.
import { describe, type ErrorCode, type ErrorFacts } from '../errors/codes.ts'
import { type EngineError, engineError, isEngineError } from '../errors/engine-error.ts'
import type { Bundle } from '../model/bundle.ts'
import type { Limits } from '../model/limits.ts'
import type { ScriptFault } from '../model/outcome.ts'
import { mapFault } from '../pipeline/map-fault.ts'
import type { LoadEnd } from '../sandbox/sandbox.ts'

/** A fault of a code, without a place. */
export function faultOf<C extends ErrorCode>(code: C, ...facts: ErrorFacts<C>): ScriptFault {
  return { code, name: 'Error', message: describe(code, ...facts) }
}

/** The fault that an error of the engine makes; anything else is the engine's own mistake and goes on. */
export function faultOfError(error: unknown): ScriptFault {
  const known: EngineError = isEngineError(error) ? error : engineError('INTERNAL', [String(error)], { cause: error })
  const { place } = known
  return {
    code: known.code,
    name: 'Error',
    message: known.message,
    ...(place === undefined ? {} : { location: { file: place.file, line: place.line, column: place.column } }),
    ...(place?.frame === undefined ? {} : { frame: place.frame }),
    ...(known.hint === undefined ? {} : { hint: known.hint }),
  }
}

/** Why a load failed. */
export function faultOfLoad(
  end: Extract<LoadEnd, { ok: false }>,
  bundle: Bundle,
  { limits, runtime }: { readonly limits: Limits; readonly runtime: 'quickjs' | 'v8' },
): ScriptFault {
  switch (end.status) {
    case 'cpu_exceeded':
    case 'wall_exceeded':
      return faultOf('LOAD_CPU_EXCEEDED', limits.loadCpuMs)
    case 'memory_exceeded':
      return faultOf('LOAD_MEMORY_EXCEEDED', limits.memoryBytes)
    case 'stack_exceeded':
      return end.fault === undefined
        ? faultOf('STACK_EXCEEDED', limits.stackBytes)
        : mapFault(end.fault, bundle, { code: 'STACK_EXCEEDED', runtime })
    default: {
      const fault = end.fault ?? { name: 'Error', message: 'unknown', stack: '' }
      const own = fault.code === 'LOAD_HOST_CALL' ? 'LOAD_HOST_CALL' : 'LOAD_EXCEPTION'
      const mapped = mapFault(fault, bundle, { code: own, runtime })
      return own === 'LOAD_EXCEPTION' ? { ...mapped, message: describe('LOAD_EXCEPTION', mapped.message) } : mapped
    }
  }
}
