// The types of scripts on the disk: `.vivarium/env.d.ts` for editors, written at the start of an engine where the host wants it, and looked at where it does not.
import { randomUUID } from 'node:crypto'
import { lstat, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { engineError } from './errors/engine-error.ts'
import type { EngineLogger } from './options.ts'
import { tsconfigText } from './pipeline/type-check/compiler-options.ts'
import { readInside } from './source/read-inside.ts'

/** Where an editor looks for them, below the scripts directory. */
export const ENVIRONMENT_FILE = join('.vivarium', 'env.d.ts')
const PROJECT_FILE = 'tsconfig.json'
/** What was never written by this file is larger, or never ends. */
const MOST_BYTES = 16 * 1024 * 1024

/** What keeping the types takes. */
export interface EnvironmentTerms {
  /** The option of the engine. */
  readonly types: boolean | string
  /** Undefined for a store that has none. */
  readonly directory: string | undefined
  readonly text: () => string
  readonly logger: Pick<EngineLogger, 'info' | 'warn'>
}

/** Writes the types where the host wants it, or says that they are out of date. Never rejects: scripts run without. */
export async function keepEnvironment({ types, directory, text, logger }: EnvironmentTerms): Promise<void> {
  const file = typeof types === 'string' ? types : directory && environmentFile(directory)
  if (file === undefined) return
  try {
    if (types === false) {
      if (await isStale(file, text())) logger.warn({ file }, STALE)
      return
    }
    const isNew = await writeEnvironment(file, text())
    if (types === true && directory !== undefined) await writeProject(directory)
    if (isNew) logger.info({ file }, 'the types of scripts were written')
  } catch (err) {
    logger.warn({ err, file }, 'the types of scripts could not be written')
  }
}

/** What is said of a file that is out of date. */
export const STALE = 'the types of scripts are not those of this application any more; "vivarium types" writes them anew'

/** The file of a scripts directory. */
export function environmentFile(scripts: string): string {
  return join(scripts, ENVIRONMENT_FILE)
}

/** Writes the types, whole or not at all; says whether the file was another one before. Throws what the system throws. */
export async function writeEnvironment(file: string, text: string): Promise<boolean> {
  if ((await readText(file)) === text) return false
  await mkdir(dirname(file), { recursive: true })
  if (file.endsWith(ENVIRONMENT_FILE)) await expectOwnFolder(dirname(file))
  // Nobody can have put a link where this is written.
  const fresh = `${file}.${randomUUID()}.tmp`
  try {
    await writeFile(fresh, text, { flag: 'wx' })
    await rename(fresh, file)
  } finally {
    await rm(fresh, { force: true })
  }
  return true
}

/** Writes the `tsconfig.json` of a scripts directory where there is none; says whether it did. Throws what the system throws. */
export async function writeProject(scripts: string): Promise<boolean> {
  try {
    await writeFile(join(scripts, PROJECT_FILE), tsconfigText(), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Whether there is a file with types, and they are no longer those of the application. */
export async function isStale(file: string, text: string): Promise<boolean> {
  const known = await readText(file)
  return known !== undefined && known !== text
}

/** Whoever saves scripts could lead it elsewhere. Throws where it is a link. */
async function expectOwnFolder(folder: string): Promise<void> {
  if ((await lstat(folder)).isDirectory()) return
  throw engineError('SOURCE_UNREADABLE', [basename(folder), 'it is a link'])
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return (await readInside(dirname(file), basename(file), MOST_BYTES))?.text
  } catch {
    // There is none, or none that can be read: then nobody's editor reads it either.
    return undefined
  }
}
