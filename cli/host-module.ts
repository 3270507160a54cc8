// What the application gives to its scripts: its events and its bindings, from a module of the application. Every command that opens an engine asks here, so that
// scripts are checked and run at the command line as the application runs them.
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Binding, standardBindings } from '../bindings/index.ts'
import { isBinding, loadPacks, type PackReference } from '../bindings/load-packs.ts'
import { didYouMean } from '../engine/errors/did-you-mean.ts'
import { isEngineError } from '../engine/errors/engine-error.ts'
import type { EventDefinitions } from '../engine/index.ts'
import { type GivenOptions, type HostTerms, readTerms, type StandIns } from './host-terms.ts'
import { UsageError } from './usage-error.ts'

/** What a host module may export, by name or as its default. */
export interface HostModule {
  /** What `defineEvents` returns. */
  readonly events?: EventDefinitions
  /** All bindings that scripts can be granted, or a function that makes them. Without it: those that come with vivarium. */
  readonly bindings?: readonly Binding[] | ((terms: HostTerms) => readonly Binding[] | Promise<readonly Binding[]>)
  /** Packs of bindings, as `createEngine` takes them; relative paths and packages are looked for from the module's directory. */
  readonly packs?: readonly PackReference[]
}

/** The application, as far as its scripts can tell. */
export interface Host {
  /** The module's path as people know it; undefined where there is none. */
  readonly file: string | undefined
  readonly events: EventDefinitions | undefined
  /** Made by this call: whoever opens an engine with them closes them with it. */
  readonly bindings: readonly Binding[]
  /** What policy names and the command was not given. */
  readonly standIns: StandIns
}

/** Where a host module is looked for. */
export interface HostPlaces {
  /** The scripts directory. */
  readonly directory: string
  /** `--host`. */
  readonly host?: string | undefined
  /** The policy's file, where there is one: it names folders and secrets. */
  readonly policy?: string | undefined
}

/** What bindings are made for: to be called by runs, or to be looked at. */
export type HostUse = 'runs' | 'looks'

const NAMES = ['vivarium.config.ts', 'vivarium.config.mts', 'vivarium.config.js', 'vivarium.config.mjs']
const EXPORTS = ['events', 'bindings', 'packs']

/** Loads the application's events and bindings. Throws a `UsageError` when the module is missing, cannot be loaded or exports something else, or what was given is wrong. */
export async function loadHost(places: HostPlaces, given: GivenOptions = {}, use: HostUse = 'looks'): Promise<Host> {
  const path = findHostModule(places)
  const { terms, standIns } = await readTerms(places.policy, given, use === 'runs')
  if (path === undefined) return { file: undefined, events: undefined, bindings: standardBindings(terms), standIns }
  const file = relative(process.cwd(), path)
  const { events, bindings, packs } = await importModule(path, file)
  const made = await makeBindings(bindings, file, terms)
  return { file, events: checkEvents(events, file), bindings: [...made, ...(await makePacked(packs, path, file))], standIns }
}

/**
 * The path of the host module. `--host` first; then `vivarium.config.*`, or `"vivarium": { "host": FILE }` in package.json, in the directory of the command and those
 * above it, up to the nearest package.json. Never in the scripts directory, whichever links lead there: what users save there does not run outside of a sandbox. Throws a
 * `UsageError` where `--host` or package.json names what is not there, or what was found is a link to a file of the scripts directory.
 */
export function findHostModule({ directory, host }: HostPlaces): string | undefined {
  if (host !== undefined) {
    if (existsSync(host)) return resolve(host)
    throw new UsageError(`There is no host module ${JSON.stringify(host)}.`, { hint: 'Check the path after --host.' })
  }
  const scripts = realPathOf(directory)
  for (const folder of foldersToSearch(scripts)) {
    const named = NAMES.map((name) => join(folder, name)).find((path) => existsSync(path))
    const found = named ?? hostOfPackage(join(folder, 'package.json'))
    if (found !== undefined) return checkOutside(found, scripts)
  }
  return undefined
}

/** Without a package.json above, only the directory of the command counts: what lies further up may be anyone's. */
function foldersToSearch(scripts: string): string[] {
  const here = realPathOf(process.cwd())
  const folders: string[] = []
  for (let folder = here; ; folder = dirname(folder)) {
    folders.push(folder)
    if (existsSync(join(folder, 'package.json'))) break
    if (dirname(folder) === folder) return [here].filter((path) => !isBelow(path, scripts))
  }
  return folders.filter((path) => !isBelow(path, scripts))
}

/** Throws a `UsageError` for a file that users of the scripts directory can write. */
function checkOutside(path: string, scripts: string): string {
  if (!isBelow(realPathOf(path), scripts)) return path
  throw new UsageError(
    `The host module ${JSON.stringify(relative(process.cwd(), path))} lies in the scripts directory: Node itself would run what users save there.`,
    { hint: 'Keep it elsewhere; --host takes it from there all the same.' },
  )
}

/** Whether a path is the scripts directory, or lies in it; both without links. */
function isBelow(path: string, scripts: string): boolean {
  return path === scripts || path.startsWith(scripts.endsWith(sep) ? scripts : scripts + sep)
}

/** Where a path leads once all links are followed; of what is not there, where it would be. */
function realPathOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return resolve(path)
  }
}

function hostOfPackage(path: string): string | undefined {
  if (!existsSync(path)) return undefined
  const host = readManifest(path)?.vivarium?.host
  if (host === undefined) return undefined
  const file = typeof host === 'string' ? resolve(dirname(path), host) : undefined
  if (file !== undefined && existsSync(file)) return file
  throw new UsageError(`${relative(process.cwd(), path)} names the host module ${JSON.stringify(host)}, and there is no such file.`)
}

/** A package.json that npm would not read either is not what the command was asked about. */
function readManifest(path: string): { readonly vivarium?: { readonly host?: unknown } } | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return null
  }
}

async function importModule(path: string, file: string): Promise<HostModule> {
  let exported: { readonly [name: string]: unknown }
  try {
    exported = await import(pathToFileURL(path).href)
  } catch (error) {
    const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    throw new UsageError(`The host module ${JSON.stringify(file)} cannot be loaded: ${why}`, {
      hint: 'It is run by Node itself, not by a sandbox; run "node" on it to see more.',
    })
  }
  const { default: whole, ...named } = exported
  const content = typeof whole === 'object' && whole !== null ? { ...whole, ...named } : named
  if (EXPORTS.some((name) => name in content)) return content as HostModule
  const names = Object.keys(content)
  throw new UsageError(`The host module ${JSON.stringify(file)} exports none of "events", "bindings" and "packs".`, {
    hint: `${names.map((name) => didYouMean(name, EXPORTS)).join('')} docs/cli.md has an example.`.trim(),
  })
}

function checkEvents(events: unknown, file: string): EventDefinitions | undefined {
  if (events === undefined || (typeof events === 'object' && events !== null)) return events as EventDefinitions | undefined
  throw new UsageError(`"events" of the host module ${JSON.stringify(file)} must be what defineEvents returns, not ${typeof events}.`)
}

async function makeBindings(bindings: HostModule['bindings'], file: string, terms: HostTerms): Promise<readonly Binding[]> {
  const made: unknown = typeof bindings === 'function' ? await bindings(terms) : (bindings ?? standardBindings(terms))
  if (Array.isArray(made) && made.every(isBinding)) return made
  throw new UsageError(
    `"bindings" of the host module ${JSON.stringify(file)} must be a list of what defineBinding and standardBindings return, or a function that returns one.`,
  )
}

async function makePacked(packs: unknown, path: string, file: string): Promise<readonly Binding[]> {
  if (packs === undefined) return []
  if (!Array.isArray(packs))
    throw new UsageError(`"packs" of the host module ${JSON.stringify(file)} must be an array of packs, not ${typeof packs}.`)
  try {
    return await loadPacks(packs, dirname(path))
  } catch (error) {
    if (!isEngineError(error)) throw error
    throw new UsageError(`"packs" of the host module ${JSON.stringify(file)}: ${error.message}`, { hint: error.hint })
  }
}
