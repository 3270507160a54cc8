// The composition root: store → pipeline → runners → dispatch → observers. The one place where placement and runtime are chosen.
import type { CallOptions, Engine, EngineAnnouncements, EvaluateOptions } from './api.ts'
import { checkCallOptions } from './dispatch/call-options.ts'
import { Dispatcher } from './dispatch/dispatcher.ts'
import { encodePayload, Hooks } from './dispatch/hooks.ts'
import { engineError } from './errors/engine-error.ts'
import type { BindingSurface, HostCallHandler } from './model/host-call.ts'
import type { Outcome } from './model/outcome.ts'
import type { ScriptId } from './model/script.ts'
import { Announcer } from './observe/announcer.ts'
import { combineObservers } from './observe/combine-observers.ts'
import type { EngineObserver } from './observe/observer.ts'
import type { NormalOptions } from './options.ts'
import { createBundler } from './pipeline/bundler.ts'
import { mapFault } from './pipeline/map-fault.ts'
import { inlinePlacement } from './placement/inline.ts'
import { Loader } from './placement/loader.ts'
import type { Placement } from './placement/placement.ts'
import { Supervisor } from './placement/supervisor.ts'
import { threadPlacement } from './placement/worker-thread.ts'
import { explainPolicy } from './policy/explain.ts'
import { lowerLimits, resolvePolicy } from './policy/resolve.ts'
import { Evaluator } from './registry/evaluator.ts'
import { ImageStore } from './registry/image-store.ts'
import { openPolicy } from './registry/policy-source.ts'
import { makeImage, type Workshop } from './registry/prepare-script.ts'
import type { ReadyScript, ScriptInfo } from './registry/script-record.ts'
import { ScriptRegistry } from './registry/script-registry.ts'
import type { BaseFamily } from './runner/runner-client.ts'
import { ImageArena } from './sandbox/image-arena.ts'
import { makeBase } from './sandbox/quickjs/base.ts'
import { compileBuild } from './sandbox/quickjs/build.ts'
import { createQuickJsSandbox } from './sandbox/quickjs/quickjs-sandbox.ts'

/** The door for host calls, and what stands behind it. The gate of the bindings is one. */
export interface EngineGate {
  readonly handle: HostCallHandler
  readonly surfaces: readonly BindingSurface[]
  /** Observers that bindings bring along. */
  readonly observers: readonly EngineObserver[]
  close(): Promise<void>
}

const ANNOUNCEMENTS: readonly (keyof EngineAnnouncements)[] = [
  'script-loaded',
  'script-failed',
  'script-removed',
  'denied',
  'run',
  'policy-loaded',
  'policy-failed',
  'problem',
]
/** 8 for `Math.random`, 16 for `crypto`. */
const SEED_BYTES = 24

/** Opens an engine. Throws what is wrong with the policy or the scripts directory; scripts' own mistakes are announced. */
export async function openEngine(options: NormalOptions, gate: EngineGate): Promise<Engine> {
  const announcer = new Announcer<EngineAnnouncements>(ANNOUNCEMENTS, (announcement, error) =>
    options.logger.error({ announcement, err: error }, 'a listener threw'),
  )
  const told = { run: (outcome: Outcome) => announcer.tell('run', outcome) }
  const observer = combineObservers([options.observer, ...gate.observers, told], (error) =>
    options.logger.error({ err: error }, 'an observer threw'),
  )
  const arena = new ImageArena()
  const placement = choosePlacement(options, arena)
  const family: BaseFamily = { baseHash: undefined }
  const loader = new Loader(placement, family, observer)
  const supervisor = new Supervisor({
    placement,
    runners: placement.name === 'inline' ? 1 : options.workers,
    family,
    clock: options.clock,
    observer,
  })
  const images = new ImageStore(arena, options.imageCacheBytes)
  const bundler = createBundler({ cacheDirectory: options.bundleCacheDirectory })
  const events = options.events === undefined ? undefined : Object.keys(options.events)
  const workshop: Workshop = { bundler, loader, images, surfaces: gate.surfaces, events }
  const policy = await openPolicy(options, gate.surfaces, {
    onChange: (revision) => {
      options.logger.info({ revision: revision.revision, hash: revision.hash }, 'policy loaded')
      announcer.tell('policy-loaded', { revision: revision.revision, hash: revision.hash })
      registry.repolicy().catch(onProblem)
    },
    onError: (error) => {
      options.logger.error({ err: error }, 'policy failed; the last valid one stays in force')
      announcer.tell('policy-failed', error)
    },
  }).catch(async (error: unknown) => {
    // Nothing else was started yet; that a binding cannot be closed either is not what the host must hear of.
    await Promise.allSettled([gate.close()])
    throw error
  })
  const onProblem = (error: unknown): void => {
    options.logger.error({ err: error }, 'the scripts directory could not be read')
    announcer.tell('problem', error)
  }
  const announceScript =
    (name: 'script-loaded' | 'script-failed' | 'script-removed' | 'denied', level: 'info' | 'warn') => (script: ScriptInfo) => {
      options.logger[level]({ script: script.id, error: script.error }, name)
      announcer.tell(name, script)
    }
  const registry = new ScriptRegistry({
    store: options.store,
    workshop,
    policyOf: (script) => resolvePolicy(policy.current, script),
    listener: {
      onLoaded: announceScript('script-loaded', 'info'),
      onFailed: announceScript('script-failed', 'warn'),
      onDenied: announceScript('denied', 'warn'),
      onRemoved: announceScript('script-removed', 'info'),
      onProblem,
    },
  })
  let runs = 0
  const runPrefix = hexOf(options.random(5))
  const dispatcher = new Dispatcher({
    supervisor,
    door: { handle: gate.handle, observer, clock: options.clock },
    observer,
    claimImage: (record: ReadyScript) => images.claim(record.imageKey) ?? images.obtain(record.imageKey, () => makeImage(record, loader)),
    mapFault: (fault, record, code) => mapFault(fault, record.bundle, { code }),
    seed: () => hexOf(options.random(SEED_BYTES)),
    runId: () => `${runPrefix}-${(++runs).toString(36)}`,
  })
  let closing: Promise<void> | undefined
  const open = (method: string): void => {
    if (closing !== undefined) throw engineError('ENGINE_CLOSED', [method])
  }
  const hooks = new Hooks({ dispatcher, subscribers: (event) => registry.subscribers(event), events: options.events, requireOpen: open })
  const evaluator = new Evaluator(workshop, (script) => resolvePolicy(policy.current, script))
  const close = (): Promise<void> => {
    closing ??= (async () => {
      await policy.close()
      await supervisor.close()
      await Promise.all([loader.close(), bundler.close(), registry.close()])
      await gate.close()
    })()
    return closing
  }
  loader.warm()
  supervisor.warm()
  try {
    await registry.start(options.watch)
  } catch (error) {
    await close()
    throw error
  }
  const describe = (info: ScriptInfo): ScriptInfo =>
    info.hash !== undefined && dispatcher.isQuarantined(info.id, info.hash) ? { ...info, status: 'quarantined' } : info

  const engine: Engine = {
    emit: (event, payload, call: CallOptions = {}) => hooks.emit(event, payload, call),
    filter: (event, value, call: CallOptions = {}) => hooks.filter(event, value, call) as never, // typed by the events, which only the caller knows
    decide: (event, payload, call: CallOptions = {}) => hooks.decide(event, payload, call) as never,
    async evaluate(code, options: EvaluateOptions = {}) {
      open('evaluate')
      checkCallOptions('evaluate', options)
      const { event, name, limits, tenant, signal } = options
      const record = await evaluator.prepare(code)
      const own = record.policy.limits
      const order = { record, event: evaluator.eventOf(record, name), ...encodePayload('evaluate', event), tenant, signal }
      return await dispatcher.run({ ...order, limits: limits === undefined ? own : lowerLimits(own, limits) })
    },
    scripts: () => registry.list().map(describe),
    explain: (script: ScriptId) => explainPolicy(policy.current, script),
    async reload() {
      open('reload')
      dispatcher.forgive()
      await policy.reload()
      await registry.reload()
    },
    on: (announcement, listener) => announcer.on(announcement, listener),
    close,
    [Symbol.asyncDispose]: close,
  }
  return engine
}

function choosePlacement({ placement }: NormalOptions, arena: ImageArena): Placement {
  if (placement === 'thread') return threadPlacement({ module: compileBuild(), arena: arena.memory })
  const base = makeBase()
  return inlinePlacement((marker) => createQuickJsSandbox({ base, arena: arena.memory }, marker))
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.isBuffer(bytes) ? bytes.hexSlice(0, bytes.length) : Buffer.from(bytes).toString('hex')
}
