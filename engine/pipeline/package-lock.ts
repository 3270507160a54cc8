// The lock file of npm: which version of each installed package is meant. What lies in `node_modules` is bundled only when it is that one.
import { dirname, join, relative, sep } from 'node:path'
import { engineError } from '../errors/engine-error.ts'
import { sha256 } from './bundle-trace.ts'
import { readRegular } from './read-regular.ts'

const FILE = 'package-lock.json'
/** Where the folders of packages lie, in a path. */
const INSTALLED = `${sep}node_modules${sep}`

interface Lock {
  /** Path of the lock file. */
  readonly path: string
  /** SHA-256 of its text; null where there is none. */
  readonly hash: string | null
  /** Path of a package's folder, from the lock file's on → version; undefined without a lock file. */
  readonly versions: ReadonlyMap<string, string | undefined> | undefined
}

/** Holds packages against their lock file, each once. One for each bundling. */
export class PackageLocks {
  readonly #locks = new Map<string, Promise<Lock>>()
  readonly #checks = new Map<string, Promise<void>>()
  readonly #unpinned = new Set<string>()

  /**
   * Checks the package in a folder. Throws `IMPORT_PACKAGE_UNPINNED` when a lock file lies beside its `node_modules` and means another version, or does not know it.
   */
  check(folder: string): Promise<void> {
    const known = this.#checks.get(folder)
    if (known !== undefined) return known
    const checking = this.#check(folder)
    this.#checks.set(folder, checking)
    return checking
  }

  /** Names of packages that no lock file pins. */
  get unpinned(): readonly string[] {
    return [...this.#unpinned].sort()
  }

  /** Path of each lock file that was looked for → SHA-256 of its text, null where there is none. */
  async hashes(): Promise<readonly (readonly [string, string | null])[]> {
    const locks = await Promise.all(this.#locks.values())
    return locks.map(({ path, hash }) => [path, hash] as const).sort(([a], [b]) => (a < b ? -1 : 1))
  }

  async #check(folder: string): Promise<void> {
    if (!folder.includes(INSTALLED)) return // linked from elsewhere: none of its files is read
    const { name, version } = await readManifest(folder)
    const lock = await this.#find(folder)
    if (lock === undefined) {
      this.#unpinned.add(name)
      return
    }
    const key = relative(dirname(lock.path), folder).split(sep).join('/')
    if (lock.versions?.has(key) !== true)
      throw engineError('IMPORT_PACKAGE_UNPINNED', [name, `${version} is installed, but ${FILE} does not have it`])
    const locked = lock.versions.get(key)
    // A package that is linked has no version of its own in the lock.
    if (locked !== undefined && locked !== version)
      throw engineError('IMPORT_PACKAGE_UNPINNED', [name, `${version} is installed, but ${FILE} has ${locked}`])
  }

  /** The lock file beside the outermost `node_modules` that has one. */
  async #find(folder: string): Promise<Lock | undefined> {
    for (let at = folder.indexOf(INSTALLED); at !== -1; at = folder.indexOf(INSTALLED, at + 1)) {
      const lock = await this.#read(join(folder.slice(0, at) || sep, FILE))
      if (lock.versions !== undefined) return lock
    }
    return undefined
  }

  #read(path: string): Promise<Lock> {
    let lock = this.#locks.get(path)
    if (lock === undefined) {
      lock = readLock(path)
      this.#locks.set(path, lock)
    }
    return lock
  }
}

async function readLock(path: string): Promise<Lock> {
  const text = await readRegular(path)
  if (text === undefined) return { path, hash: null, versions: undefined }
  return { path, hash: sha256(text), versions: versionsIn(text) }
}

/** A file that is no lock pins nothing, and so refuses everything: whoever sees the message looks at it. */
function versionsIn(text: string): ReadonlyMap<string, string | undefined> {
  try {
    const { packages } = JSON.parse(text) as { readonly packages?: unknown }
    if (typeof packages !== 'object' || packages === null) return new Map()
    return new Map(Object.entries(packages).map(([path, entry]) => [path, versionOf(entry)]))
  } catch {
    return new Map()
  }
}

async function readManifest(folder: string): Promise<{ readonly name: string; readonly version: string }> {
  const name = folder
    .slice(folder.lastIndexOf(INSTALLED) + INSTALLED.length)
    .split(sep)
    .join('/')
  const text = (await readRegular(join(folder, 'package.json'))) ?? '{}'
  try {
    return { name, version: versionOf(JSON.parse(text)) ?? 'no version' }
  } catch {
    return { name, version: 'no version' }
  }
}

function versionOf(entry: unknown): string | undefined {
  const version = (entry as { readonly version?: unknown } | null)?.version
  return typeof version === 'string' ? version : undefined
}
