// Every setting of one script with the layer that decided it: what `resolve` takes the values from and `explain` the reasons.
import type { Json } from '../model/json.ts'
import { LIMIT_NAMES, LIMITS, type LimitName } from '../model/limits.ts'
import type { OverlapMode } from '../model/manifest.ts'
import type { ScriptId } from '../model/script.ts'
import { type Decided, decide, type Layer, layersFor } from './layers.ts'
import type { Isolation, OnError, PolicyFallback, PolicyPlacement, PolicyRevision, PolicyRuntime, TypeCheck } from './policy-revision.ts'
import { SCHEDULE_DEFAULTS } from './schedule-grant.ts'

/** A limit as it was set and as it holds. */
export interface DecidedLimit extends Decided<number> {
  /** `value`, or the ceiling where that is lower. */
  readonly effective: number
  /** Whose ceiling cut it; undefined where none did. */
  readonly clampedBy: 'built-in' | 'policy' | undefined
}

/** Every setting, decided. `allow` also has the bindings that were taken away, as `false`. */
export interface DecidedSettings {
  readonly runtime: Decided<PolicyRuntime>
  readonly placement: Decided<PolicyPlacement>
  readonly fallback: Decided<PolicyFallback>
  readonly jit: Decided<boolean>
  readonly isolation: Decided<Isolation>
  readonly limits: { readonly [name in LimitName]: DecidedLimit }
  readonly concurrencyMax: Decided<number>
  readonly concurrencyMode: Decided<OverlapMode>
  readonly concurrencyQueue: Decided<number>
  readonly allow: ReadonlyMap<string, Decided<Json>>
  /** A `ScheduleGrant` or `false`. */
  readonly schedule: Decided<Json>
  readonly packages: Decided<readonly string[]>
  readonly onError: Decided<OnError>
  readonly typeCheck: Decided<TypeCheck>
}

/** The most runs of one script at once, where a policy says nothing. */
const DEFAULT_CONCURRENCY = 64
/** The most runs of one script that wait, where a policy says nothing. */
const DEFAULT_QUEUE = 1_000
/** Stands under `allow` like a binding and is none: no script calls it. */
const SCHEDULE = 'schedule'
const NO_PACKAGES: readonly string[] = Object.freeze([])

/** Decides every setting of a script by precedence, and clamps its limits. What stands here as a last argument is the built-in default. */
export function decideSettings(revision: PolicyRevision, script: ScriptId): DecidedSettings {
  const layers = layersFor(revision, script)
  const runtime = decide<PolicyRuntime>(layers, (settings) => settings.runtime, 'quickjs')
  return {
    runtime,
    placement: decidePlacement(layers, runtime),
    fallback: decide<PolicyFallback>(layers, (settings) => settings.fallback, 'none'),
    jit: decide(layers, (settings) => settings.jit, true),
    isolation: decide<Isolation>(layers, (settings) => settings.isolation, 'event'),
    limits: decideLimits(revision, layers),
    concurrencyMax: decide(layers, (settings) => settings.concurrency?.max, DEFAULT_CONCURRENCY),
    concurrencyMode: decide<OverlapMode>(layers, (settings) => settings.concurrency?.mode, 'parallel'),
    concurrencyQueue: decide(layers, (settings) => settings.concurrency?.queue, DEFAULT_QUEUE),
    allow: decideAllow(layers),
    schedule: decide<Json>(layers, (settings) => settings.allow?.[SCHEDULE], SCHEDULE_DEFAULTS),
    packages: decide(layers, (settings) => settings.packages, NO_PACKAGES),
    onError: decide<OnError>(layers, (settings) => settings.onError, 'skip'),
    typeCheck: decide<TypeCheck>(layers, (settings) => settings.typeCheck, 'off'),
  }
}

/**
 * V8 gets processes of its own, because only a kill ends it in every case: a thread that was chosen for other scripts, further up than the runtime, does not
 * count for it. One that was chosen beside it or further down does, and `resolvePolicy` refuses it.
 */
function decidePlacement(layers: readonly Layer[], runtime: Decided<PolicyRuntime>): Decided<PolicyPlacement> {
  const placement = decide<PolicyPlacement>(layers, (settings) => settings.placement, 'thread')
  if (runtime.value === 'quickjs') return placement
  const isChosen = placement.layer !== undefined && (placement.value === 'process' || isBelow(layers, placement.layer, runtime.layer))
  // Where no line chooses the placement, the line that chose the runtime did.
  return isChosen ? placement : { value: 'process', layer: runtime.layer }
}

/** Whether a layer is the same as another, or a later one. */
function isBelow(layers: readonly Layer[], layer: Layer, other: Layer | undefined): boolean {
  return other === undefined || layers.indexOf(layer) >= layers.indexOf(other)
}

function decideLimits(revision: PolicyRevision, layers: readonly Layer[]): DecidedSettings['limits'] {
  const limits = LIMIT_NAMES.map((name) => [
    name,
    clampLimit(
      revision,
      name,
      decide<number>(layers, (settings) => settings.limits?.[name], LIMITS[name].default),
    ),
  ])
  return Object.fromEntries(limits) as DecidedSettings['limits']
}

function clampLimit(revision: PolicyRevision, name: LimitName, decided: Decided<number>): DecidedLimit {
  const own = revision.ceilings[name] ?? Number.POSITIVE_INFINITY
  const effective = Math.min(decided.value, own, LIMITS[name].ceiling)
  if (effective === decided.value) return { ...decided, effective, clampedBy: undefined }
  return { ...decided, effective, clampedBy: effective === own ? 'policy' : 'built-in' }
}

function decideAllow(layers: readonly Layer[]): ReadonlyMap<string, Decided<Json>> {
  const decided = new Map<string, Decided<Json>>([['log', { value: true, layer: undefined }]])
  for (const layer of layers) {
    for (const [binding, value] of Object.entries(layer.settings.allow ?? {}))
      if (binding !== SCHEDULE) decided.set(binding, { value, layer })
  }
  return decided
}
