// The public names of `vivarium`. The one file of the engine that knows bindings: it puts the gate in front of them.
import { resolve } from 'node:path'
import type { Binding } from '../bindings/binding.ts'
import type { AuditRecord } from '../bindings/call-report.ts'
import { createGate, type GateOptions } from '../bindings/gate.ts'
import { loadPacks, type PackReference } from '../bindings/load-packs.ts'
import { emitTypes } from '../bindings/types/emit-types.ts'
import type { Engine } from './api.ts'
import type { EngineGate } from './compose.ts'
import { openEngine } from './engine.ts'
import { engineError } from './errors/engine-error.ts'
import type { EventDefinitions } from './events.ts'
import { checkBindings, type EngineOptions, type NormalOptions, normaliseOptions } from './options.ts'

export type { Binding, BindingCall } from '../bindings/binding.ts'
export type { AuditRecord } from '../bindings/call-report.ts'
export { defineBinding } from '../bindings/define-binding.ts'
export { HostFunctionError } from '../bindings/host-function-error.ts'
export type { PackReference } from '../bindings/load-packs.ts'
export { type BindingPack, type BindingPackDefinition, defineBindingPack, type PackSetup } from '../bindings/pack.ts'
export type { CallOptions, DecisionResult, EmitResult, Engine, EngineAnnouncements, EvaluateOptions, FilterResult } from './api.ts'
export type { ErrorCode } from './errors/codes.ts'
export { EngineError, type ErrorPlace, isEngineError } from './errors/engine-error.ts'
export { defineEvents, type EventDefinitions } from './events.ts'
export type { BindingHost, FurtherEvent, KnownScript } from './model/binding-host.ts'
export type { Cause } from './model/event.ts'
export type { Json } from './model/json.ts'
export { LIMITS, type LimitName, type Limits } from './model/limits.ts'
export type { FailedOutcome, LogEntry, LogLevel, OkOutcome, Outcome, OutcomeStatus, ScriptFault } from './model/outcome.ts'
export type { Usage } from './model/usage.ts'
export type { EngineObserver } from './observe/observer.ts'
export type { EngineLogger, EngineOptions } from './options.ts'
export type { ExplainedSetting } from './policy/explain.ts'
export type { ScheduleInfo, ScriptInfo } from './registry/script-record.ts'
export type { LastTicks, ScheduleStore } from './schedule/schedule-store.ts'
export { diskStore } from './source/disk-store.ts'
export { type MemoryStore, memoryStore } from './source/memory-store.ts'
export type { ScriptStore } from './source/script-store.ts'

/** What {@link createEngine} takes. */
export interface CreateEngineOptions<E extends EventDefinitions = EventDefinitions> extends EngineOptions<E> {
  /** Namespaces of host functions that policy can grant. */
  readonly bindings?: readonly Binding[] | undefined
  /** Packs of bindings, natively trusted code: names of npm packages, paths of files, or packs. Loaded at start, after `bindings`. */
  readonly packs?: readonly PackReference[] | undefined
  /** Where relative paths of packs are meant from, and where the search for packages starts; the current directory by default. */
  readonly packsDirectory?: string | undefined
  /** Given a record of every host call, refused ones included. */
  readonly audit?: ((record: AuditRecord) => unknown) | undefined
}

/**
 * Starts an engine: reads the policy, loads every script, starts a runner. The caller closes it (`await using`, or `close()`).
 * Throws `OPTIONS_INVALID`, `POLICY_*`, `LIMIT_INVALID`, `BINDING_DUPLICATE`, `SCRIPTS_DIRECTORY_MISSING`, `SCRIPT_ID_CONFLICT`; a script's own mistakes are announced
 * (`engine.on('script-failed', …)`) and listed (`engine.scripts()`).
 *
 * @example
 * await using engine = await createEngine({ scripts: './scripts' })
 * const { outcomes } = await engine.emit('order.created', { total: 700 })
 */
export async function createEngine<const E extends EventDefinitions = EventDefinitions>(
  options: CreateEngineOptions<E> = {},
): Promise<Engine<E>> {
  const { normal, gate } = await readOptions(options)
  return (await openEngine(normal, gate)) as unknown as Engine<E>
}

/** Checks the options and puts the gate before the bindings. Where the options are wrong, nobody else would close what stands behind the bindings. */
async function readOptions(options: CreateEngineOptions): Promise<{ readonly normal: NormalOptions; readonly gate: EngineGate }> {
  let packed: readonly Binding[] = []
  try {
    const normal = normaliseOptions(options)
    checkBindings(options.bindings, options.audit)
    checkPacks(options)
    const { audit, packs = [], packsDirectory = '.' } = options
    packed = await loadPacks(packs, resolve(packsDirectory))
    const bindings = [...(options.bindings ?? []), ...packed]
    const onCall: GateOptions['onCall'] = normal.observer.hostCall?.bind(normal.observer)
    const { handle, redact, surfaces, attach, close } = createGate({ bindings, audit, clock: normal.clock, onCall })
    const observers = bindings.flatMap(({ observer }) => (observer === undefined ? [] : [observer]))
    const types: EngineGate['types'] = (terms) => emitTypes(bindings, terms)
    return { normal, gate: { handle, redact, surfaces, types, observers, attach, close } }
  } catch (error) {
    await closeBindings([...bindingsOf(options), ...packed])
    throw error
  }
}

function checkPacks({ packs, packsDirectory }: CreateEngineOptions): void {
  if (packs !== undefined && !Array.isArray(packs))
    throw engineError('OPTIONS_INVALID', [`createEngine: "packs" must be an array of packs, not ${typeof packs}.`])
  if (packsDirectory !== undefined && typeof packsDirectory !== 'string')
    throw engineError('OPTIONS_INVALID', [`createEngine: "packsDirectory" must be a path, not ${typeof packsDirectory}.`])
}

/** Whatever the host passed as bindings. */
function bindingsOf(options: CreateEngineOptions | null): readonly (Binding | null | undefined)[] {
  return Array.isArray(options?.bindings) ? options.bindings : []
}

/** Closes what can be closed. */
async function closeBindings(bindings: readonly (Binding | null | undefined)[]): Promise<void> {
  await Promise.allSettled(bindings.map(async (binding) => binding?.close?.()))
}
