// Reads files that lie beside scripts, and of packages, where whoever saves scripts could have put a pipe that nobody writes to, or a link to something that never ends.
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

/** Larger than any lock file or kept bundle. */
const MOST_BYTES = 64 * 1024 * 1024

/** The text of a regular file, links followed; undefined where there is none, or one that is larger than `maxBytes` (64 MiB where nothing is said). */
export async function readRegular(path: string, maxBytes = MOST_BYTES): Promise<string | undefined> {
  try {
    // Without O_NONBLOCK, a FIFO in the place of a file would be waited for.
    await using file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    const info = await file.stat()
    return info.isFile() && info.size <= maxBytes ? await file.readFile('utf8') : undefined
  } catch {
    return undefined // not there, or not for us
  }
}
