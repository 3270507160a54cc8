// A file that remembers when schedules ran last: JSON, replaced as a whole, made when there is something to remember.
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { LastTicks, ScheduleStore } from './schedule-store.ts'

/** Only the user who runs the host reads it. */
const MODE = 0o600

/** Remembers in a file. A file that is not what was written throws a `SyntaxError` when it is read, and is replaced at the next write. */
export function scheduleFile(path: string): ScheduleStore {
  return {
    read: async () => readTicks(await readText(path)),
    async write(ticks) {
      await mkdir(dirname(path), { recursive: true })
      const draft = `${path}.${process.pid}.draft`
      try {
        await writeFile(draft, `${JSON.stringify(ticks, undefined, 2)}\n`, { mode: MODE })
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
    return await readFile(path, 'utf8')
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
