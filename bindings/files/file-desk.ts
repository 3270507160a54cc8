// Where calls come in: the path is read, held against the grant, and its root opened; then work is done in the folder that it leads to.
import { mkdir, realpath } from 'node:fs/promises'
import type { BindingCall } from '../binding.ts'
import { HostFunctionError } from '../host-function-error.ts'
import { clip } from '../schema.ts'
import { asFileFailure } from './file-failure.ts'
import { type FilePath, readFilePath } from './file-path.ts'
import type { Root, RootPlace } from './file-roots.ts'
import type { FileAllowance, FilesGrant } from './files-grant.ts'
import { type Folder, unlessAbsent } from './folder.ts'
import { chooseOpenBase, type OpenBase, openRoot, reach } from './folder-tree.ts'
import { RootUsage } from './root-usage.ts'
import { Slots, Turns } from './turns.ts'
import type { WritePlace } from './write-file.ts'

/** Calls that work on the disk at once, for all scripts together: each holds descriptors and content. */
const AT_ONCE = 32
const SHOWN_CHARACTERS = 200

/** A call of a script with a grant. */
export type FilesCall = BindingCall<FilesGrant>

/** Work in the folder that a path leads to. `name` is the last part of the path, `shown` all of it, for messages. */
export type FolderWork<T> = (folder: Folder, name: string, allowance: FileAllowance, shown: string) => Promise<T>

/** A path that the grant lets through. */
interface Way {
  readonly path: FilePath
  readonly shown: string
  readonly place: RootPlace
  readonly allowance: FileAllowance
}

/** See the head of the file. One for each binding: its writers take turns. */
export class FileDesk {
  readonly #roots: ReadonlyMap<string, Root>
  readonly #turns = new Turns()
  readonly #slots = new Slots(AT_ONCE)
  readonly #usage = new RootUsage()
  #openBase: Promise<OpenBase> | undefined

  constructor(roots: ReadonlyMap<string, Root>, openBase?: OpenBase) {
    this.#roots = roots
    this.#openBase = openBase && Promise.resolve(openBase)
  }

  /** Works in the folder that holds what the path names. Undefined where there is no such folder. */
  inParent<T>(call: FilesCall, text: string, work: FolderWork<T>): Promise<T | undefined> {
    return this.#read(call, text, async ({ path, allowance, shown }, open) => {
      const name = path.names.at(-1)
      if (name === undefined) throw HostFunctionError.of('FILE_REFUSED', shown, 'is a root, not a file')
      const root = await open()
      if (root === undefined) return undefined
      const { folder, missing } = await reach(root, path.names.slice(0, -1))
      await using parent = folder
      return missing.length > 0 ? undefined : await work(parent, name, allowance, shown)
    })
  }

  /** Works in the folder that the path names, a root among them. Undefined where there is none. `isRoot` says which. */
  inFolder<T>(call: FilesCall, text: string, work: (folder: Folder | undefined, isRoot: boolean) => Promise<T>): Promise<T> {
    return this.#read(call, text, async ({ path }, open) => {
      const isRoot = path.names.length === 0
      const root = await open()
      if (root === undefined) return work(undefined, isRoot)
      const { folder, missing } = await reach(root, path.names)
      await using here = folder
      return await work(missing.length > 0 ? undefined : here, isRoot)
    })
  }

  /** Does work that changes something, once nobody else changes anything below the root. */
  change<T>(call: FilesCall, text: string, work: (place: WritePlace) => Promise<T>): Promise<T> {
    return this.#telling(text, async (shown) => {
      const { path, place, allowance } = this.#admit(call, text, shown)
      if (allowance.access !== 'write') throw HostFunctionError.of('FILE_DENIED', shown, 'may be read only, not changed')
      const name = path.names.at(-1)
      if (name === undefined) throw HostFunctionError.of('FILE_REFUSED', shown, 'is a root, not a file')
      await mkdir(place.base, { recursive: true })
      const base = await realpath(place.base)
      const openBase = await this.#way()
      const open = async (): Promise<Folder> => (await openRoot(openBase, base, place, true)) ?? (await lost(shown))
      const key = JSON.stringify([base, ...place.below])
      const folders = path.names.slice(0, -1)
      const where = { openRoot: open, folders, name, shown, allowance, usage: this.#usage, key }
      return this.#turns.take(key, () => this.#slots.take(() => work(where)))
    })
  }

  #read<T>(call: FilesCall, text: string, work: (way: Way, open: () => Promise<Folder | undefined>) => Promise<T>): Promise<T> {
    return this.#telling(text, (shown) => {
      const way = this.#admit(call, text, shown)
      return this.#slots.take(() => work(way, () => this.#openRoot(way.place)))
    })
  }

  async #openRoot(place: RootPlace): Promise<Folder | undefined> {
    const base = await unlessAbsent(realpath(place.base))
    return base === undefined ? undefined : openRoot(await this.#way(), base, place, false)
  }

  #admit({ grant, script, tenant }: FilesCall, text: string, shown: string): Way {
    const path = readFilePath(text)
    const root = this.#roots.get(path.root)
    const allowance = Object.hasOwn(grant, path.root) ? grant[path.root] : undefined
    if (root === undefined || allowance === undefined) throw HostFunctionError.of('FILE_DENIED', shown, deniedWhy(path.root, grant))
    return { path, shown, allowance, place: root.placeFor({ script, tenant }) }
  }

  /** What goes wrong is told in the words of the script's path. */
  async #telling<T>(text: string, work: (shown: string) => Promise<T>): Promise<T> {
    const shown = clip(text, SHOWN_CHARACTERS)
    try {
      return await work(shown)
    } catch (error) {
      throw asFileFailure(shown, error)
    }
  }

  #way(): Promise<OpenBase> {
    this.#openBase ??= chooseOpenBase()
    return this.#openBase
  }
}

function deniedWhy(root: string, grant: FilesGrant): string {
  const granted = Object.keys(grant)
  const known = granted.length === 0 ? 'no root at all' : granted.map((name) => `"${name}"`).join(', ')
  return `is below "${clip(root, SHOWN_CHARACTERS)}", which the script was not granted; it was granted ${known}`
}

async function lost(shown: string): Promise<never> {
  throw HostFunctionError.of('FILE_REFUSED', shown, 'was removed with its root meanwhile')
}
