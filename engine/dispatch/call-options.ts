// What a host says with a call: checked once, before any script starts, so that misuse does not depend on which scripts there are.
import { didYouMean } from '../errors/did-you-mean.ts'
import { type EngineError, engineError } from '../errors/engine-error.ts'
import { DEFAULT_LIMITS } from '../model/limits.ts'
import { lowerLimits, type PerCallLimits } from '../policy/resolve.ts'

const OF_CALLS = ['signal', 'tenant', 'limits', 'script']
const OF_EVALUATE = ['signal', 'tenant', 'limits', 'event', 'name']

/** Checks what is said with a call of a method. Throws `OPTIONS_INVALID`, `LIMIT_INVALID`. */
export function checkCallOptions(method: string, options: unknown): void {
  const refuse = (what: string): EngineError => engineError('OPTIONS_INVALID', [`engine.${method}: ${what}`])
  if (typeof options !== 'object' || options === null) throw refuse(`the options must be an object, not ${show(options)}.`)
  const known = method === 'evaluate' ? OF_EVALUATE : OF_CALLS
  for (const key of Object.keys(options))
    if (!known.includes(key)) throw refuse(`there is no option "${key}".${didYouMean(key, known)} There are ${known.join(', ')}.`)
  const { signal, tenant, limits, name, script } = options as { [option: string]: unknown }
  if (signal !== undefined && !isSignal(signal)) throw refuse(`"signal" must be an AbortSignal, not ${show(signal)}.`)
  if (tenant !== undefined && typeof tenant !== 'string') throw refuse(`"tenant" must be a string, not ${show(tenant)}.`)
  if (script !== undefined && typeof script !== 'string') throw refuse(`"script" must be a script's id, not ${show(script)}.`)
  if (name !== undefined && typeof name !== 'string') throw refuse(`"name" must be an event's name, not ${show(name)}.`)
  if (limits === undefined) return
  if (typeof limits !== 'object' || limits === null) throw refuse(`"limits" must be an object such as { wall: '1s' }, not ${show(limits)}.`)
  lowerLimits(DEFAULT_LIMITS, limits as PerCallLimits)
}

/** Also one of another realm. */
function isSignal(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { aborted, addEventListener } = value as { aborted?: unknown; addEventListener?: unknown }
  return typeof aborted === 'boolean' && typeof addEventListener === 'function'
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
