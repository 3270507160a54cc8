// Where in its source a script declares what its manifest says: for errors that are found when there is no line any more, only values.
import type { ErrorPlace } from '../errors/engine-error.ts'
import type { Bundle } from '../model/bundle.ts'
import { codeFrame } from './code-frame.ts'
import { placeAt, readSource } from './source-text.ts'

const ENDINGS = ['.ts', '.js', '/index.ts', '/index.js']
const DEFAULT_EXPORT = /^[ \t]*(?:export[ \t]+default\b|export[ \t]*\{[^}]{0,100}\bas[ \t]+default\b|module\.exports\b)/m
const WORD = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u

/**
 * The place of the default export, or of the property `key` in it, where the source has one that looks like it. Undefined where the source has no default
 * export of its own: it is another file's then.
 */
export function findInManifest(bundle: Pick<Bundle, 'script' | 'sourceMap'>, key?: string): ErrorPlace | undefined {
  const { file, text } = entryOf(bundle)
  const start = text.search(DEFAULT_EXPORT)
  if (start === -1) return undefined
  const indent = /^[ \t]*/.exec(text.slice(start))?.[0].length ?? 0
  const found = key === undefined ? undefined : findProperty(text, key, start)
  const source = readSource(text)
  const place = placeAt(source, found ?? start + indent)
  const frame = codeFrame(source, place)
  return { file, ...place, ...(frame === undefined ? {} : { frame }) }
}

/** Behind the default export the first that is written like the property; before it, where the export may be a name, the only one. */
function findProperty(text: string, key: string, start: number): number | undefined {
  const escaped = key.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)
  const quoted = [`'${escaped}'`, `"${escaped}"`, ...(WORD.test(key) ? [String.raw`(?<![\w$.'"])${escaped}`] : [])]
  const property = new RegExp(String.raw`(?:${quoted.join('|')})(?=\s*[:(])`, 'g')
  const all = [...text.matchAll(property)].map(({ index }) => index)
  return all.find((index) => index > start) ?? (all.length === 1 ? all[0] : undefined)
}

/** The source map holds the sources; an id does not tell which kind of entry it is of. */
function entryOf({ script, sourceMap }: Pick<Bundle, 'script' | 'sourceMap'>): { readonly file: string; readonly text: string } {
  const nothing = { file: '', text: '' }
  try {
    const { sources, sourcesContent } = JSON.parse(sourceMap) as {
      readonly sources: readonly string[]
      readonly sourcesContent: readonly string[]
    }
    const file = ENDINGS.map((ending) => script + ending).find((path) => sources.includes(path))
    return file === undefined ? nothing : { file, text: sourcesContent[sources.indexOf(file)] ?? '' }
  } catch {
    return nothing // without a map, the message has to do
  }
}
