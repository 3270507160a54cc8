// Listing a folder: plain files and folders that scripts can name, in the order of their names, a page at a time.
import { HostFunctionError } from '../host-function-error.ts'
import { isFileName } from './file-path.ts'
import type { Folder } from './folder.ts'

/** More names than that in one folder are not looked through. */
const MOST_NAMES = 100_000

/** What is said of a file or folder. */
export type FileFacts =
  | { readonly kind: 'file'; readonly bytes: number; readonly modified: Date }
  | { readonly kind: 'folder'; readonly modified: Date }

/** Which names. */
export interface NameRange {
  /** Only names after this one. */
  readonly after: string
  readonly limit: number
}

/** A page of a folder. `next` is the last name that was looked at, where there may be more. */
export interface NamePage {
  readonly entries: readonly (FileFacts & { readonly name: string })[]
  readonly next: string | undefined
}

/** A page, shorter than asked for where something that was named is gone or no plain file. Throws `FILE_REFUSED` for a folder of more than 100,000 names. */
export async function listFolder(folder: Folder, range: NameRange): Promise<NamePage> {
  const names = await firstNames(folder, range)
  const page = names.slice(0, range.limit)
  const facts = await Promise.all(page.map((name) => factsOf(folder, name)))
  const entries = page.flatMap((name, index) => (facts[index] === undefined ? [] : [{ name, ...facts[index] }]))
  return { entries, next: names.length > range.limit ? page.at(-1) : undefined }
}

/** What has a name; undefined for nothing, and for what scripts cannot reach. */
export async function factsOf(folder: Folder, name: string): Promise<FileFacts | undefined> {
  const stats = await folder.look(name)
  if (stats?.isDirectory() === true) return { kind: 'folder', modified: stats.mtime }
  return stats?.isFile() === true && stats.nlink === 1 ? { kind: 'file', bytes: stats.size, modified: stats.mtime } : undefined
}

/** The first names of a range, and one more. A folder is read in whatever order the disk has it: never more than three pages are kept. */
async function firstNames(folder: Folder, { after, limit }: NameRange): Promise<readonly string[]> {
  let names: string[] = []
  let seen = 0
  const keepFirst = (): void => {
    names = names.sort().slice(0, limit + 1)
  }
  for await (const entry of await folder.entries()) {
    seen++
    if (seen > MOST_NAMES) throw HostFunctionError.of('FILE_REFUSED', folder.shown, `holds more than ${MOST_NAMES} names`)
    if (!(entry.isFile() || entry.isDirectory()) || entry.name <= after || !isFileName(entry.name)) continue
    names.push(entry.name)
    if (names.length > 3 * (limit + 1)) keepFirst()
  }
  keepFirst()
  return names
}
