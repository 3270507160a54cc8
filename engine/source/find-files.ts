// Walks a directory for files that may be scripts. Links are followed inside the root only, and no folder is walked twice.
import type { Stats } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { engineError } from '../errors/engine-error.ts'
import { mayHoldScripts } from './script-entries.ts'

/** Paths of the regular files below `root`, relative to it. Throws `SOURCE_UNREADABLE` when the root itself cannot be listed. */
export async function findFiles(root: string): Promise<readonly string[]> {
  const realRoot = await realpath(root)
  const files: string[] = []
  const walked = new Set<string>()
  // Real folders come before linked ones, so that a script has the id that its own place gives it, and links in circles end.
  const folders = ['']
  const linked: string[] = []
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift() ?? linked.shift()) {
    const real = await realpath(join(realRoot, folder)).catch(() => undefined)
    if (real === undefined || walked.has(real)) continue
    walked.add(real)
    for (const item of await readFolder(real, folder === '')) {
      const path = folder === '' ? item.name : `${folder}/${item.name}`
      const isLink = item.isSymbolicLink()
      const kind = isLink ? await targetOf(realRoot, path) : item
      if (kind?.isFile()) files.push(path)
      else if (kind?.isDirectory() && mayHoldScripts(path)) (isLink ? linked : folders).push(path)
    }
  }
  return files
}

async function readFolder(path: string, isRoot: boolean) {
  try {
    return await readdir(path, { withFileTypes: true })
  } catch (cause) {
    if (isRoot) throw engineError('SOURCE_UNREADABLE', ['.', (cause as NodeJS.ErrnoException).code ?? 'unknown error'], { cause })
    // A folder that vanished meanwhile, or that is closed to us, holds no scripts for us.
    return []
  }
}

/** What a link leads to; undefined when that is outside the root or nothing. */
async function targetOf(realRoot: string, path: string): Promise<Stats | undefined> {
  try {
    const target = await realpath(join(realRoot, path))
    return target.startsWith(realRoot + sep) ? await stat(target) : undefined
  } catch {
    // A link to nothing, or in a circle.
    return undefined
  }
}
