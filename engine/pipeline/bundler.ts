// Bundles scripts: store and policy on this side, the transpiler in worker threads that can be killed, results kept on disk.
import { parse } from 'node:path'
import { engineError } from '../errors/engine-error.ts'
import type { Bundle } from '../model/bundle.ts'
import type { ScriptEntry } from '../model/script.ts'
import { openBundleCache } from './bundle-cache.ts'
import { type BundleSituation, missingManifest, toBundleError } from './bundle-error.ts'
import { BundlePool } from './bundle-pool.ts'
import type { BundleJob, BundleResult } from './bundle-protocol.ts'
import { type BundleOptions, BundleSources } from './bundle-sources.ts'
import { sha256 } from './bundle-trace.ts'
import { isTest } from './resolve-import.ts'

export type { BundleOptions } from './bundle-sources.ts'

const MiB = 1024 * 1024
const DEADLINE_MS = 5_000
/** Of a transpiler at rest, and for each byte of source: what ordinary scripts with large packages need, several times over. */
const BASE_MEMORY = 512 * MiB
const MEMORY_PER_SOURCE_BYTE = 32

/** How bundles are made. */
export interface BundlerOptions {
  /** Where bundles are kept between starts; undefined: nowhere. */
  readonly cacheDirectory?: string | undefined
  /** Milliseconds that one script may keep the transpiler busy; 5,000 where nothing is said. */
  readonly deadlineMs?: number | undefined
}

/** Makes bundles of scripts. Whoever made it closes it. */
export interface Bundler extends AsyncDisposable {
  /**
   * Bundles a script with everything that it imports. Throws, each with its place: `SYNTAX_ERROR`, `IMPORT_*`, `SOURCE_*`, `MANIFEST_MISSING`;
   * and `BUNDLE_TOO_LARGE`, `BUNDLE_TIMEOUT`, `BUNDLE_MEMORY_EXCEEDED`, `BUNDLER_LOST`; `DISPOSED` after `close`; the signal's reason.
   */
  bundle(entry: ScriptEntry, options: BundleOptions): Promise<Bundle>
  /** Ends all threads and processes; bundlings under way throw `DISPOSED`. */
  close(): Promise<void>
}

/**
 * A bundler. It starts a worker when the first script needs one, and ends it when there has been nothing to do for a while.
 *
 * @example
 * await using bundler = createBundler({ cacheDirectory: '.vivarium/bundles' })
 * const bundle = await bundler.bundle({ id: 'greet', path: 'greet.ts' }, { store, packages: [], limits })
 */
export function createBundler({ cacheDirectory, deadlineMs = DEADLINE_MS }: BundlerOptions = {}): Bundler {
  const pool = new BundlePool()
  const cache = cacheDirectory === undefined ? undefined : openBundleCache(cacheDirectory)
  const close = (): Promise<void> => pool.close()
  return {
    async bundle(entry, options) {
      options.signal?.throwIfAborted()
      const kept = await cache?.read(entry, options)
      if (kept !== undefined) return kept
      const sources = new BundleSources(entry, options)
      const job = await planJob(entry, options, sources)
      const result = await pool.run({ job, answer: (question) => sources.answer(question), deadlineMs, signal: options.signal })
      const bundle = toBundle(result, job, { entry, sources })
      await cache?.write(entry, options, { bundle, trace: await sources.trace() })
      return bundle
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function planJob(entry: ScriptEntry, { store, limits }: BundleOptions, sources: BundleSources): Promise<BundleJob> {
  const anywhere = parse(process.cwd()).root
  return {
    entry: entry.path,
    isTest: isTest(entry),
    directory: store.directory ?? anywhere,
    workingDirectory: (await sources.findPackages()) ?? store.directory ?? anywhere,
    bundleBytes: limits.bundleBytes,
    memoryBytes: BASE_MEMORY + MEMORY_PER_SOURCE_BYTE * limits.sourceBytes,
  }
}

function toBundle(result: BundleResult, job: BundleJob, { entry, sources }: { entry: ScriptEntry; sources: BundleSources }): Bundle {
  const situation: BundleSituation = {
    entry,
    workingDirectory: job.workingDirectory,
    textOf: (path) => sources.textOf(path),
    packageImports: sources.packageImports,
  }
  switch (result.kind) {
    case 'bundled': {
      const refused = result.warnings.find(({ location }) => location?.file.startsWith('script:'))
      if (refused !== undefined) throw toBundleError(refused, situation)
      if (!result.hasExports) throw missingManifest(situation)
      const { code, sourceMap } = result
      return Object.freeze({ script: entry.id, code, hash: sha256(code), sourceMap, inputs: sources.inputs(), unpinned: sources.unpinned })
    }
    case 'failed': {
      const [problem] = result.problems
      throw problem === undefined ? engineError('BUNDLER_LOST', ['it failed without a reason']) : toBundleError(problem, situation)
    }
    case 'too-large':
      throw engineError('BUNDLE_TOO_LARGE', [result.bytes, job.bundleBytes])
    case 'out-of-memory':
      throw engineError('BUNDLE_MEMORY_EXCEEDED', [job.memoryBytes])
    case 'lost':
      throw engineError('BUNDLER_LOST', ['its process ended'])
    default:
      return result satisfies never
  }
}
