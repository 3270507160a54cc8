// Which lines of the scripts the tests reach. Every run is run again, from its event, seed, clock and answers, in an engine whose bundles are instrumented: so what a test sees of its run
// (result, limits, usage) is that of the script as it is.
import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import libCoverage, { type CoverageMap, type FileCoverageData } from 'istanbul-lib-coverage'
import { createSourceMapStore } from 'istanbul-lib-source-maps'
import type { Binding } from '../../bindings/binding.ts'
import type { Bundle } from '../../engine/model/bundle.ts'
import { LIMITS, type Limits } from '../../engine/model/limits.ts'
import type { Outcome } from '../../engine/model/outcome.ts'
import type { Bundler } from '../../engine/pipeline/bundler.ts'
import type { EffectivePolicy } from '../../engine/policy/resolve.ts'
import type { Places } from '../open-engine.ts'
import { type OpenParts, openParts } from '../open-parts.ts'
import type { FinishedRun } from '../test/test-host.ts'
import { type Instrumented, instrument, readTold } from './instrument.ts'
import { Replay } from './replay.ts'

const MiB = 1024 * 1024
/** How much slower an instrumented script may be. */
const CPU_FACTOR = 30
const CPU_FACTOR_OF_CUT = 4
const SPARE_CPU_MS = 500
const SPARE_MEMORY = 64 * MiB
const WALL_MS = 20_000
/** Never on the disk: the name under which a bundle's places are told. */
const BUNDLE = '.bundle.js'
/** JSON that a script imports is no code. */
const SOURCE = /\.(?:ts|mts|js|mjs)$/

/** What the tests reached. */
export interface Reached {
  /** By absolute path of the user's file. */
  readonly files: CoverageMap
  /** Scripts of which nothing is known, because they do not load, or not with counters in their code. */
  readonly unmeasured: readonly Unmeasured[]
}

/** A script of which nothing is known. */
export interface Unmeasured {
  readonly script: string
  /** A sentence; not safe to print. */
  readonly reason: string
}

/** Collects coverage. Whoever opened it disposes of it. */
export interface Coverage extends AsyncDisposable {
  /** Runs a run again, after those before it. */
  add(run: FinishedRun): void
  /** Waits for all of them. */
  report(): Promise<Reached>
}

/** How coverage is collected. */
export interface CoverageOptions {
  /** Decides on runtimes, as for the runs themselves. */
  readonly effective: (policy: EffectivePolicy) => EffectivePolicy
  /** Of every script, or of those alone that are run. */
  readonly of: 'all' | 'run'
}

/** Opens an engine with instrumented bundles. */
export async function openCoverage(
  { directory, policy }: Places,
  bindings: readonly Binding[],
  { effective, of }: CoverageOptions,
): Promise<Coverage> {
  const token = `${randomBytes(12).toString('hex')} `
  const known = new Map<string, { readonly made: Instrumented; readonly reached: Map<string, number> }>()
  const unmeasured = new Map<string, string>()
  const onBundle = (bundle: Bundle): Bundle => {
    try {
      const made = instrument(bundle, token)
      known.set(bundle.script, { made, reached: new Map() })
      return made.bundle
    } catch (error) {
      unmeasured.set(bundle.script, `No counters can be put into its code: ${error instanceof Error ? error.message : String(error)}.`)
      return bundle
    }
  }
  const parts = await openParts({ scripts: directory, policy }, bindings, {
    effective: (found) => withRoom(effective(found)),
    bundler: (made) => instrumenting(made, onBundle),
  })
  const ran = new Set<string>()
  let last: Promise<void> = Promise.resolve()
  const runAgain = async (run: FinishedRun): Promise<void> => {
    const { logs } = await replay(parts, run)
    const reached = known.get(run.outcome.script)?.reached
    const told = new Set(logs.flatMap(({ message }) => readTold(message, token)))
    for (const key of told) reached?.set(key, (reached.get(key) ?? 0) + 1)
  }
  return {
    add(run) {
      ran.add(run.outcome.script)
      last = last.then(() => runAgain(run))
    },
    async report() {
      await last
      const coverage = libCoverage.createCoverageMap()
      const chosen = [...known.values()].filter(({ reached }) => of === 'all' || reached.size > 0)
      for (const { made, reached } of chosen) coverage.merge(await mapToSources(directory, made, reached))
      coverage.filter((path) => SOURCE.test(path) && !path.includes('/node_modules/'))
      for (const { id, status, error } of parts.registry.list())
        if (status === 'failed') unmeasured.set(id, error?.message ?? 'It does not load.')
      const told = [...unmeasured].filter(([script]) => of === 'all' || ran.has(script))
      return { files: coverage, unmeasured: told.map(([script, reason]) => ({ script, reason })) }
    },
    [Symbol.asyncDispose]: () => parts[Symbol.asyncDispose](),
  }
}

function instrumenting(bundler: Bundler, onBundle: (bundle: Bundle) => Bundle): Bundler {
  return { ...bundler, bundle: async (entry, options) => onBundle(await bundler.bundle(entry, options)) }
}

/** Logs are how a run tells; an instrumented bundle is several times larger. */
function withRoom(policy: EffectivePolicy): EffectivePolicy {
  const limits: Limits = {
    ...policy.limits,
    memoryBytes: Math.min(LIMITS.memory.ceiling, policy.limits.memoryBytes + SPARE_MEMORY),
    stackBytes: LIMITS.stack.ceiling,
    logBytes: LIMITS.log.ceiling,
    loadCpuMs: LIMITS.loadCpu.ceiling,
    wallMs: WALL_MS,
  }
  return { ...policy, limits, allow: { ...policy.allow, log: true } }
}

async function replay({ registry, dispatcher }: OpenParts, run: FinishedRun): Promise<Outcome> {
  const { order, outcome, seed } = run
  const record = registry.get(outcome.script)
  if (record === undefined) return outcome
  const again = new Replay(run)
  const { cpuMs } = outcome.usage
  const mostCpuMs = outcome.status === 'cpu_exceeded' ? cpuMs * CPU_FACTOR_OF_CUT : cpuMs * CPU_FACTOR + SPARE_CPU_MS
  const limits = { ...record.policy.limits, cpuMs: Math.min(LIMITS.cpu.ceiling, Math.ceil(mostCpuMs)) }
  const surroundings = { clock: again.clock, seed, handle: again.handle }
  return await dispatcher.run({ ...order, record, limits, signal: undefined, surroundings })
}

/** Counts for the user's files: how many runs reached each place. */
async function mapToSources(
  directory: string,
  { coverage, sourceMap }: Instrumented,
  reached: ReadonlyMap<string, number>,
): Promise<CoverageMap> {
  const path = resolve(directory, BUNDLE)
  const store = createSourceMapStore()
  store.registerMap(path, sourceMap)
  const mapped = await store.transformCoverage(libCoverage.createCoverageMap({ [path]: { ...counted(coverage, reached), path } }))
  store.dispose()
  return mapped
}

function counted(data: FileCoverageData, reached: ReadonlyMap<string, number>): FileCoverageData {
  const count = (prefix: string, keys: object) => Object.fromEntries(Object.keys(keys).map((key) => [key, reached.get(prefix + key) ?? 0]))
  return {
    ...data,
    s: count('s', data.s),
    f: count('f', data.f),
    b: Object.fromEntries(
      Object.entries(data.b).map(([key, paths]) => [key, paths.map((_, index) => reached.get(`b${key}.${index}`) ?? 0)]),
    ),
  }
}
