// The test files of a scripts directory, as a store: to the engine that runs them, they are its scripts.

import type { ScriptEntry } from '../../engine/model/script.ts'
import { findFiles } from '../../engine/source/find-files.ts'
import { isHiddenName } from '../../engine/source/script-entries.ts'
import type { ScriptStore } from '../../engine/source/script-store.ts'

const TEST_FILE = /\.test\.(?:ts|js)$/

/** Every `*.test.ts` and `*.test.js` of a directory, in order. */
export async function findTests(directory: string): Promise<readonly string[]> {
  const files = [...(await findFiles(directory)), ...(await findShared(directory))]
  return [...new Set(files)].filter((path) => TEST_FILE.test(path) && !path.split('/').some(isHiddenName)).sort()
}

/** The id that a test file has as a script. */
export function testId(file: string): string {
  return file.replace(/\.(?:ts|js)$/, '')
}

/** A store that has these test files for scripts, and reads what they import from the directory's own store. */
export function testStore(files: readonly string[], scripts: ScriptStore): ScriptStore {
  const entries: readonly ScriptEntry[] = files.map((path) => ({ id: testId(path), path }))
  return { ...scripts, list: async () => entries }
}

/** What scripts share has tests too, though no script lives there. */
async function findShared(directory: string): Promise<string[]> {
  try {
    return (await findFiles(`${directory}/lib`)).map((path) => `lib/${path}`)
  } catch {
    return [] // there is no such folder
  }
}
