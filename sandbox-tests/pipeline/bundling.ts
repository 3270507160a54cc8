// What the tests of bundling share: a bundler, scripts from a map, and a look at what a bundle's code defines.
import { createContext, Script } from 'node:vm'
import type { Bundle } from '../../engine/model/bundle.ts'
import { DEFAULT_LIMITS } from '../../engine/model/limits.ts'
import type { BundleOptions, Bundler } from '../../engine/pipeline/bundler.ts'
import { memoryStore } from '../../engine/source/memory-store.ts'

/** Options over these files, with the default limits. */
export function over(files: { readonly [path: string]: string }, options: Partial<BundleOptions> = {}): BundleOptions {
  return { store: memoryStore(files), packages: [], limits: DEFAULT_LIMITS, ...options }
}

/** Bundles `greet.ts` with this text, beside these other files. */
export function bundleText(bundler: Bundler, text: string, files: { readonly [path: string]: string } = {}): Promise<Bundle> {
  return bundler.bundle({ id: 'greet', path: 'greet.ts' }, over({ 'greet.ts': text, ...files }))
}

/** What a bundle passes to `$define`, evaluated in an empty context: tests trust their own scripts. */
export function defaultExportOf(bundle: Bundle): unknown {
  let defined: unknown
  const run = new Script(`(${bundle.code})`).runInContext(createContext({})) as (define: (value: unknown) => void) => void
  run((value) => {
    defined = value
  })
  return defined
}
