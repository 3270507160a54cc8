// A scripts directory for as long as it is measured. It lies inside the project, so that packages resolve as they do for a user.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const PARENT = join(import.meta.dirname, '..', 'node_modules', '.cache')

/** Writes files, passes the directory on, removes it. */
export async function withDirectory<T>(files: Readonly<Record<string, string>>, use: (directory: string) => Promise<T>): Promise<T> {
  mkdirSync(PARENT, { recursive: true })
  const directory = mkdtempSync(join(PARENT, 'vivarium-bench-'))
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true })
      writeFileSync(join(directory, path), text)
    }
    return await use(directory)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
