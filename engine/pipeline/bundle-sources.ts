// The host's side of one bundling: answers what the worker asks, decides by policy, and remembers everything it looked at.
import { realpath } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { engineError, isEngineError } from '../errors/engine-error.ts'
import type { Limits } from '../model/limits.ts'
import type { ScriptEntry } from '../model/script.ts'
import type { ScriptStore } from '../source/script-store.ts'
import type { BundleAnswer, BundleQuestion } from './bundle-protocol.ts'
import { type BundleTrace, sha256 } from './bundle-trace.ts'
import { findPackage, homeOfPackage, type PackageFile, packageFolderOf, readPackageFile } from './installed-packages.ts'
import { suggestFile } from './near-files.ts'
import type { PackageImport } from './package-import.ts'
import { PackageLocks } from './package-lock.ts'
import { printableUpTo } from './printable.ts'
import { describeForeign, type ImportDecision, type ImportRequest, resolveImport } from './resolve-import.ts'

const LONGEST_SPECIFIER = 200
const PROJECT = 'the project that holds the scripts directory'

/** What is bundled, and what it may use. */
export interface BundleOptions {
  readonly store: ScriptStore
  /** Names of the packages that policy lists for this script. */
  readonly packages: readonly string[]
  readonly limits: Pick<Limits, 'sourceBytes' | 'bundleBytes'>
  readonly signal?: AbortSignal | undefined
}

type Resolve = Extract<BundleQuestion, { kind: 'resolve' }>

/** One bundling's sources. */
export class BundleSources {
  readonly #entry: ScriptEntry
  readonly #options: BundleOptions
  readonly #files = new Map<string, Promise<string | undefined>>()
  readonly #texts = new Map<string, string>()
  readonly #realPaths = new Set<string>()
  readonly #packageTexts = new Map<string, string>()
  /** Paths of package.json files that were looked at. */
  readonly #manifests = new Set<string>()
  readonly #packages = new Map<string, string | null>()
  /** What the script's files import of packages. */
  readonly #packageImports: PackageImport[] = []
  readonly #locks = new PackageLocks()
  #sourceBytes = 0

  constructor(entry: ScriptEntry, options: BundleOptions) {
    this.#entry = entry
    this.#options = options
  }

  /** Answers a question of the worker; a refusal is an answer too. */
  async answer(question: BundleQuestion): Promise<BundleAnswer> {
    try {
      switch (question.kind) {
        case 'resolve':
          return await this.#resolve(question)
        case 'load':
          return { kind: 'source', text: await this.#load(question.path), loader: loaderOf(question.path) }
        case 'load-package-file':
          return { kind: 'source', ...(await this.#loadPackageFile(question.path)) }
        default:
          return question satisfies never
      }
    } catch (error) {
      const known = isEngineError(error)
        ? error
        : engineError('SOURCE_UNREADABLE', [this.#entry.path, 'the script store failed'], { cause: error })
      return { kind: 'refused', code: known.code, message: known.message }
    }
  }

  /**
   * Finds the listed packages. Returns the folder that the paths of packages in the output are relative to: the one that holds
   * `node_modules`, so that the same packages make the same code wherever they lie.
   */
  async findPackages(): Promise<string | undefined> {
    const { packages, store } = this.#options
    const { directory } = store
    if (directory === undefined) return undefined
    const found: string[] = []
    for (const name of [...packages].sort()) {
      const folder = await findPackage(directory, name)
      this.#packages.set(name, folder === undefined ? null : relative(directory, folder))
      if (folder !== undefined) found.push(folder)
    }
    return found[0] === undefined ? undefined : homeOfPackage(found[0])
  }

  /** The text of a file that was read: by path relative to the root, or by absolute path of a package's file. */
  textOf(path: string): string | undefined {
    return this.#texts.get(path) ?? this.#packageTexts.get(path)
  }

  /** The imports of packages in the script's own files, as far as they were met. */
  get packageImports(): readonly PackageImport[] {
    return this.#packageImports
  }

  /** Paths to watch: the script's files, under each name that they have. */
  inputs(): readonly string[] {
    return [...new Set([...this.#texts.keys(), ...this.#realPaths])].sort()
  }

  /** Names of the packages that no lock file pins. */
  get unpinned(): readonly string[] {
    return this.#locks.unpinned
  }

  /** All that was looked at. */
  async trace(): Promise<BundleTrace> {
    const directory = this.#options.store.directory ?? ''
    const read = new Set(this.#texts.keys())
    const byPath = ([a]: readonly [string, string], [b]: readonly [string, string]): number => (a < b ? -1 : 1)
    return {
      inputs: Object.fromEntries([...this.#texts].map(([path, text]) => [path, sha256(text)] as const).sort(byPath)),
      sourceBytes: this.#sourceBytes,
      absent: [...this.#files.keys()].filter((path) => !read.has(path)).sort(),
      packages: Object.fromEntries(this.#packages),
      packageFiles: Object.fromEntries(
        [...this.#packageTexts].map(([path, text]) => [relative(directory, path), sha256(text)] as const).sort(byPath),
      ),
      locks: Object.fromEntries((await this.#locks.hashes()).map(([path, hash]) => [relative(directory, path), hash])),
    }
  }

  async #resolve(question: Resolve): Promise<BundleAnswer> {
    const { specifier, importer, importKind, attributes } = question
    const { packages } = this.#options
    const request = { entry: this.#entry, packages, specifier, importer, kind: importKind, attributes }
    const decision = resolveImport(request)
    const shown = printableUpTo(specifier, LONGEST_SPECIFIER)
    switch (decision.kind) {
      case 'virtual':
        return { kind: 'virtual', module: decision.module }
      case 'file':
        return { kind: 'file', path: (await this.#findFile(shown, decision)) ?? (await this.#refuseAbsent(shown, decision, request)) }
      case 'package':
        if (importer !== undefined) {
          await this.#expectInstalled(decision.name)
          this.#packageImports.push({ file: importer, specifier, name: decision.name })
        }
        return { kind: 'package' }
      case 'refused':
        throw decision.code === 'IMPORT_FORBIDDEN'
          ? engineError('IMPORT_FORBIDDEN', [shown, decision.why])
          : engineError('IMPORT_PACKAGE_DENIED', [decision.name, this.#entry.id])
      default:
        return decision satisfies never
    }
  }

  async #findFile(shown: string, { candidates, owners }: Extract<ImportDecision, { kind: 'file' }>): Promise<string | undefined> {
    for (const owner of owners) {
      if ((await this.#read(owner)) !== undefined) throw engineError('IMPORT_FORBIDDEN', [shown, describeForeign(this.#entry)])
    }
    for (const path of candidates) {
      if ((await this.#read(path)) !== undefined) return path
    }
    return undefined
  }

  async #refuseAbsent(shown: string, { candidates }: Extract<ImportDecision, { kind: 'file' }>, request: ImportRequest): Promise<never> {
    const suggestion = await suggestFile(this.#options.store.directory, request)
    throw engineError('IMPORT_NOT_FOUND', [shown, candidates.map((path) => `"${path}"`).join(', '), suggestion])
  }

  async #expectInstalled(name: string): Promise<void> {
    const place = this.#packages.get(name)
    if (typeof place !== 'string') throw engineError('IMPORT_PACKAGE_NOT_FOUND', [name, PROJECT])
    await this.#locks.check(await realpath(join(this.#options.store.directory ?? '', place))) // here the import is at hand, for the message
  }

  async #load(path: string): Promise<string> {
    const text = await this.#read(path)
    if (text === undefined) throw engineError('SOURCE_UNREADABLE', [path, 'there is no such file'])
    return text
  }

  /** Each path is read once, however often it is imported. */
  #read(path: string): Promise<string | undefined> {
    const known = this.#files.get(path)
    if (known !== undefined) return known
    const reading = this.#readFromStore(path)
    this.#files.set(path, reading)
    return reading
  }

  async #readFromStore(path: string): Promise<string | undefined> {
    const { store, limits } = this.#options
    const file = await store.read(path, limits.sourceBytes)
    if (file === undefined) return undefined
    this.#sourceBytes += Buffer.byteLength(file.text)
    if (this.#sourceBytes > limits.sourceBytes) throw engineError('SOURCE_TOO_LARGE', [this.#sourceBytes, limits.sourceBytes])
    this.#texts.set(path, file.text)
    this.#realPaths.add(file.path)
    return file.text
  }

  async #loadPackageFile(path: string): Promise<PackageFile> {
    const file = await this.#readPackageFile(path)
    await this.#readManifest(join(packageFolderOf(path), 'package.json'))
    return file
  }

  async #readPackageFile(path: string): Promise<PackageFile> {
    const file = await readPackageFile(path)
    await this.#locks.check(packageFolderOf(await realpath(path)))
    this.#packageTexts.set(path, file.text)
    return file
  }

  /** It decides which file an import means. The transpiler has just read it by itself: what it says when all is done may be something else. */
  async #readManifest(path: string): Promise<void> {
    if (this.#manifests.has(path)) return
    this.#manifests.add(path)
    await this.#readPackageFile(path).catch(() => undefined) // a package without one is a folder of files, which are known
  }
}

function loaderOf(path: string): 'ts' | 'js' | 'json' {
  if (path.endsWith('.json')) return 'json'
  return /\.m?ts$/.test(path) ? 'ts' : 'js'
}
