// The composition root: store → pipeline → pools of runners → dispatch → observers. Nothing is started here but the policy's watch.
import { Announcements } from './announcements.ts'
import { Dispatcher } from './dispatch/dispatcher.ts'
import type { EventDefinitions } from './events.ts'
import type { BindingHost } from './model/binding-host.ts'
import type { BindingSurface, HostCallHandler } from './model/host-call.ts'
import type { Outcome } from './model/outcome.ts'
import type { Redact } from './model/redact.ts'
import type { ScriptId } from './model/script.ts'
import { combineObservers } from './observe/combine-observers.ts'
import type { EngineObserver } from './observe/observer.ts'
import type { NormalOptions } from './options.ts'
import { type Bundler, createBundler } from './pipeline/bundler.ts'
import { locateCut, locateHandler } from './pipeline/locate-cut.ts'
import { mapFault } from './pipeline/map-fault.ts'
import { createTypeChecker, type TypeChecker } from './pipeline/type-check/type-checker.ts'
import { knownWords } from './pipeline/type-check/type-hints.ts'
import { clampedLimits } from './policy/clamped-limits.ts'
import { grantedBindings } from './policy/granted-bindings.ts'
import type { PolicyFile } from './policy/policy-file.ts'
import { type EffectivePolicy, resolvePolicy } from './policy/resolve.ts'
import { type FoundHome, findHome, type HostTerms, type ScriptHome } from './policy/script-home.ts'
import { unmatchedGlobs } from './policy/unmatched-globs.ts'
import { Pools, type PoolsOptions } from './pools/pools.ts'
import { checkTypes } from './registry/check-types.ts'
import { EVALUATE, Evaluator } from './registry/evaluator.ts'
import { ImageStore } from './registry/image-store.ts'
import { openPolicy } from './registry/policy-source.ts'
import { makeImage, type Workshop } from './registry/prepare-script.ts'
import type { ReadyScript } from './registry/script-record.ts'
import { ScriptRegistry } from './registry/script-registry.ts'
import { ImageArena } from './sandbox/image-arena.ts'

/** The door for host calls, and what stands behind it. The gate of the bindings is one. */
export interface EngineGate {
  readonly handle: HostCallHandler
  /** Takes out of a text what nobody may see in logs and errors. Never throws. */
  readonly redact?: Redact | undefined
  readonly surfaces: readonly BindingSurface[]
  /** The text of env.d.ts: what scripts see of the host. */
  readonly types?: ((terms: TypeTerms) => string) | undefined
  /** Observers that bindings bring along. */
  readonly observers: readonly EngineObserver[]
  /** Makes the engine known to what stands behind the door: once, before any run. */
  attach(host: BindingHost): Promise<void>
  close(): Promise<void>
}

/** What the types of scripts are made from, beside the bindings. */
export interface TypeTerms {
  readonly events: EventDefinitions | undefined
  /** Binding → globs of the scripts that policy grants it to. */
  readonly granted: ReadonlyMap<string, readonly string[]>
}

/** What an engine is made of. */
export interface EngineParts {
  readonly announcements: Announcements
  readonly policy: PolicyFile
  readonly policyOf: (script: ScriptId) => EffectivePolicy
  /** Throws `V8_UNAVAILABLE`, `POLICY_INVALID`. */
  readonly findHome: (policy: EffectivePolicy) => FoundHome
  /** What is doubtful about the policy in force. */
  readonly policyWarnings: () => readonly string[]
  readonly registry: ScriptRegistry
  readonly evaluator: Evaluator
  readonly dispatcher: Dispatcher
  /** Says where scripts live at this moment: where none lives, nothing is kept running. */
  readonly settle: () => void
  /** Told when other versions are in force than before. */
  readonly swaps: Set<() => void>
  readonly pools: Pools
  readonly bundler: Bundler
  readonly checker: TypeChecker
  /** The text of env.d.ts as it is now. */
  readonly types: () => string
}

/** 8 for `Math.random`, 16 for `crypto`. */
const SEED_BYTES = 24

/** What a host that is no application, such as the runner of tests, has otherwise than others. */
export interface Variations {
  /** What holds for a script in place of what policy says. */
  readonly effective?: ((policy: EffectivePolicy) => EffectivePolicy) | undefined
  /** Where bundles come from in place of the bundler; it closes what it is given. */
  readonly bundler?: ((bundler: Bundler) => Bundler) | undefined
  /** Where runs are, in place of the placement of their home. */
  readonly runsIn?: PoolsOptions['runsIn']
}

/** Puts an engine together. Throws what is wrong with the policy, once the gate is closed. */
export async function composeEngine(
  options: NormalOptions,
  gate: EngineGate,
  v8Fault: HostTerms['v8Fault'],
  { effective = (policy) => policy, bundler = (made) => made, runsIn }: Variations = {},
): Promise<EngineParts> {
  const announcements = new Announcements(options.logger)
  const policy = await openPolicy(options, gate.surfaces, {
    onChange: (revision) => {
      announcements.policyLoaded(revision, policyWarnings())
      registry.repolicy().catch(announcements.problem)
    },
    onError: (error) => announcements.policyFailed(error),
  }).catch(async (error: unknown) => {
    // That a binding cannot be closed either is not what the host must hear of.
    await Promise.allSettled([gate.close()])
    throw error
  })
  const policyOf = (script: ScriptId): EffectivePolicy => effective(resolvePolicy(policy.current, script))
  const observer = observerOf(options, gate, announcements)
  const arena = new ImageArena()
  const pools = new Pools({ arena, workers: options.workers, clock: options.clock, observer, runsIn })
  const types = (): string => gate.types?.({ events: options.events, granted: grantedBindings(policy.current) }) ?? ''
  const events = options.events === undefined ? undefined : Object.keys(options.events)
  const words = knownWords(events, gate.surfaces)
  const checker = createTypeChecker({ store: options.store, environment: types, words: () => words })
  const workshop: Workshop = {
    bundler: bundler(createBundler({ cacheDirectory: options.bundleCacheDirectory })),
    findHome: (chosen) => findHome(chosen, { placement: options.placement, v8Fault }),
    load: (home, request, shapeOf) => pools.load(home, request, shapeOf),
    images: new ImageStore(arena, options.imageCacheBytes),
    surfaces: gate.surfaces,
    events,
  }
  const swaps = new Set<() => void>()
  const registry = new ScriptRegistry({
    store: options.store,
    workshop: { ...workshop, checkTypes: (bundle, chosen) => checkTypes(bundle, chosen, checker) },
    policyOf,
    listener: announcements.listener,
    onSwap: () => {
      settle()
      for (const told of swaps) told()
    },
  })
  // The home of `evaluate` is where most scripts are: it is there before anyone comes, and stays.
  const settle = (): void => pools.settle([...homesOf(() => workshop.findHome(policyOf(EVALUATE)).home), ...registry.homes()])
  const policyWarnings = (): readonly string[] => [
    ...clampedLimits(policy.current),
    ...unmatchedGlobs(policy.current, [...registry.list().map(({ id }) => id), EVALUATE]),
  ]
  const dispatcher = composeDispatcher(options, gate, { observer, pools, workshop })
  const evaluator = new Evaluator(workshop, policyOf)
  const parts = { announcements, policy, policyOf, policyWarnings, registry, evaluator, dispatcher, settle, swaps, pools }
  return { ...parts, findHome: workshop.findHome, bundler: workshop.bundler, checker, types }
}

/** None for a script that can run nowhere. */
function homesOf(find: () => ScriptHome): readonly ScriptHome[] {
  try {
    return [find()]
  } catch {
    return []
  }
}

/** Everyone who watches, as one. */
function observerOf(options: NormalOptions, gate: EngineGate, { announcer }: Announcements): EngineObserver {
  const told = { run: (outcome: Outcome) => announcer.tell('run', outcome) }
  return combineObservers([options.observer, ...gate.observers, told], (error) => options.logger.error({ err: error }, 'an observer threw'))
}

function composeDispatcher(
  { clock, random }: NormalOptions,
  gate: EngineGate,
  { observer, pools, workshop }: { readonly observer: EngineObserver; readonly pools: Pools; readonly workshop: Workshop },
): Dispatcher {
  const { images } = workshop
  const names = gate.surfaces.map(({ name }) => name)
  const runPrefix = hexOf(random(5))
  let runs = 0
  return new Dispatcher({
    supervisorOf: ({ home }) => pools.supervisor(home),
    door: { handle: gate.handle, observer, clock },
    redact: gate.redact,
    observer,
    claimImage: (record: ReadyScript) => {
      const claim = images.claim(record.imageKey) ?? images.obtain(record.imageKey, () => makeImage(record, workshop))
      return claim instanceof Promise ? claim.then((made) => pools.hold(record.home, made)) : pools.hold(record.home, claim)
    },
    mapperOf: ({ bundle, home: { runtime }, permissions: { grant }, shape }, event) => ({
      thrown: (fault, code) => {
        const absent = names.filter((name) => !Object.hasOwn(grant, name))
        const mapped = mapFault(fault, bundle, { code, runtime, absent, given: shape.bindings })
        return fault.stack === '' ? locateHandler(mapped, { bundle, runtime, event }) : mapped
      },
      ended: (fault) => locateHandler(fault, { bundle, runtime, event }),
      cut: (fault, site) => locateCut(fault, site, { bundle, runtime, event }),
    }),
    seed: () => hexOf(random(SEED_BYTES)),
    runId: () => `${runPrefix}-${(++runs).toString(36)}`,
  })
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.isBuffer(bytes) ? bytes.hexSlice(0, bytes.length) : Buffer.from(bytes).toString('hex')
}
