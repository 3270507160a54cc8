// What a script may import, decided from text alone: no file is looked at here.
import { isBuiltin } from 'node:module'
import { posix } from 'node:path'
import type { ScriptEntry } from '../model/script.ts'

/** One import as it stands in a file. */
export interface ImportRequest {
  /** The script that is being bundled. */
  readonly entry: ScriptEntry
  /** The packages that policy lists for it. */
  readonly packages: readonly string[]
  /** What is imported, as it is written. */
  readonly specifier: string
  /** The file that imports it, relative to the root; undefined where an installed package does. */
  readonly importer: string | undefined
  /** How: the words of the bundler. */
  readonly kind: 'import-statement' | 'dynamic-import' | 'require-call' | 'require-resolve' | (string & {})
  /** Import attributes: `with { type: 'json' }`. */
  readonly attributes: { readonly [name: string]: string }
}

/** What becomes of an import. */
export type ImportDecision =
  /** A module of vivarium's own, which no file of the user holds. */
  | { readonly kind: 'virtual'; readonly module: VirtualModule }
  /**
   * A file of the script: the first of `candidates` that exists. If one of `owners` exists, the file belongs to that other script
   * and is refused with the same words as any other file outside the script's own directory.
   */
  | { readonly kind: 'file'; readonly candidates: readonly string[]; readonly owners: readonly string[] }
  /** An installed package that may be bundled, or something inside one. */
  | { readonly kind: 'package'; readonly name: string }
  | { readonly kind: 'refused'; readonly code: 'IMPORT_FORBIDDEN'; readonly why: string }
  | { readonly kind: 'refused'; readonly code: 'IMPORT_PACKAGE_DENIED'; readonly name: string }

/** What scripts import to get types; bundles get a virtual module for it. */
export const SCRIPT_MODULE = 'vivarium/script'
/** What tests import, and nothing else can: it is of use only where tests are run. */
export const TEST_MODULE = 'vivarium/test'

/** The modules that vivarium itself gives to bundles. */
export type VirtualModule = 'script' | 'test'

const SCHEME = /^[a-z][a-z\d+.-]+:|^\/\//i
const PACKAGE = /^((?:@[a-z\d~-][\w.~-]*\/)?[a-z\d~-][\w.~-]*)(?:\/.+)?$/i
const EXTENSION = /\.(?:ts|mts|js|mjs|json)$/
/** Control, format and separator characters, and what means something else to another reader of the path. */
const TREACHEROUS = /[\p{C}\p{Zl}\p{Zp}\\%?#]/u

/** Decides one import. Pure. */
export function resolveImport(request: ImportRequest): ImportDecision {
  const { specifier, importer } = request
  if (importer === undefined) return resolveFromPackage(request)
  const objection = objectToForm(request)
  if (objection !== undefined) return forbidden(objection)
  if (specifier === SCRIPT_MODULE) return { kind: 'virtual', module: 'script' }
  if (specifier === TEST_MODULE) return resolveTestModule(request)
  return /^\.\.?(?:\/|$)/.test(specifier) ? resolveRelative(request, importer) : resolveBare(request)
}

/** Why another script's or a foreign file may not be imported. */
export function describeForeign(entry: ScriptEntry): string {
  const own = ownDirectory(entry)
  const place = own === '' ? 'the scripts directory itself' : `its own directory "${own}/"`
  return `"${entry.id}" may import from ${place} and from "lib/"; what belongs to another script is out of reach. Move shared code to "lib/".`
}

/** Why the file beside a single-file script may not be imported, whether it is there or not. */
function describeSibling({ id }: ScriptEntry, target: string): string {
  const name = posix.basename(target)
  return `beside "${id}", every .ts and .js file is another script, and out of reach. Move "${name}" to "lib/", or make a folder of the script: "${id}/index.ts" may import what lies in "${id}/".`
}

/** A package brings its own dependencies along; only what leads out of installed packages is refused. */
function resolveFromPackage({ specifier }: ImportRequest): ImportDecision {
  if (specifier.startsWith('node:')) return forbidden(describeBuiltin(specifier))
  if (SCHEME.test(specifier) || specifier.startsWith('/'))
    return forbidden('a package can only import files and packages that are installed.')
  return { kind: 'package', name: PACKAGE.exec(specifier)?.[1] ?? specifier }
}

function objectToForm({ specifier, kind, attributes }: ImportRequest): string | undefined {
  if (kind.startsWith('require')) return 'a script has no require(); write an import.'
  const odd = Object.entries(attributes).find(([name, value]) => name !== 'type' || value !== 'json')
  if (odd !== undefined) return `the import attribute ${odd[0]}: '${odd[1]}' is not supported; only type: 'json' is.`
  if (specifier.startsWith('node:')) return describeBuiltin(specifier)
  if (SCHEME.test(specifier)) return 'a script cannot import from a URL. Save the file next to the script, or in "lib/".'
  if (specifier.startsWith('/')) return 'absolute paths are not available; write a path relative to this file.'
  const isDeceptive = specifier.normalize('NFKC') !== specifier || !specifier.isWellFormed()
  if (TREACHEROUS.test(specifier) || isDeceptive) return 'write the path in plain characters, with "/" between its parts.'
  return undefined
}

function resolveTestModule({ entry }: ImportRequest): ImportDecision {
  return isTest(entry) ? { kind: 'virtual', module: 'test' } : forbidden('it is for tests: files that are called *.test.ts.')
}

function resolveRelative({ entry, specifier }: ImportRequest, importer: string): ImportDecision {
  const target = posix.join(posix.dirname(importer), specifier).replace(/\/$/, '')
  if (target === '..' || target.startsWith('../')) return forbidden('the path leads out of the scripts directory.')
  const parts = target.split('/')
  if (parts.includes('node_modules')) return forbidden('import a package by its name.')
  if (parts.some((part) => part.startsWith('.') && part !== '.'))
    return forbidden('files and folders whose name starts with a dot are not for scripts.')
  if (!isReachable(entry, target)) return forbidden(describeForeign(entry))
  const candidates = candidatesOf(target === '.' ? '' : target).filter((path) => isReachable(entry, path) && !isOtherEntry(entry, path))
  if (candidates.length === 0) return forbidden(describeSibling(entry, target))
  return { kind: 'file', candidates, owners: possibleOwners(entry, target) }
}

function resolveBare({ specifier, packages }: ImportRequest): ImportDecision {
  const name = PACKAGE.exec(specifier)?.[1]
  if (name === undefined) return forbidden('it is neither a relative path ("./name.ts") nor the name of a package.')
  if (packages.includes(name)) return { kind: 'package', name }
  if (name === 'vivarium') return forbidden(`scripts import from "${SCRIPT_MODULE}".`)
  if (isBuiltin(specifier)) return forbidden(describeBuiltin(specifier))
  return { kind: 'refused', code: 'IMPORT_PACKAGE_DENIED', name }
}

/** The reason that is given wherever a built-in module of Node is wanted. */
export function describeBuiltin(specifier: string): string {
  return `"${specifier}" is part of Node, which the sandbox does not have. What a script may reach, it reaches through ctx.`
}

/** Files that a path can mean, first come first served: itself, TypeScript's habit of writing .js for .ts, a missing extension, a folder. */
function candidatesOf(target: string): string[] {
  const bare = target === '' ? [] : [`${target}.ts`, `${target}.js`]
  const folder = target === '' ? '' : `${target}/`
  const exact = EXTENSION.test(target) ? [target] : []
  const typed = /\.m?js$/.test(target) ? [target.replace(/js$/, 'ts')] : []
  return [...exact, ...typed, ...bare, `${folder}index.ts`, `${folder}index.js`]
}

/** A folder script owns its folder; a single file is at home in the folder that it is in. */
function ownDirectory(entry: ScriptEntry): string {
  const directory = posix.dirname(entry.path)
  return directory === '.' ? '' : directory
}

function isReachable(entry: ScriptEntry, path: string): boolean {
  return isBelow(path, 'lib') || isBelow(path, ownDirectory(entry))
}

function isBelow(path: string, directory: string): boolean {
  return directory === '' || path === directory || path.startsWith(`${directory}/`)
}

function ownsFolder(entry: ScriptEntry): boolean {
  return entry.path === `${entry.id}/index.ts` || entry.path === `${entry.id}/index.js`
}

/** A test is nobody's script: it reaches the scripts beside it, because it tests them. */
export function isTest(entry: Pick<ScriptEntry, 'path'>): boolean {
  return /\.test\.(?:ts|js)$/.test(entry.path)
}

/** Beside a single-file script, and below it, each .ts and .js file is some script's. */
function isOtherEntry(entry: ScriptEntry, path: string): boolean {
  return path !== entry.path && !ownsFolder(entry) && !isTest(entry) && !isBelow(path, 'lib') && /\.(?:ts|js)$/.test(path)
}

/** Entries that, if they exist, make a folder between the script's own directory and the target another script's. */
function possibleOwners(entry: ScriptEntry, target: string): string[] {
  if (ownsFolder(entry) || isTest(entry) || isBelow(target, 'lib')) return []
  const own = ownDirectory(entry)
  const below = posix
    .relative(own, posix.dirname(target))
    .split('/')
    .filter((part) => part !== '')
  return below.flatMap((_, index) => {
    const folder = posix.join(own, ...below.slice(0, index + 1))
    return [`${folder}/index.ts`, `${folder}/index.js`]
  })
}

function forbidden(why: string): ImportDecision {
  return { kind: 'refused', code: 'IMPORT_FORBIDDEN', why }
}
