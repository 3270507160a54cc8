// Faults of loads, made of whatever went wrong: errors of the engine with their place, and what the sandbox told.
import { adviceOn, codeFault } from '../errors/code-fault.ts'
import { describe } from '../errors/codes.ts'
import { type EngineError, engineError, isEngineError } from '../errors/engine-error.ts'
import type { Bundle } from '../model/bundle.ts'
import type { Limits } from '../model/limits.ts'
import type { OutcomeStatus, ScriptFault } from '../model/outcome.ts'
import { locateCut } from '../pipeline/locate-cut.ts'
import { mapFault } from '../pipeline/map-fault.ts'
import type { LoadEnd } from '../sandbox/sandbox.ts'

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
    ...adviceOn(known.code, known.hint),
  }
}

const WERE_CUT: ReadonlySet<OutcomeStatus> = new Set(['cpu_exceeded', 'wall_exceeded', 'memory_exceeded'])

/** What a load happened under. */
interface LoadFacts {
  readonly limits: Limits
  readonly runtime: 'quickjs' | 'v8'
}

/** Why a load failed. */
export function faultOfLoad(end: Extract<LoadEnd, { ok: false }>, bundle: Bundle, facts: LoadFacts): ScriptFault {
  const fault = faultOfStatus(end, bundle, facts)
  return WERE_CUT.has(end.status) ? locateCut(fault, end.at, { bundle, runtime: facts.runtime, event: undefined }) : fault
}

function faultOfStatus(end: Extract<LoadEnd, { ok: false }>, bundle: Bundle, { limits, runtime }: LoadFacts): ScriptFault {
  switch (end.status) {
    case 'cpu_exceeded':
    case 'wall_exceeded':
      return codeFault('LOAD_CPU_EXCEEDED', limits.loadCpuMs)
    case 'memory_exceeded':
      return codeFault('LOAD_MEMORY_EXCEEDED', limits.memoryBytes)
    case 'stack_exceeded':
      return end.fault === undefined
        ? codeFault('STACK_EXCEEDED', limits.stackBytes)
        : mapFault(end.fault, bundle, { code: 'STACK_EXCEEDED', runtime })
    default: {
      const fault = end.fault ?? { name: 'Error', message: 'unknown', stack: '' }
      const own = fault.code === 'LOAD_HOST_CALL' ? 'LOAD_HOST_CALL' : 'LOAD_EXCEPTION'
      const mapped = mapFault(fault, bundle, { code: own, runtime })
      return own === 'LOAD_EXCEPTION' ? { ...mapped, message: describe('LOAD_EXCEPTION', mapped.message) } : mapped
    }
  }
}
