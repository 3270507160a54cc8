// The way to a folder: a root is opened, then one folder after the other, each from the one before.
import type { RootPlace } from './file-roots.ts'
import { errnoOf, type Folder, movedAway } from './folder.ts'
import { canPin, pinRoot } from './pinned-folder.ts'
import { traceRoot } from './traced-folder.ts'

/** How often a folder is made that is there and not there in turn. */
const ATTEMPTS = 5

/** Opens a root's base: a path of the host's without links. */
export type OpenBase = (path: string, shown: string) => Promise<Folder | undefined>

/** The deepest folder on a way that is there, and the names that are missing below it. The caller disposes of the folder. */
export interface Reached {
  readonly folder: Folder
  readonly missing: readonly string[]
}

/** How folders are held on this system. */
export async function chooseOpenBase(): Promise<OpenBase> {
  return (await canPin()) ? pinRoot : traceRoot
}

/** Opens a root, whose base is at `real`. Folders below the base that are missing are made where `makes` says so. The caller disposes of the root. */
export async function openRoot(openBase: OpenBase, real: string, { name, below }: RootPlace, makes: boolean): Promise<Folder | undefined> {
  const base = await openBase(real, name)
  if (base === undefined || below.length === 0) return base
  if (makes) return descend(base, below, name)
  const { folder, missing } = await reach(base, below, name)
  if (missing.length === 0) return folder
  await folder[Symbol.asyncDispose]()
  return undefined
}

/** Goes down as far as there are folders. Takes `start` over: the caller disposes of what it gets. */
export async function reach(start: Folder, names: readonly string[], shown?: string): Promise<Reached> {
  let folder = start
  for (const [index, name] of names.entries()) {
    const next = await stepFrom(folder, () => folder.enter(name, shown))
    if (next === undefined) return { folder, missing: names.slice(index) }
    folder = await leave(folder, next)
  }
  return { folder, missing: [] }
}

/** Goes down, making the folders that are missing. Takes `start` over: the caller disposes of what it gets. */
export async function descend(start: Folder, names: readonly string[], shown?: string): Promise<Folder> {
  let folder = start
  for (const name of names) folder = await leave(folder, await stepFrom(folder, () => enterOrMake(folder, name, shown)))
  return folder
}

async function enterOrMake(folder: Folder, name: string, shown: string | undefined): Promise<Folder> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const there = await folder.enter(name, shown)
    if (there !== undefined) return there
    try {
      await folder.makeFolder(name)
    } catch (error) {
      // Somebody else was faster: what they made is looked at like anything else.
      if (errnoOf(error) !== 'EEXIST') throw error
    }
  }
  throw movedAway(shown ?? `${folder.shown}/${name}`)
}

/** Lets go of the folder where the step fails. */
async function stepFrom<T>(folder: Folder, step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    await folder[Symbol.asyncDispose]()
    throw error
  }
}

async function leave(folder: Folder, next: Folder): Promise<Folder> {
  await folder[Symbol.asyncDispose]()
  return next
}
