// Writing files that are new: all of them or none, and never over what exists unless that is asked for.
import { mkdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
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

/** Writes the files. Without `force`, one that came meanwhile is not touched either. Throws a `UsageError` where that is not possible. */
export async function writeFiles(directory: string, files: readonly NewFile[], force: boolean): Promise<void> {
  for (const [path, text] of files) await writeText(join(directory, path), text, force)
}

/** Writes one file. Throws a `UsageError` where that is not possible. */
export async function writeText(path: string, text: string, force: boolean): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text, { flag: force ? 'w' : 'wx' })
  } catch (error) {
    throw new UsageError(`${JSON.stringify(path)} cannot be written: ${(error as NodeJS.ErrnoException).code}.`)
  }
}

async function statOf(path: string) {
  try {
    return await stat(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw new UsageError(`${JSON.stringify(path)} cannot be written: ${code}.`)
  }
}
