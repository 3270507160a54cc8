// What holds for one script: layers merged setting by setting, then clamped to the ceilings.
import { LRUCache } from 'lru-cache'
import { didYouMean } from '../errors/did-you-mean.ts'
import { type EngineError, engineError } from '../errors/engine-error.ts'
import type { Json } from '../model/json.ts'
import { LIMIT_NAMES, LIMITS, type LimitName, type Limits } from '../model/limits.ts'
import type { OverlapMode } from '../model/manifest.ts'
import type { ScriptId } from '../model/script.ts'
import { type DecidedSettings, decideSettings } from './decide.ts'
import { quoteText } from './describe-value.ts'
import { readLimit } from './limit-value.ts'
import { formatPath } from './policy-path.ts'
import type { Isolation, OnError, PolicyFallback, PolicyPlacement, PolicyRevision, PolicyRuntime, TypeCheck } from './policy-revision.ts'
import type { ScheduleGrant } from './schedule-grant.ts'
import { V8_IN_A_THREAD } from './v8-placement.ts'

/** Everything that policy decides for one script. Deeply frozen. */
export interface EffectivePolicy {
  readonly runtime: PolicyRuntime
  readonly placement: PolicyPlacement
  readonly fallback: PolicyFallback
  /** Whether V8 may compile to machine code. */
  readonly jit: boolean
  readonly isolation: Isolation
  readonly limits: Limits
  readonly concurrency: { readonly max: number; readonly mode: OverlapMode; readonly queue: number }
  /** Binding → what policy allows. A binding that is not a key is not allowed. No prototype: safe to ask for any name. */
  readonly allow: { readonly [binding: string]: Json }
  /** What schedules may do; undefined where they do not run. */
  readonly schedule: ScheduleGrant | undefined
  readonly packages: readonly string[]
  readonly onError: OnError
  readonly typeCheck: TypeCheck
  /** What is asked for this script and cannot be, seen only once all entries that match it are known. */
  readonly fault: EngineError | undefined
}

/** Limits as a host passes them with a call: `{ wall: '1s', hostCalls: 5 }`. */
export type PerCallLimits = { readonly [name in LimitName]?: string | number | undefined }

/** Script ids are few, except where a host evaluates code under ever new ones. */
const MAX_CACHED = 5_000
const cache = new WeakMap<PolicyRevision, LRUCache<ScriptId, EffectivePolicy>>()

/**
 * What a revision decides for a script; the same object for the same two. Precedence: built-in < defaults < matching script globs in the order of the file;
 * `limits` and `allow` merge key by key (a value under `allow` is replaced whole, `false` takes the binding away), `packages` is replaced whole.
 */
export function resolvePolicy(revision: PolicyRevision, script: ScriptId): EffectivePolicy {
  let known = cache.get(revision)
  if (known === undefined) {
    known = new LRUCache({ max: MAX_CACHED })
    cache.set(revision, known)
  }
  const effective = known.get(script) ?? resolve(revision, script)
  known.set(script, effective)
  return effective
}

function resolve(revision: PolicyRevision, script: ScriptId): EffectivePolicy {
  const decided = decideSettings(revision, script)
  const allow: { [binding: string]: Json } = Object.create(null)
  for (const [binding, { value }] of decided.allow) if (value !== false) allow[binding] = value
  return Object.freeze({
    runtime: decided.runtime.value,
    placement: decided.placement.value,
    fallback: decided.fallback.value,
    jit: decided.jit.value,
    isolation: decided.isolation.value,
    limits: toLimits((name) => decided.limits[name].effective),
    concurrency: Object.freeze({
      max: decided.concurrencyMax.value,
      mode: decided.concurrencyMode.value,
      queue: decided.concurrencyQueue.value,
    }),
    allow: Object.freeze(allow),
    schedule: decided.schedule.value === false ? undefined : (decided.schedule.value as unknown as ScheduleGrant), // as its schema made it
    packages: decided.packages.value,
    onError: decided.onError.value,
    typeCheck: decided.typeCheck.value,
    fault: placementFault(revision, decided),
  })
}

function placementFault(revision: PolicyRevision, { runtime, placement }: DecidedSettings): EngineError | undefined {
  if (runtime.value === 'quickjs' || placement.value === 'process' || placement.layer === undefined) return undefined
  const path = [...placement.layer.path, 'placement']
  const place = revision.placeOf(path)
  return engineError('POLICY_INVALID', [formatPath(path), V8_IN_A_THREAD], place === undefined ? {} : { place })
}

/**
 * Lowers limits for one call: the smaller of both holds, so a call never raises one. Throws `LIMIT_INVALID` for a name that is no limit and for a value
 * that a policy could not have either (no unit, below the floor).
 */
export function lowerLimits(limits: Limits, perCall: PerCallLimits): Limits {
  const written = Object.entries(perCall).filter(([, value]) => value !== undefined)
  if (written.length === 0) return limits
  const lowered = new Map(written.map(([name, value]) => [name, readPerCall(name, value)]))
  return toLimits((name) => Math.min(limits[LIMITS[name].field], lowered.get(name) ?? Number.POSITIVE_INFINITY))
}

function readPerCall(name: string, written: unknown): number {
  if (!isLimitName(name)) {
    const hint = didYouMean(name, LIMIT_NAMES)
    throw engineError(
      'LIMIT_INVALID',
      [name, 'set for a call, because there is no such limit', `one of ${LIMIT_NAMES.map(quoteText).join(', ')}`],
      hint === '' ? {} : { hint: hint.trim() },
    )
  }
  const reading = readLimit(name, written)
  if (!reading.ok) throw engineError('LIMIT_INVALID', [name, reading.got, reading.expected])
  return reading.value
}

function isLimitName(name: string): name is LimitName {
  return Object.hasOwn(LIMITS, name)
}

function toLimits(value: (name: LimitName) => number): Limits {
  return Object.freeze(Object.fromEntries(LIMIT_NAMES.map((name) => [LIMITS[name].field, value(name)]))) as unknown as Limits
}
