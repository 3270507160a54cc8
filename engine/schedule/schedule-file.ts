// A file that remembers when schedules ran last: JSON, replaced as a whole, made when there is something to remember.
import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { engineError } from '../errors/engine-error.ts'
import type { LastTicks, ScheduleStore } from './schedule-store.ts'

/** Only the user who runs the host reads it. */
const MODE = 0o600
/** It lies beside the scripts: whoever saves those could have put something there that never ends, or a link where it is written. */
const MOST_BYTES = 16 * 1024 * 1024

/** Remembers in a file. A file that is not what was written throws a `SyntaxError` or `SOURCE_UNREADABLE` when it is read, and is replaced at the next write. */
export function scheduleFile(path: string): ScheduleStore {
  return {
    read: async () => readTicks(await readText(path)),
    async write(ticks) {
      await mkdir(dirname(path), { recursive: true })
      const draft = `${path}.${randomUUID()}.draft`
      try {
        await writeFile(draft, `${JSON.stringify(ticks, undefined, 2)}\n`, { mode: MODE, flag: 'wx' })
        await rename(draft, path)
      } catch (error) {
        await rm(draft, { force: true })
        throw error
      }
    },
  }
}

async function readText(path: string): Promise<string> {
  try {
    await using file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    const info = await file.stat()
    if (!info.isFile() || info.size > MOST_BYTES)
      throw engineError('SOURCE_UNREADABLE', [basename(path), 'it is not what was written there'])
    return await file.readFile('utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '{}'
    throw error
  }
}

function readTicks(text: string): LastTicks {
  const written: unknown = JSON.parse(text)
  const entries = typeof written === 'object' && written !== null && !Array.isArray(written) ? Object.entries(written) : []
  return Object.fromEntries(entries.filter(([, tick]) => Number.isFinite(tick)))
}
