// A folder that is held while something is done in it, and what may be done by name. Names are single steps: nothing here follows a link.
import type { Dirent, Stats } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { HostFunctionError } from '../host-function-error.ts'

/** A plain file, opened; what was found is what the handle says. Whoever opened it closes the handle. */
export interface OpenFile {
  readonly handle: FileHandle
  readonly stats: Stats
}

/**
 * A folder below a root. Two kinds exist: one is held by a descriptor of the system, one by its path, which is checked before and after each step.
 * Errors of the system pass through; what is no plain file or folder is refused with `FILE_REFUSED`.
 */
export interface Folder extends AsyncDisposable {
  /** The path as the script knows it, for messages. */
  readonly shown: string
  /** What has the name, looked at and not followed; undefined where nothing has it. */
  look(name: string): Promise<Stats | undefined>
  /** The folder of that name; undefined where nothing has it. The caller disposes of it. */
  enter(name: string, shown?: string): Promise<Folder | undefined>
  /** Opens the plain file of that name; undefined where nothing has it. */
  open(name: string, flags: number): Promise<OpenFile | undefined>
  /** Makes and opens a file for writing; fails where anything has the name. */
  create(name: string): Promise<FileHandle>
  makeFolder(name: string): Promise<void>
  /** Puts one name in the place of another: of a link, not of what it leads to. */
  rename(from: string, to: string): Promise<void>
  removeFile(name: string): Promise<void>
  /** Removes a folder that is empty. */
  removeFolder(name: string): Promise<void>
  /** What is in it, in no order; the names are not checked. */
  entries(): Promise<AsyncIterable<Dirent>>
  /** Fails unless the folder is still where it was found. */
  confirm(): Promise<void>
}

/** Fails unless this is a file and nothing else, with no other name that could lie outside. */
export function expectPlainFile(stats: Stats, shown: string): void {
  if (stats.isFile() && stats.nlink <= 1) return
  throw HostFunctionError.of('FILE_REFUSED', shown, stats.isFile() ? 'has a second name elsewhere (a hard link)' : notAFile(stats))
}

/** Fails unless this is a folder. */
export function expectFolder(stats: Stats, shown: string): void {
  if (!stats.isDirectory()) throw HostFunctionError.of('FILE_REFUSED', shown, stats.isFile() ? 'is a file, not a folder' : notAFile(stats))
}

/** What is refused when a path that was checked no longer leads where it led. */
export function movedAway(shown: string): HostFunctionError {
  return HostFunctionError.of('FILE_REFUSED', shown, 'was moved while it was in use')
}

function notAFile(stats: Stats): string {
  if (stats.isDirectory()) return 'is a folder, not a file'
  return `is ${stats.isSymbolicLink() ? 'a link' : 'a device, a pipe or a socket'}; scripts reach plain files and folders only`
}

/** A result, or undefined where the system says that nothing has the name. */
export async function unlessAbsent<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** The system's word for an error, such as `ENOENT`; undefined where it is another kind of error. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
