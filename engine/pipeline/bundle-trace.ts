// What a bundle was made of: enough to know, without making it again, whether it would come out the same.
import { createHash } from 'node:crypto'
import { join, relative } from 'node:path'
import type { ScriptStore } from '../source/script-store.ts'
import { findPackage, readPackageFile } from './installed-packages.ts'
import { readRegular } from './read-regular.ts'

/** Everything that was looked at. Paths of packages are relative to the store's directory. */
export interface BundleTrace {
  /** Path → SHA-256 of the script's files. */
  readonly inputs: { readonly [path: string]: string }
  /** Bytes of these files together. */
  readonly sourceBytes: number
  /** Paths that were tried and did not exist: one that appears could win. */
  readonly absent: readonly string[]
  /** Package → where it was found, null where it was not. */
  readonly packages: { readonly [name: string]: string | null }
  /** Path → SHA-256 of the packages' files, their package.json included. */
  readonly packageFiles: { readonly [path: string]: string }
  /** Path of each lock file that was looked for → its SHA-256, null where there is none. */
  readonly locks: { readonly [path: string]: string | null }
}

/** SHA-256, hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Whether everything that was looked at is still as it was. `maxBytes` bounds each file that is read for it. */
export async function isUnchanged(trace: BundleTrace, store: ScriptStore, maxBytes: number): Promise<boolean> {
  const textOf = async (path: string): Promise<string | undefined> => (await store.read(path, maxBytes))?.text
  try {
    for (const [path, hash] of Object.entries(trace.inputs)) {
      const text = await textOf(path)
      if (text === undefined || sha256(text) !== hash) return false
    }
    for (const path of trace.absent) {
      if ((await textOf(path)) !== undefined) return false
    }
    return store.directory === undefined || (await arePackagesUnchanged(trace, store.directory))
  } catch {
    // Unreadable, or too large: changed, whatever it is now. Bundling again says what is wrong.
    return false
  }
}

async function arePackagesUnchanged({ packages, packageFiles, locks }: BundleTrace, directory: string): Promise<boolean> {
  for (const [name, place] of Object.entries(packages)) {
    const found = await findPackage(directory, name)
    if ((found === undefined ? null : relative(directory, found)) !== place) return false
  }
  for (const [path, hash] of Object.entries(locks)) {
    const text = await readRegular(join(directory, path))
    if ((text === undefined ? null : sha256(text)) !== hash) return false
  }
  const files = Object.entries(packageFiles)
  const hashes = await Promise.all(files.map(async ([path]) => sha256((await readPackageFile(join(directory, path))).text)))
  return files.every(([, hash], index) => hash === hashes[index])
}
