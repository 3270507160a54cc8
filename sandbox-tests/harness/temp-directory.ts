// A directory of its own for each test, with files in it, removed afterwards.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A directory that ends with the block that made it. */
export interface TempDirectory extends Disposable {
  readonly path: string
  write(path: string, text: string | Uint8Array): string
}

/** Makes a directory with these files. */
export function tempDirectory(files: { readonly [path: string]: string } = {}): TempDirectory {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'vivarium-test-')))
  const write = (name: string, text: string | Uint8Array): string => {
    const file = join(path, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    return file
  }
  for (const [name, text] of Object.entries(files)) write(name, text)
  return { path, write, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}
