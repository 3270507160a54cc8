// Where the documentation lies that comes with the package: errors say `docs/errors.md#CODE`, which is true of the package's own folder only.
import { isAbsolute, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const PACKAGE = fileURLToPath(new URL('../', import.meta.url))

/** The path of a page of the docs from where the command was called, `node_modules/vivarium/docs/errors.md#CODE`; the whole path where the package lies elsewhere. */
export function docsPath(page: string): string {
  const whole = join(PACKAGE, page)
  const path = relative(process.cwd(), whole)
  return path.startsWith('..') || isAbsolute(path) ? whole : path
}
