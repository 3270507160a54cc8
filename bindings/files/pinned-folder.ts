// Folders held by a descriptor, on systems that lead through one by path (`/proc/self/fd/N/name`, Linux). Whatever is renamed, linked or swapped
// meanwhile, a descriptor stays what it was: there is no moment between check and use.
import { constants, type Dirent, type Stats } from 'node:fs'
import { type FileHandle, lstat, mkdir, open, opendir, readlink, rename, rmdir, unlink } from 'node:fs/promises'
import { expectFolder, expectPlainFile, type Folder, movedAway, type OpenFile, unlessAbsent } from './folder.ts'

/** Takes hold of a name without opening what has it: no device starts, no pipe waits. Linux has it, Node.js has no name for it. */
const O_PATH = 0o10000000
const HOLD = O_PATH | (constants.O_NOFOLLOW ?? 0)
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0)

/** Takes hold of a root: a path of the host's without links. The caller disposes of it. */
export async function pinRoot(path: string, shown: string): Promise<Folder | undefined> {
  const handle = await unlessAbsent(open(path, HOLD))
  return handle && pinFolder(handle, path, shown)
}

/** Whether this system has what pinned folders need: tried, not guessed. */
export async function canPin(): Promise<boolean> {
  try {
    await using handle = await open('/', HOLD)
    const [held, led] = await Promise.all([handle.stat(), lstat(`${pathOf(handle)}/.`)])
    return (await readlink(pathOf(handle))) === '/' && held.isDirectory() && held.dev === led.dev && held.ino === led.ino
  } catch {
    // Any refusal means the same: no such way here.
    return false
  }
}

async function pinFolder(handle: FileHandle, place: string, shown: string): Promise<Folder> {
  try {
    expectFolder(await handle.stat(), shown)
    return new PinnedFolder(handle, place, shown)
  } catch (error) {
    await handle.close()
    throw error
  }
}

function pathOf(handle: FileHandle): string {
  return `/proc/self/fd/${handle.fd}`
}

class PinnedFolder implements Folder {
  readonly shown: string
  readonly #handle: FileHandle
  /** Where the folder was found. */
  readonly #place: string

  constructor(handle: FileHandle, place: string, shown: string) {
    this.#handle = handle
    this.#place = place
    this.shown = shown
  }

  look(name: string): Promise<Stats | undefined> {
    return unlessAbsent(lstat(this.#at(name)))
  }

  async enter(name: string, shown = `${this.shown}/${name}`): Promise<Folder | undefined> {
    const handle = await unlessAbsent(open(this.#at(name), HOLD))
    return handle && pinFolder(handle, `${this.#place}/${name}`, shown)
  }

  async open(name: string, flags: number): Promise<OpenFile | undefined> {
    const shown = `${this.shown}/${name}`
    const held = await unlessAbsent(open(this.#at(name), HOLD))
    if (held === undefined) return undefined
    await using pin = held
    expectPlainFile(await pin.stat(), shown)
    // Through the descriptor, the very file that was checked is opened: its name no longer matters.
    const handle = await open(pathOf(pin), flags | constants.O_NONBLOCK | constants.O_NOCTTY)
    try {
      const stats = await handle.stat()
      expectPlainFile(stats, shown)
      // A file that was replaced in this moment has no name left; it is whole, and it was here.
      if (stats.nlink > 0 && (await readlink(pathOf(handle))) !== `${this.#place}/${name}`) throw movedAway(shown)
      return { handle, stats }
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  create(name: string): Promise<FileHandle> {
    return open(this.#at(name), CREATE)
  }

  makeFolder(name: string): Promise<void> {
    return mkdir(this.#at(name))
  }

  rename(from: string, to: string): Promise<void> {
    return rename(this.#at(from), this.#at(to))
  }

  removeFile(name: string): Promise<void> {
    return unlink(this.#at(name))
  }

  removeFolder(name: string): Promise<void> {
    return rmdir(this.#at(name))
  }

  entries(): Promise<AsyncIterable<Dirent>> {
    return opendir(pathOf(this.#handle))
  }

  async confirm(): Promise<void> {
    if ((await readlink(pathOf(this.#handle))) !== this.#place) throw movedAway(this.shown)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#handle.close()
  }

  #at(name: string): string {
    return `${pathOf(this.#handle)}/${name}`
  }
}
