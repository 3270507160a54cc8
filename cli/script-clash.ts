// Whether a new file would be a script of its own, with the id that was asked for, beside those that are there: the same function decides that decides when scripts are loaded.
import { isEngineError } from '../engine/errors/engine-error.ts'
import { findFiles } from '../engine/source/find-files.ts'
import { scriptEntries } from '../engine/source/script-entries.ts'
import { UsageError } from './usage-error.ts'

/** Throws a `UsageError` where another file has the script's id already, or the new one would belong to another script's folder. What is overwritten is no other file. */
export async function refuseClash(directory: string, script: string, file: string): Promise<void> {
  const others = (await listFiles(directory)).filter((path) => path !== file && `${script}/`.startsWith(`${idOf(path)}/`))
  if (isAlone([...others, file], script, file)) return
  const owner = others.find((path) => idOf(path) !== script && path.startsWith(`${idOf(path)}/`))
  const what =
    owner === undefined
      ? `The script ${JSON.stringify(script)} is there already: ${others.join(', ')}`
      : `${file} would be no script: everything beside ${owner} belongs to the script ${JSON.stringify(idOf(owner))}`
  throw new UsageError(`${what}; nothing was written.`, { hint: 'Give the script another name: vivarium new TEMPLATE NAME.' })
}

function isAlone(paths: readonly string[], script: string, file: string): boolean {
  try {
    return scriptEntries(paths).some(({ id, path }) => id === script && path === file)
  } catch (error) {
    if (isEngineError(error) && error.code === 'SCRIPT_ID_CONFLICT') return false
    throw error
  }
}

/** The id that a file would give its script. */
function idOf(path: string): string {
  return path.replace(/(?:\/index)?\.(?:ts|js)$/, '')
}

/** A directory that is not there yet has none. */
async function listFiles(directory: string): Promise<readonly string[]> {
  try {
    return await findFiles(directory)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw error
  }
}
