// Bundles kept on disk between starts. An entry is used only when it is whole and all that it was made of is still as it was.
// It guards against accidents, not against somebody who may write to the directory: that must be the host alone.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import { join } from 'node:path'
import type { Bundle } from '../model/bundle.ts'
import type { ScriptEntry } from '../model/script.ts'
import type { BundleOptions } from './bundle-sources.ts'
import { type BundleTrace, isUnchanged, sha256 } from './bundle-trace.ts'
import { readRegular } from './read-regular.ts'

/** Raised when the same versions begin to make other code or other entries. */
const FORMAT = 3
const BOUNDS: CacheBounds = { entries: 2_000, bytes: 256 * 1024 * 1024 }
/** Looking at every entry after each write would make a first start with many scripts slow. */
const WRITES_BETWEEN_SWEEPS = 50

/** The most that the directory may hold; beyond, the oldest goes. */
export interface CacheBounds {
  readonly entries: number
  readonly bytes: number
}

/** A bundle, and what it was made of. */
export interface KeptBundle {
  readonly bundle: Bundle
  readonly trace: BundleTrace
}

/** Kept bundles. No method throws: without its cache, a bundler works all the same. */
export interface BundleCache {
  /** The bundle that bundling now would make; undefined where that is not certain. */
  read(entry: ScriptEntry, options: BundleOptions): Promise<Bundle | undefined>
  write(entry: ScriptEntry, options: BundleOptions, kept: KeptBundle): Promise<void>
}

/** A cache in a directory, which is made when it is needed. A store without a directory is not cached: nothing tells one from another. */
export function openBundleCache(directory: string, bounds = BOUNDS): BundleCache {
  let writes = 0
  const fileOf = (entry: ScriptEntry, { packages, store }: BundleOptions): string =>
    join(directory, sha256(JSON.stringify([versions(), store.directory, entry, [...packages].sort()])))
  return {
    async read(entry, options) {
      if (options.store.directory === undefined) return undefined
      try {
        const kept = await readEntry(fileOf(entry, options))
        return kept !== undefined && (await isValid(kept, options)) ? Object.freeze(kept.bundle) : undefined
      } catch {
        // Not there, or not what we wrote: the bundle is made again, and written again.
        return undefined
      }
    },
    async write(entry, options, kept) {
      if (options.store.directory === undefined) return
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 })
        await writeEntry(fileOf(entry, options), kept)
        if (writes++ % WRITES_BETWEEN_SWEEPS === 0) await sweep(directory, bounds)
      } catch {
        // A full or read-only disk costs time at the next start, nothing else.
      }
    },
  }
}

let known: readonly unknown[] | undefined

/** Other versions make other code. */
function versions(): readonly unknown[] {
  known ??= [FORMAT, versionOf('..'), versionOf('esbuild')]
  return known
}

function versionOf(name: string): unknown {
  const path = findPackageJSON(name, import.meta.url)
  return path === undefined ? undefined : (JSON.parse(readFileSync(path, 'utf8')) as { version?: string }).version
}

async function isValid({ bundle, trace }: KeptBundle, { limits, store }: BundleOptions): Promise<boolean> {
  const isWithinLimits = trace.sourceBytes <= limits.sourceBytes && Buffer.byteLength(bundle.code) <= limits.bundleBytes
  return isWithinLimits && (await isUnchanged(trace, store, limits.sourceBytes))
}

/** The first line is the hash of the rest: an entry that was cut short, or in which something changed, does not count. */
async function readEntry(file: string): Promise<KeptBundle | undefined> {
  const text = (await readRegular(file)) ?? ''
  const end = text.indexOf('\n')
  const body = text.slice(end + 1)
  return sha256(body) === text.slice(0, end) ? (JSON.parse(body) as KeptBundle) : undefined
}

/** Written beside its place and moved there, so that another process never sees half of it. */
async function writeEntry(file: string, kept: KeptBundle): Promise<void> {
  const body = JSON.stringify(kept)
  const unfinished = `${file}.${randomUUID()}`
  try {
    await writeFile(unfinished, `${sha256(body)}\n${body}`, { mode: 0o600 })
    await rename(unfinished, file)
  } finally {
    await rm(unfinished, { force: true })
  }
}

async function sweep(directory: string, bounds: CacheBounds): Promise<void> {
  // Other files, should somebody keep some here, are not ours to remove.
  const names = (await readdir(directory)).filter((name) => /^[\da-f]{64}(?:\.|$)/.test(name))
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(directory, name)
      const info = await stat(path).catch(() => undefined)
      return { path, bytes: info?.size ?? 0, written: info?.mtimeMs ?? 0 }
    }),
  )
  let bytes = 0
  const newestFirst = files.sort((a, b) => b.written - a.written)
  const surplus = newestFirst.filter((file, index) => {
    bytes += file.bytes
    return index >= bounds.entries || bytes > bounds.bytes
  })
  await Promise.all(surplus.map(({ path }) => rm(path, { force: true })))
}
