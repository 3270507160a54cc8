// The files that an import may have meant, where a store is a directory: those beside the file that it names.
import { readdir, realpath } from 'node:fs/promises'
import { join, posix, sep } from 'node:path'
import { didYouMean } from '../errors/did-you-mean.ts'
import { type ImportRequest, resolveImport } from './resolve-import.ts'

/** Files that are looked at: a directory may have any number. */
const MOST_FILES = 1_000

/** ` Did you mean "thing.ts"?` for an import of a file that there is not; empty where nothing like it may be imported. Never throws. */
export async function suggestFile(directory: string | undefined, request: ImportRequest): Promise<string> {
  const { specifier, importer } = request
  if (directory === undefined || importer === undefined) return ''
  const [folder, name] = [posix.dirname(specifier), posix.basename(specifier)]
  const place = posix.join(posix.dirname(importer), folder)
  const isImportable = (file: string): boolean => {
    const path = posix.join(place, file)
    const decision = resolveImport({ ...request, specifier: folder === '.' ? `./${file}` : `${folder}/${file}` })
    return path !== importer && decision.kind === 'file' && decision.candidates[0] === path
  }
  const files = (await filesIn(directory, place)).filter(isImportable)
  return didYouMean(name, name.includes('.') ? files : files.map((file) => file.replace(/\.[^.]+$/, '')))
}

/** A link may lead out of the store: what lies there, no script is told. */
async function filesIn(root: string, folder: string): Promise<string[]> {
  try {
    const [home, place] = await Promise.all([realpath(root), realpath(join(root, folder))])
    if (place !== home && !place.startsWith(home + sep)) return []
    const found = await readdir(place, { withFileTypes: true })
    return found
      .filter((entry) => entry.isFile())
      .slice(0, MOST_FILES)
      .map(({ name }) => name)
  } catch {
    return [] // there is no such folder: the message has said so
  }
}
