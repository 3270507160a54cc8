// Scripts in a directory: the files that end users save there.
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { engineError } from '../errors/engine-error.ts'
import { findFiles } from './find-files.ts'
import { readInside } from './read-inside.ts'
import { scriptEntries } from './script-entries.ts'
import type { ScriptStore } from './script-store.ts'
import { watchDirectory } from './watch-directory.ts'

/**
 * A store on disk. Links inside the directory are followed, links out of it count as absent.
 *
 * @example
 * const store = diskStore('./scripts')
 */
export function diskStore(directory: string): ScriptStore {
  const root = resolve(directory)
  const expectDirectory = async (): Promise<void> => {
    const info = await stat(root).catch(() => undefined)
    if (!info?.isDirectory()) throw engineError('SCRIPTS_DIRECTORY_MISSING', [directory, info !== undefined])
  }
  return {
    directory: root,
    async list() {
      await expectDirectory()
      return scriptEntries(await findFiles(root))
    },
    async read(path, maxBytes) {
      const file = await readInside(root, path, maxBytes)
      return file && { path: file.realPath, text: file.text }
    },
    async watch(onChange) {
      await expectDirectory()
      return watchDirectory(root, onChange)
    },
  }
}
