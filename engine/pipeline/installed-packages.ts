// npm packages as they lie on the disk: found as Node finds them, and read only from below a `node_modules` folder.
import { realpath, stat } from 'node:fs/promises'
import { dirname, extname, join, sep } from 'node:path'
import { engineError } from '../errors/engine-error.ts'
import { readRegular } from './read-regular.ts'
import { shownPath } from './relocate-sources.ts'

/** No package that makes sense in a sandbox has a single file of this size. */
const LARGEST_FILE = 16 * 1024 * 1024
const INSTALLED = `${sep}node_modules${sep}`
const LOADERS: Readonly<Record<string, 'js' | 'ts' | 'json'>> = {
  '.js': 'js',
  '.mjs': 'js',
  '.cjs': 'js',
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.json': 'json',
}

/** A file of a package, and how to read it. */
export interface PackageFile {
  readonly text: string
  readonly loader: 'js' | 'ts' | 'json'
}

/** The folder of a package as it is found from `directory` upwards; undefined where it is not installed. */
export async function findPackage(directory: string, name: string): Promise<string | undefined> {
  for (let folder = directory; ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name)
    if ((await stat(found).catch(() => undefined))?.isDirectory()) return found
    if (dirname(folder) === folder) return undefined
  }
}

/** The folder that holds the `node_modules` in which a package really lies, after all links. */
export async function homeOfPackage(found: string): Promise<string> {
  const real = await realpath(found)
  return real.slice(0, Math.max(real.lastIndexOf(INSTALLED), 1))
}

/** The folder of the package that a file belongs to. */
export function packageFolderOf(path: string): string {
  const start = path.lastIndexOf(INSTALLED) + INSTALLED.length
  const [first = '', second = ''] = path.slice(start).split(sep)
  return path.slice(0, start) + (first.startsWith('@') ? join(first, second) : first)
}

/** Reads a file of an installed package. Throws `IMPORT_FORBIDDEN` when it is none, or none that can be bundled. */
export async function readPackageFile(path: string): Promise<PackageFile> {
  const shown = shownPath(path.split(sep).join('/')) ?? 'a file of a package'
  const loader = LOADERS[extname(path)]
  if (loader === undefined) throw engineError('IMPORT_FORBIDDEN', [shown, 'only JavaScript, TypeScript and JSON can be bundled.'])
  const text = await readInstalled(path)
  if (text === undefined)
    throw engineError('IMPORT_FORBIDDEN', [shown, 'it is not a readable file of an installed package (below "node_modules").'])
  return { text, loader }
}

async function readInstalled(path: string): Promise<string | undefined> {
  const real = await realpath(path).catch(() => '') // not there
  const text = real.includes(INSTALLED) ? await readRegular(real, LARGEST_FILE) : undefined
  return text?.replace(/^\uFEFF/, '')
}
