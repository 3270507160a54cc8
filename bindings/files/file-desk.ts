// Where calls come in: the path is read, held against the grant, and its root opened; then work is done in the folder that it leads to.
import { mkdir, realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { BindingCall } from '../binding.ts'
import { HostFunctionError } from '../host-function-error.ts'
import { ownerOf } from '../owner-of.ts'
import { clip } from '../schema.ts'
import { Turns } from '../turns.ts'
import { Backlog } from './backlog.ts'
import { asFileFailure } from './file-failure.ts'
import { type FilePath, readFilePath } from './file-path.ts'
import type { Root, RootPlace } from './file-roots.ts'
import type { FileAllowance, FilesGrant } from './files-grant.ts'
import { type Folder, unlessAbsent } from './folder.ts'
import { chooseOpenBase, type OpenBase, openRoot, reach } from './folder-tree.ts'
import { RootUsage } from './root-usage.ts'
import type { WritePlace } from './write-file.ts'

/** Calls that work on the disk at once, for all scripts together: each holds descriptors and content. */
const AT_ONCE = 32
const MiB = 1024 ** 2
/** Content that one script and tenant may have waiting, or in the midst of being written. */
const BACKLOG_MIB = 16
/** What readers work on: they are in nobody's way. */
const ANYTHING = ''
const SHOWN_CHARACTERS = 200
const BACKLOG_WHY = `is not changed: ${BACKLOG_MIB} MiB of this script's content wait to be written already; await some first`
const ENDED_WHY = 'was left as it is: the run ended before its turn came'

/** A call of a script with a grant. */
export type FilesCall = BindingCall<FilesGrant>

/** Makes what is to be written, of so many bytes at most. */
export type MakeContent = (fileBytes: number) => string | Uint8Array

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
  readonly #turns = new Turns(AT_ONCE)
  readonly #backlog = new Backlog(BACKLOG_MIB * MiB)
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

  /**
   * Does work that changes something, once nobody else changes anything below the root. Where the run ends before that, it is not begun. `make` is called once
   * the grant lets the call through.
   */
  change<T>(call: FilesCall, text: string, make: MakeContent, work: (place: WritePlace, content: Uint8Array) => Promise<T>): Promise<T> {
    return this.#telling(call, text, async (shown) => {
      const { path, place, allowance } = this.#admit(call, text, shown)
      if (allowance.access !== 'write') throw HostFunctionError.of('FILE_DENIED', shown, 'may be read only, not changed')
      const name = path.names.at(-1)
      if (name === undefined) throw HostFunctionError.of('FILE_REFUSED', shown, 'is a root, not a file')
      const content = make(allowance.fileBytes)
      const bytes = Buffer.byteLength(content)
      if (bytes > allowance.fileBytes) throw HostFunctionError.of('FILE_TOO_LARGE', shown, bytes, allowance.fileBytes)
      const openers = { openRoot: () => this.#openRoot(place), makeRoot: () => this.#makeRoot(place, shown) }
      const where = { ...openers, folders: path.names.slice(0, -1), name, shown, allowance, usage: this.#usage }
      return await this.#holding(call, shown, bytes, async (owner) => {
        const key = JSON.stringify([await realPathOf(place.base), ...place.below])
        const turn = { owner, key, max: 1, signal: call.signal }
        return await this.#turns.take(turn, () => work({ ...where, key }, typeof content === 'string' ? Buffer.from(content) : content))
      })
    })
  }

  #read<T>(call: FilesCall, text: string, work: (way: Way, open: () => Promise<Folder | undefined>) => Promise<T>): Promise<T> {
    return this.#telling(call, text, async (shown) => {
      const way = this.#admit(call, text, shown)
      const turn = { owner: ownerOf(call), key: ANYTHING, max: AT_ONCE, signal: call.signal }
      return await this.#turns.take(turn, () => work(way, () => this.#openRoot(way.place)))
    })
  }

  /** Counts what a change holds until it is done. */
  async #holding<T>(call: FilesCall, shown: string, bytes: number, change: (owner: string) => Promise<T>): Promise<T> {
    const owner = ownerOf(call)
    if (!this.#backlog.enter(owner, bytes)) throw HostFunctionError.of('FILE_REFUSED', shown, BACKLOG_WHY)
    try {
      return await change(owner)
    } finally {
      this.#backlog.leave(owner, bytes)
    }
  }

  async #makeRoot(place: RootPlace, shown: string): Promise<Folder> {
    await mkdir(place.base, { recursive: true })
    return (await openRoot(await this.#way(), await realpath(place.base), place, true)) ?? (await lost(shown))
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
  async #telling<T>({ signal }: FilesCall, text: string, work: (shown: string) => Promise<T>): Promise<T> {
    const shown = clip(text, SHOWN_CHARACTERS)
    try {
      return await work(shown)
    } catch (error) {
      if (signal.aborted && error === signal.reason) throw HostFunctionError.of('FILE_REFUSED', shown, ENDED_WHY)
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

/** A path without links, also of what is not there yet: two roots that lead to one folder are one, before it is made and after. */
async function realPathOf(path: string): Promise<string> {
  return (await unlessAbsent(realpath(path))) ?? join(await realPathOf(dirname(path)), basename(path))
}

async function lost(shown: string): Promise<never> {
  throw HostFunctionError.of('FILE_REFUSED', shown, 'was removed with its root meanwhile')
}
