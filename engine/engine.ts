// An engine as its host holds it: every method of the public interface, over the parts that the composition root made.
import type { CallOptions, Engine, EvaluateOptions } from './api.ts'
import { composeEngine, type EngineGate, type EngineParts } from './compose.ts'
import { checkCallOptions } from './dispatch/call-options.ts'
import { encodePayload, Hooks } from './dispatch/hooks.ts'
import { keepEnvironment } from './environment.ts'
import { didYouMean } from './errors/did-you-mean.ts'
import { engineError } from './errors/engine-error.ts'
import type { BindingHost } from './model/binding-host.ts'
import { firstCause } from './model/event.ts'
import type { Outcome } from './model/outcome.ts'
import type { ScriptId } from './model/script.ts'
import type { NormalOptions } from './options.ts'
import { type ExplainedSetting, explainPolicy } from './policy/explain.ts'
import { lowerLimits } from './policy/resolve.ts'
import type { FoundHome, HostTerms } from './policy/script-home.ts'
import { findV8Fault } from './pools/v8-available.ts'
import { EVALUATE } from './registry/evaluator.ts'
import type { ScriptInfo } from './registry/script-record.ts'
import { openSchedules, type Schedules } from './run-schedules.ts'

/**
 * Opens an engine. Throws what is wrong with the policy or the scripts directory; scripts' own mistakes are announced. `v8Fault` says why scripts cannot run on V8 on this
 * machine, and is undefined where they can.
 */
export async function openEngine(
  options: NormalOptions,
  gate: EngineGate,
  v8Fault: HostTerms['v8Fault'] = () => findV8Fault(),
): Promise<Engine> {
  const parts = await composeEngine(options, gate, v8Fault)
  const { announcements, policy, registry, pools, bundler } = parts
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    closing ??= (async () => {
      await Promise.all([policy.close(), schedules.close()])
      await pools.close()
      await Promise.all([bundler.close(), parts.checker.close(), registry.close()])
      await gate.close()
    })()
    return closing
  }
  const requireOpen = (method: string): void => {
    if (closing !== undefined) throw engineError('ENGINE_CLOSED', [method])
  }
  const { events, clock } = options
  const hooks = new Hooks({ dispatcher: parts.dispatcher, subscribers: (event) => registry.subscribers(event), events, clock, requireOpen })
  const schedules = openSchedules(parts, hooks, options)
  const methods = methodsOf(parts, { hooks, schedules, requireOpen })
  try {
    parts.settle() // runners start while scripts are bundled
    await registry.start(options.watch)
    await gate.attach(hostOf(parts, hooks, options))
    await schedules.start()
  } catch (error) {
    await close()
    throw error
  }
  announcements.policyWarnings(parts.policyWarnings())
  const keepTypes = (): Promise<void> =>
    keepEnvironment({ types: options.types, directory: options.store.directory, text: parts.types, logger: options.logger })
  announcements.announcer.on('policy-loaded', () => void keepTypes())
  await keepTypes()
  return { ...methods, close, [Symbol.asyncDispose]: close }
}

type Methods = Omit<Engine, 'close' | typeof Symbol.asyncDispose>

/** The engine in the eyes of its bindings. */
function hostOf(parts: EngineParts, hooks: Hooks, { clock }: NormalOptions): BindingHost {
  return {
    emit: (event, payload, further) => hooks.emitFurther(event, payload, further),
    clock,
    scripts: () => scriptsOf(parts).map(({ id, status }) => ({ id, status })),
  }
}

function scriptsOf({ registry, dispatcher }: EngineParts): readonly ScriptInfo[] {
  const isQuarantined = ({ id, hash }: ScriptInfo): boolean => hash !== undefined && dispatcher.isQuarantined(id, hash)
  return registry.list().map((info) => (isQuarantined(info) ? { ...info, status: 'quarantined' } : info))
}

interface Means {
  readonly hooks: Hooks
  readonly schedules: Schedules
  readonly requireOpen: (method: string) => void
}

function methodsOf(parts: EngineParts, { hooks, schedules, requireOpen }: Means): Methods {
  const { announcements, policy, registry, dispatcher } = parts
  return {
    emit: (event, payload, call: CallOptions = {}) => hooks.emit(event, payload, call),
    filter: (event, value, call: CallOptions = {}) => hooks.filter(event, value, call) as never, // typed by the events, which only the caller knows
    decide: (event, payload, call: CallOptions = {}) => hooks.decide(event, payload, call) as never,
    async evaluate(code, call: EvaluateOptions = {}) {
      requireOpen('evaluate')
      checkCallOptions('evaluate', call)
      return await evaluate(parts, code, call)
    },
    scripts: () => scriptsOf(parts).map((info) => schedules.describe(info)),
    explain: (script) => explain(parts, script),
    policyWarnings: parts.policyWarnings,
    types: parts.types,
    async reload() {
      requireOpen('reload')
      dispatcher.forgive()
      await policy.reload()
      await registry.reload()
      announcements.policyWarnings(parts.policyWarnings())
    },
    on: (announcement, listener) => announcements.announcer.on(announcement, listener),
  }
}

async function evaluate({ evaluator, dispatcher }: EngineParts, code: string, call: EvaluateOptions): Promise<Outcome> {
  const { event, name, limits, tenant, signal } = call
  const record = await evaluator.prepare(code)
  const own = record.policy.limits
  const called = evaluator.eventOf(record, name)
  const family = record.status === 'failed' ? undefined : record.bundle.hash
  const order = { record, family, event: called, cause: firstCause(called, limits), ...encodePayload('evaluate', event), tenant, signal }
  return await dispatcher.run({ ...order, limits: limits === undefined ? own : lowerLimits(own, limits) })
}

function explain(parts: EngineParts, script: ScriptId): readonly ExplainedSetting[] {
  const known = [...parts.registry.list().map(({ id }) => id), EVALUATE]
  if (!known.includes(script)) throw engineError('SCRIPT_UNKNOWN', [script, didYouMean(String(script), known)])
  return explainPolicy(parts.policy.current, script, homeOf(parts, script))
}

/** Undefined for a script that can run nowhere: why is told of the script itself. */
function homeOf({ findHome, policyOf }: EngineParts, script: ScriptId): FoundHome | undefined {
  try {
    return findHome(policyOf(script))
  } catch {
    return undefined
  }
}
