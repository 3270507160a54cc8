// Where a finding about a whole script is shown: in its file, at the need that it is about where that is known.
import { diskStore, type ScriptInfo } from '../../engine/index.ts'
import { findInManifest } from '../../engine/pipeline/manifest-place.ts'

/** A place in the scripts directory. */
export interface ScriptPlace {
  /** Relative to the scripts directory. */
  readonly file: string
  /** From 1. */
  readonly line: number
  /** From 1; undefined where it is the file that is meant. */
  readonly column?: number
}

/** What the engine lets the source of a script be at most. */
const LARGEST_BYTES = 16 * 1024 * 1024

/** By id. One that has gone since it was looked at is missing. Throws what the store throws. */
export async function findScriptPlaces(directory: string, scripts: readonly ScriptInfo[]): Promise<ReadonlyMap<string, ScriptPlace>> {
  if (scripts.length === 0) return new Map()
  const store = diskStore(directory)
  const paths = new Map((await store.list()).map(({ id, path }) => [id, path]))
  const places = new Map<string, ScriptPlace>()
  for (const { id, denied } of scripts) {
    const file = paths.get(id)
    if (file === undefined) continue
    const need = denied[0]?.need
    const source = need === undefined ? undefined : await store.read(file, LARGEST_BYTES)
    places.set(id, { file, line: 1, ...(need !== undefined && source !== undefined && findNeed(id, source, need)) })
  }
  return places
}

/** Schedules are asked for by declaring them. */
function findNeed(script: string, { path, text }: { readonly path: string; readonly text: string }, need: string): Partial<ScriptPlace> {
  const sourceMap = JSON.stringify({ sources: [path], sourcesContent: [text] })
  const found = findInManifest({ script, sourceMap }, need === 'schedule' ? 'every' : need)
  return found === undefined ? {} : { line: found.line, column: found.column }
}
