// Which of a script's own files imports a package, and so brings along whatever that one imports.
import { printableUpTo } from './printable.ts'
import { placeAt, readSource } from './source-text.ts'

/** An import of a package in a file of the script. */
export interface PackageImport {
  /** Relative to the root. */
  readonly file: string
  /** As it is written: `zod/mini`. */
  readonly specifier: string
  /** Of the package. */
  readonly name: string
}

const MOST_SHOWN = 3
const LONGEST_FILE = 200

/** The package that a file lies in; undefined where that is none. */
export function packageOf(file: string): string | undefined {
  return /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/s.exec(file)?.[1] // from the start only: a path may be long
}

/** How a script comes to a package that does not fit; undefined where none of its files imports any. */
export function describeOrigin(
  failing: string,
  imports: readonly PackageImport[],
  textOf: (file: string) => string | undefined,
): string | undefined {
  const placeOf = ({ file, specifier }: PackageImport): string =>
    `${printableUpTo(file, LONGEST_FILE)}${lineIn(textOf(file) ?? '', specifier)}`
  const direct = imports.find(({ name }) => name === failing)
  if (direct !== undefined) return `${placeOf(direct)} imports "${failing}".`
  const possible = [...new Map(imports.map((each) => [each.name, each])).values()]
  const [only] = possible
  if (only === undefined) return undefined
  if (possible.length === 1) return `"${failing}" comes along with "${only.name}", which ${placeOf(only)} imports.`
  const shown = possible.slice(0, MOST_SHOWN).map((each) => `"${each.name}" (${placeOf(each)})`)
  return `"${failing}" comes along with one of the packages that the script imports: ${shown.join(', ')}${possible.length > MOST_SHOWN ? ' …' : ''}.`
}

/** Imports of packages in a text, as people write them. Each character can be read in one way only: the text is a script's. */
const IMPORT = /\b(?:from|import)\s{0,10}(?:\(\s{0,10})?['"]((?:@[\w.~-]{1,100}\/)?[\w~-][\w.~-]{0,100})(?:\/[^'"\n]{0,200})?['"]/g
/** Files of a script that are looked through, and characters of each. */
const MOST_FILES = 50
const MOST_CHARACTERS = 65_536

/** The same for a bundle, of which only the sources are left. */
export function describeOriginIn(failing: string, sources: readonly (readonly [file: string, text: string])[]): string | undefined {
  const texts = new Map(sources.slice(0, MOST_FILES).map(([file, text]) => [file, text.slice(0, MOST_CHARACTERS)]))
  const imports = [...texts].flatMap(([file, text]) =>
    [...text.matchAll(IMPORT)].map(([written, name = '']) => ({ file, specifier: /['"](.*)['"]$/.exec(written)?.[1] ?? '', name })),
  )
  return describeOrigin(
    failing,
    imports.filter(({ name }) => name !== 'vivarium'),
    (file) => texts.get(file),
  )
}

/** `:3`, where the text has the import; the transpiler does not say where it was. */
function lineIn(text: string, specifier: string): string {
  const offsets = [`'${specifier}'`, `"${specifier}"`].map((written) => text.indexOf(written)).filter((offset) => offset >= 0)
  return offsets.length === 0 ? '' : `:${placeAt(readSource(text), Math.min(...offsets)).line}`
}
