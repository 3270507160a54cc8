// The files of this repository as the repo tests see them.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The repository's root. */
export const ROOT = join(import.meta.dirname, '..', '..')

const IGNORED = new Set(['node_modules', 'dist', 'coverage', '.git', '.vivarium'])

/** Paths of the files below a directory of the repository, relative to the root, in order. Empty where there is no such directory. */
export function listFiles(directory: string): string[] {
  const entries = readEntries(join(ROOT, directory))
  const paths = entries.flatMap((entry) => {
    const path = directory === '' ? entry.name : `${directory}/${entry.name}`
    if (entry.isDirectory()) return IGNORED.has(entry.name) ? [] : listFiles(path)
    return entry.isFile() ? [path] : []
  })
  return paths.sort()
}

function readEntries(path: string) {
  try {
    return readdirSync(path, { withFileTypes: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** The TypeScript sources below some directories. */
export function listSources(...directories: string[]): string[] {
  return directories.flatMap(listFiles).filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
}

/** The text of a file. */
export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}
