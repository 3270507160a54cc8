// Writing below a root: complete or not at all, into plain files only, never over the quota. One writer of a root at a time.
import { randomBytes } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { HostFunctionError } from '../host-function-error.ts'
import type { FileAllowance } from './files-grant.ts'
import { expectPlainFile, type Folder, movedAway, unlessAbsent } from './folder.ts'
import { descend, reach } from './folder-tree.ts'
import type { RootUsage } from './root-usage.ts'

const PERMISSIONS = 0o777
const ANYBODY_WRITES = 0o222

/** What is written to, and how much may be there. */
export interface WritePlace {
  /** Opens the root; undefined where there is none. Whoever calls disposes of it. */
  readonly openRoot: () => Promise<Folder | undefined>
  /** Opens the root, made where it is missing; whoever calls disposes of it. */
  readonly makeRoot: () => Promise<Folder>
  /** Folders below the root. */
  readonly folders: readonly string[]
  readonly name: string
  /** The path as the script wrote it. */
  readonly shown: string
  readonly allowance: FileAllowance
  readonly usage: RootUsage
  /** The root's key in `usage`. */
  readonly key: string
}

/** Replaces a file, or makes it: whoever looks sees the old content or the new one. Folders that are missing are made. */
export async function replaceFile(place: WritePlace, content: Uint8Array): Promise<void> {
  const { old, missing } = await survey(place)
  const more = { bytes: content.length - (old?.size ?? 0), entries: missing }
  await write(place, content.length, more, (folder) => putInPlace(folder, place.name, content, old))
}

/** Adds to the end of a file, or makes it: all of the content or none. Folders that are missing are made. */
export async function appendToFile(place: WritePlace, content: Uint8Array): Promise<void> {
  const { old, missing } = await survey(place)
  const size = (old?.size ?? 0) + content.length
  await write(place, size, { bytes: content.length, entries: missing }, (folder) =>
    old === undefined ? putInPlace(folder, place.name, content, old) : extend(folder, place.name, content),
  )
}

/** Removes a file, or a folder that is empty. Says whether there was one. */
export async function remove({ openRoot, folders, name, shown, usage, key }: WritePlace): Promise<boolean> {
  const root = await openRoot()
  if (root === undefined) return false
  const { folder, missing } = await reach(root, folders)
  await using parent = folder
  const stats = missing.length === 0 ? await parent.look(name) : undefined
  if (stats === undefined) return false
  if (!stats.isDirectory()) expectPlainFile(stats, shown)
  await parent.confirm()
  await (stats.isDirectory() ? parent.removeFolder(name) : parent.removeFile(name))
  usage.add(key, { bytes: stats.isDirectory() ? 0 : -stats.size, entries: -1 })
  return true
}

/** What has the name now, and how many files and folders would have to be made. */
async function survey({ openRoot, folders, name, shown }: WritePlace): Promise<{ old: Stats | undefined; missing: number }> {
  const root = await openRoot()
  if (root === undefined) return { old: undefined, missing: folders.length + 1 }
  const { folder, missing } = await reach(root, folders)
  await using parent = folder
  const old = missing.length === 0 ? await parent.look(name) : undefined
  if (old === undefined) return { old, missing: missing.length + 1 }
  expectPlainFile(old, shown)
  if ((old.mode & ANYBODY_WRITES) === 0) throw HostFunctionError.of('FILE_REFUSED', shown, 'is write-protected')
  return { old, missing: 0 }
}

async function write(
  { makeRoot, folders, shown, allowance, usage, key }: WritePlace,
  size: number,
  more: { readonly bytes: number; readonly entries: number },
  put: (folder: Folder) => Promise<void>,
): Promise<void> {
  if (size > allowance.fileBytes) throw HostFunctionError.of('FILE_TOO_LARGE', shown, size, allowance.fileBytes)
  await usage.expectRoom(key, makeRoot, more, allowance)
  try {
    await using folder = await descend(await makeRoot(), folders)
    await put(folder)
    usage.add(key, more)
  } catch (error) {
    usage.doubt(key)
    throw error
  }
}

/** Writes beside the name, then takes its place. A link that is put there meanwhile is replaced, not followed. */
async function putInPlace(folder: Folder, name: string, content: Uint8Array, old: Stats | undefined): Promise<void> {
  const temporary = `.vivarium-${randomBytes(16).toString('hex')}`
  const handle = await folder.create(temporary)
  try {
    await fill(handle, content, old)
    await folder.confirm()
    await folder.rename(temporary, name)
  } catch (error) {
    await unlessAbsent(folder.removeFile(temporary))
    throw error
  }
}

async function fill(created: FileHandle, content: Uint8Array, old: Stats | undefined): Promise<void> {
  await using handle = created
  if (old !== undefined) await handle.chmod(old.mode & PERMISSIONS)
  await handle.writeFile(content)
  // On the disk before it has the name: a machine that stops leaves the old content or the new one.
  await handle.datasync()
}

async function extend(folder: Folder, name: string, content: Uint8Array): Promise<void> {
  const opened = await folder.open(name, constants.O_WRONLY | constants.O_APPEND)
  if (opened === undefined || opened.stats.nlink === 0) throw movedAway(`${folder.shown}/${name}`)
  await using handle = opened.handle
  try {
    await handle.writeFile(content)
    await handle.datasync()
  } catch (error) {
    await handle.truncate(opened.stats.size)
    throw error
  }
}
