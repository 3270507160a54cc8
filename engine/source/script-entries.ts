// Which files are scripts, decided by their paths alone. Every store asks here, so that they all agree.
import { engineError } from '../errors/engine-error.ts'
import type { ScriptEntry } from '../model/script.ts'

const ENTRY = /\.(?:ts|js)$/
const NOT_AN_ENTRY = /\.(?:d|test)\.(?:ts|js)$/
const FOLDER_ENTRY = /^(.+)\/index\.(?:ts|js)$/
/** Top-level folders that hold what scripts share and what tests need. */
const SHARED = new Set(['lib', 'fixtures'])
/** Control and format characters would hide in a log; a backslash means a folder on one system and a letter on another. */
const UNSPEAKABLE = /[\p{C}\\]/u

/** Whether a store may show this folder to scripts at all: dot folders and installed packages are nobody's source. */
export function isHiddenName(name: string): boolean {
  return name.startsWith('.') || name === 'node_modules' || UNSPEAKABLE.test(name)
}

/** Whether scripts can live below this folder, given relative to the root. */
export function mayHoldScripts(folder: string): boolean {
  return !SHARED.has(folder) && !folder.split('/').some(isHiddenName)
}

/**
 * The scripts among these paths, in order of id: `name.ts`, `name.js`, and `name/index.ts` or `.js`, which owns everything in its folder.
 * Throws `SCRIPT_ID_CONFLICT` when two files claim one id.
 */
export function scriptEntries(paths: Iterable<string>): readonly ScriptEntry[] {
  const candidates = [...paths].filter(isCandidate).sort()
  const owned = new Set(candidates.flatMap((path) => FOLDER_ENTRY.exec(path)?.[1] ?? []))
  const entries = new Map<string, ScriptEntry>()
  for (const path of candidates) {
    const owner = ownerOf(path, owned)
    const isOwnersEntry = owner !== undefined && FOLDER_ENTRY.exec(path)?.[1] === owner
    if (owner !== undefined && !isOwnersEntry) continue
    const id = owner ?? path.replace(ENTRY, '')
    const other = entries.get(id)
    if (other !== undefined) throw engineError('SCRIPT_ID_CONFLICT', [id, other.path, path])
    entries.set(id, { id, path })
  }
  return [...entries.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
}

function isCandidate(path: string): boolean {
  const parts = path.split('/')
  const isShared = parts.length > 1 && SHARED.has(parts[0] ?? '')
  return ENTRY.test(path) && !NOT_AN_ENTRY.test(path) && !isShared && !parts.some(isHiddenName)
}

/** The outermost folder script that a path belongs to. */
function ownerOf(path: string, owned: ReadonlySet<string>): string | undefined {
  for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
    const folder = path.slice(0, slash)
    if (owned.has(folder)) return folder
  }
  return undefined
}
