// Folders held by their path, for systems where a descriptor leads nowhere. Every step is checked before and after: a folder that was swapped for a
// link in between is found out, though what was done in that moment was done.
import { constants, type Dirent, type Stats } from 'node:fs'
import { type FileHandle, lstat, mkdir, open, opendir, realpath, rename, rmdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expectFolder, expectPlainFile, type Folder, movedAway, type OpenFile, unlessAbsent } from './folder.ts'

const SAFELY = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0)
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0)
/** How often a file is tried that somebody replaces at this very moment. */
const ATTEMPTS = 5

/** Takes hold of a root: a path of the host's without links. */
export async function traceRoot(path: string, shown: string): Promise<Folder | undefined> {
  const stats = await unlessAbsent(lstat(path))
  return stats && traceFolder(path, stats, shown)
}

async function traceFolder(path: string, stats: Stats, shown: string): Promise<Folder> {
  expectFolder(stats, shown)
  const folder = new TracedFolder(path, stats, shown)
  await folder.confirm()
  return folder
}

function isSame(one: Stats, other: Stats): boolean {
  return one.dev === other.dev && one.ino === other.ino
}

class TracedFolder implements Folder {
  readonly shown: string
  readonly #path: string
  readonly #stats: Stats

  constructor(path: string, stats: Stats, shown: string) {
    this.#path = path
    this.#stats = stats
    this.shown = shown
  }

  look(name: string): Promise<Stats | undefined> {
    return this.#checked(() => unlessAbsent(lstat(this.#at(name))))
  }

  async enter(name: string, shown = `${this.shown}/${name}`): Promise<Folder | undefined> {
    const stats = await this.look(name)
    return stats && traceFolder(this.#at(name), stats, shown)
  }

  async open(name: string, flags: number): Promise<OpenFile | undefined> {
    for (let attempt = 1; attempt < ATTEMPTS; attempt++) {
      const opened = await this.#tryOpen(name, flags)
      if (opened !== 'changed') return opened
    }
    throw movedAway(`${this.shown}/${name}`)
  }

  async #tryOpen(name: string, flags: number): Promise<OpenFile | undefined | 'changed'> {
    const shown = `${this.shown}/${name}`
    const seen = await this.look(name)
    if (seen === undefined) return undefined
    expectPlainFile(seen, shown)
    const handle = await open(this.#at(name), flags | SAFELY)
    try {
      const stats = await handle.stat()
      expectPlainFile(stats, shown)
      // Looked at again from above: a folder that was a link for a moment led to another file.
      const again = await this.look(name)
      if (isSame(stats, seen) && again !== undefined && isSame(stats, again)) return { handle, stats }
    } catch (error) {
      await handle.close()
      throw error
    }
    await handle.close()
    return 'changed'
  }

  create(name: string): Promise<FileHandle> {
    return this.#checkedHandle(() => open(this.#at(name), CREATE))
  }

  makeFolder(name: string): Promise<void> {
    return this.#checked(() => mkdir(this.#at(name)))
  }

  rename(from: string, to: string): Promise<void> {
    return this.#checked(() => rename(this.#at(from), this.#at(to)))
  }

  removeFile(name: string): Promise<void> {
    return this.#checked(() => unlink(this.#at(name)))
  }

  removeFolder(name: string): Promise<void> {
    return this.#checked(() => rmdir(this.#at(name)))
  }

  entries(): Promise<AsyncIterable<Dirent>> {
    return this.#checkedHandle(() => opendir(this.#path))
  }

  async confirm(): Promise<void> {
    const stats = await unlessAbsent(lstat(this.#path))
    if (stats === undefined || !stats.isDirectory() || !isSame(stats, this.#stats)) throw movedAway(this.shown)
    if ((await realpath(this.#path)) !== this.#path) throw movedAway(this.shown)
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  async #checked<T>(step: () => Promise<T>): Promise<T> {
    await this.confirm()
    const result = await step()
    await this.confirm()
    return result
  }

  async #checkedHandle<T extends { close(): Promise<void> }>(step: () => Promise<T>): Promise<T> {
    await this.confirm()
    const handle = await step()
    try {
      await this.confirm()
      return handle
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  #at(name: string): string {
    return join(this.#path, name)
  }
}
