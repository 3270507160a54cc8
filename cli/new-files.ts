// Writing files that are new: all of them or none, and never over what exists unless that is asked for.
import { mkdir, open, readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { NewFile } from './script-templates.ts'
import { UsageError } from './usage-error.ts'

/** Which of the files exist. Throws a `UsageError` where one of them is a directory. */
export async function findExisting(directory: string, files: readonly NewFile[]): Promise<string[]> {
  const found: string[] = []
  for (const [path] of files) {
    const info = await statOf(join(directory, path))
    if (info?.isDirectory()) throw new UsageError(`${JSON.stringify(join(directory, path))} is a directory; a file is to be written there.`)
    if (info !== undefined) found.push(path)
  }
  return found
}

/**
 * Writes the files, or none: when one cannot be written, those before it are as they were. Without `force`, one that came meanwhile is not touched either. Throws a
 * `UsageError`, which says what could not be undone.
 */
export async function writeFiles(directory: string, files: readonly NewFile[], force: boolean): Promise<void> {
  const undo: Undo[] = []
  for (const [path, text] of files) {
    const file = join(directory, path)
    try {
      await write(file, text, { force, undo })
    } catch (error) {
      throw new UsageError(`${JSON.stringify(file)} cannot be written: ${codeOf(error)}; ${await undoAll(undo)}`)
    }
  }
}

/** Takes back one step, once the file that it is about is closed. */
interface Undo {
  readonly path: string
  readonly run: () => Promise<void>
}

async function write(path: string, text: string, { force, undo }: { readonly force: boolean; readonly undo: Undo[] }): Promise<void> {
  const folder = dirname(path)
  const made = await mkdir(folder, { recursive: true })
  if (made !== undefined) undo.push({ path: made, run: () => removeFolders(folder, made) })
  const before = force ? await readExisting(path) : undefined
  await using file = await open(path, force ? 'w' : 'wx')
  undo.push({ path, run: () => (before === undefined ? rm(path) : writeFile(path, before)) })
  await file.writeFile(text)
}

/** What became of everything before, in words. */
async function undoAll(undo: readonly Undo[]): Promise<string> {
  const left: string[] = []
  for (const { path, run } of undo.toReversed()) {
    try {
      await run()
    } catch (error) {
      left.push(`${JSON.stringify(path)} (${codeOf(error)})`)
    }
  }
  return left.length === 0 ? 'everything is as it was.' : `what was written before cannot be taken back: ${left.join(', ')}.`
}

/** From the deepest up to the one that was made first; each is empty by then. */
async function removeFolders(deepest: string, first: string): Promise<void> {
  const top = resolve(first)
  for (let folder = resolve(deepest); folder.length >= top.length; folder = dirname(folder)) await rmdir(folder)
}

async function readExisting(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

async function statOf(path: string) {
  try {
    return await stat(path)
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT') return undefined
    throw new UsageError(`${JSON.stringify(path)} cannot be written: ${code}; everything is as it was.`)
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown error'
}
