// Loads packs of bindings, natively trusted code that the host names: finds them, holds them against versions, sets them up.
import { existsSync, readFileSync } from 'node:fs'
import { createRequire, findPackageJSON } from 'node:module'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { satisfies, validRange } from 'semver'
import { engineError } from '../engine/errors/engine-error.ts'
import type { Binding } from './binding.ts'
import { type BindingPack, isBindingPack } from './pack.ts'

/** A pack as a host names it. */
export type PackReference =
  | string
  | BindingPack
  | {
      /** The name of an npm package, the path of a file (`./packs/mail.ts`), or the pack itself. */
      readonly pack: string | BindingPack
      /** The range of its versions that the host was made for; any where nothing is said. */
      readonly version?: string | undefined
      /** Given to the pack's `setup`. */
      readonly options?: unknown
    }

interface Named {
  readonly pack: string | BindingPack
  readonly version?: string | undefined
  readonly options?: unknown
}

const RELATIVE = /^\.\.?\//

/**
 * Bindings of packs, in the order of the packs. `directory` is where relative paths and the search for packages start. Throws `PACK_NOT_FOUND`, `PACK_INVALID`,
 * `PACK_MISMATCH`, `PACK_FAILED`; bindings that were made by then are closed.
 */
export async function loadPacks(references: readonly PackReference[], directory: string): Promise<readonly Binding[]> {
  const made: Binding[] = []
  try {
    for (const reference of references) made.push(...(await loadPack(normalise(reference), directory)))
    return made
  } catch (error) {
    await closeAll(made)
    throw error
  }
}

/** Closes each in spite of the others. */
async function closeAll(bindings: readonly Binding[]): Promise<void> {
  await Promise.allSettled(bindings.map(async (binding) => binding.close?.()))
}

function normalise(reference: PackReference): Named {
  if (typeof reference === 'string' || isBindingPack(reference)) return { pack: reference }
  const { pack, version } = (reference ?? {}) as Partial<Named>
  if (typeof pack !== 'string' && !isBindingPack(pack))
    throw engineError('PACK_INVALID', [String(pack), 'is neither the name of a package, nor the path of a file, nor a pack'])
  if (version !== undefined && validRange(version) === null)
    throw engineError('PACK_INVALID', [nameOf(pack), `is asked for in version ${JSON.stringify(version)}, which is no range of versions`])
  return reference as Named
}

async function loadPack({ pack, version, options }: Named, directory: string): Promise<readonly Binding[]> {
  const loaded = typeof pack === 'string' ? await importPack(pack, directory) : pack
  requireFit(loaded, version)
  let bindings: unknown
  try {
    bindings = await loaded.setup({ options, directory })
  } catch (cause) {
    throw engineError('PACK_FAILED', [loaded.name, messageOf(cause)], { cause })
  }
  if (Array.isArray(bindings) && bindings.every(isBinding)) return bindings
  await closeAll((Array.isArray(bindings) ? bindings : [bindings]).filter(isBinding))
  throw engineError('PACK_INVALID', [loaded.name, 'does not return an array of bindings from setup; make them with defineBinding'])
}

function requireFit({ name, version, vivarium }: BindingPack, wanted: string | undefined): void {
  if (validRange(vivarium) === null)
    throw engineError('PACK_INVALID', [name, `says that it fits vivarium ${JSON.stringify(vivarium)}, which is no range of versions`])
  const own = ownVersion()
  if (!satisfies(own, vivarium, { includePrerelease: true }))
    throw engineError('PACK_MISMATCH', [`${name} ${version}`, `vivarium ${vivarium}`, own])
  if (wanted !== undefined && !satisfies(version, wanted, { includePrerelease: true }))
    throw engineError('PACK_MISMATCH', ['This host', `${name} ${wanted}`, version])
}

async function importPack(reference: string, directory: string): Promise<BindingPack> {
  const path = findPack(reference, directory)
  if (path === undefined) throw engineError('PACK_NOT_FOUND', [reference, directory])
  let module: { readonly default?: unknown }
  try {
    module = (await import(pathToFileURL(path).href)) as { readonly default?: unknown }
  } catch (cause) {
    throw engineError('PACK_FAILED', [reference, messageOf(cause)], { cause })
  }
  if (isBindingPack(module.default)) return module.default
  throw engineError('PACK_INVALID', [reference, 'does not export a pack by default; make it with defineBindingPack'])
}

function findPack(reference: string, directory: string): string | undefined {
  if (reference.startsWith('file:')) return existing(fileURLToPath(reference))
  if (RELATIVE.test(reference) || isAbsolute(reference)) return existing(resolve(directory, reference))
  return findPackage(reference, join(directory, 'package.json'))
}

/** As Node finds packages. `require` does not see what is exported for `import` alone, which packages of modules may do. */
function findPackage(name: string, from: string): string | undefined {
  try {
    return createRequire(from).resolve(name)
  } catch {
    const manifest = packageJson(name, from)
    if (manifest === undefined) return undefined
    const entry = entryOf(JSON.parse(readFileSync(manifest, 'utf8')) as { readonly exports?: unknown })
    return entry === undefined ? undefined : existing(join(dirname(manifest), entry))
  }
}

function packageJson(name: string, from: string): string | undefined {
  try {
    return findPackageJSON(name, pathToFileURL(from))
  } catch {
    return undefined // not installed
  }
}

function entryOf({ exports }: { readonly exports?: unknown }): string | undefined {
  const isTable = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
  const main = isTable(exports) && Object.hasOwn(exports, '.') ? exports['.'] : exports
  const target = isTable(main) ? (main['import'] ?? main['default']) : main
  const file = isTable(target) ? target['default'] : target
  return typeof file === 'string' ? file : undefined
}

function existing(path: string): string | undefined {
  return existsSync(path) ? path : undefined
}

/** Whether a value is a binding, of this or another copy of this package. */
export function isBinding(value: unknown): value is Binding {
  const { surface, methods } = (value ?? {}) as Partial<Binding>
  return typeof surface === 'object' && methods instanceof Map
}

function nameOf(pack: string | BindingPack): string {
  return typeof pack === 'string' ? pack : pack.name
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function ownVersion(): string {
  const path = findPackageJSON('..', import.meta.url)
  return path === undefined ? '0.0.0' : (JSON.parse(readFileSync(path, 'utf8')) as { readonly version: string }).version
}
