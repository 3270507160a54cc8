// The public names of `vivarium`. The one file of the engine that knows bindings: it puts the gate in front of them.
import type { Binding } from '../bindings/binding.ts'
import type { AuditRecord } from '../bindings/call-report.ts'
import { createGate, type GateOptions } from '../bindings/gate.ts'
import type { Engine } from './api.ts'
import type { EngineGate } from './compose.ts'
import { openEngine } from './engine.ts'
import type { EventDefinitions } from './events.ts'
import { checkBindings, type EngineOptions, type NormalOptions, normaliseOptions } from './options.ts'

export type { Binding, BindingCall } from '../bindings/binding.ts'
export type { AuditRecord } from '../bindings/call-report.ts'
export { defineBinding } from '../bindings/define-binding.ts'
export { HostFunctionError } from '../bindings/host-function-error.ts'
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
export type { ScriptInfo } from './registry/script-record.ts'
export { diskStore } from './source/disk-store.ts'
export { type MemoryStore, memoryStore } from './source/memory-store.ts'
export type { ScriptStore } from './source/script-store.ts'

/** What {@link createEngine} takes. */
export interface CreateEngineOptions<E extends EventDefinitions = EventDefinitions> extends EngineOptions<E> {
  /** Namespaces of host functions that policy can grant. */
  readonly bindings?: readonly Binding[] | undefined
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
  try {
    const normal = normaliseOptions(options)
    checkBindings(options.bindings, options.audit)
    const { bindings = [], audit } = options
    const onCall: GateOptions['onCall'] = normal.observer.hostCall?.bind(normal.observer)
    const { handle, redact, surfaces, attach, close } = createGate({ bindings, audit, clock: normal.clock, onCall })
    const observers = bindings.flatMap(({ observer }) => (observer === undefined ? [] : [observer]))
    return { normal, gate: { handle, redact, surfaces, observers, attach, close } }
  } catch (error) {
    await closeBindings(options)
    throw error
  }
}

/** Closes what can be closed, whatever the host passed. */
async function closeBindings(options: CreateEngineOptions | null): Promise<void> {
  const bindings: readonly (Binding | null | undefined)[] = Array.isArray(options?.bindings) ? options.bindings : []
  await Promise.allSettled(bindings.map(async (binding) => binding?.close?.()))
}
