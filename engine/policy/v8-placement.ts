// V8 in a thread: what is said of it, and where a policy asks for it in so many words.
import type { Problem } from './problem.ts'

/** The end of a sentence that begins with the path of a placement. */
export const V8_IN_A_THREAD =
  'cannot be "thread" for the runtime "v8": a script can crash the process that V8 runs in, and only a kill ends it in every case; write "process", or remove the line'

/**
 * The entries that put V8 into a thread whichever scripts there are: those that choose both, and, where nothing but V8 is ever chosen, those that choose the thread.
 * What depends on which entries meet in a script is said of that script. `written` is a policy as it was read, valid or not.
 */
export function v8PlacementProblems(written: unknown): Problem[] {
  const defaults = entryAt(written, 'defaults')
  const globs = Object.entries(entryAt(written, 'scripts')).map(([glob, entry]) => ({ path: ['scripts', glob], entry: asEntry(entry) }))
  const isAlwaysV8 = defaults['runtime'] === 'v8' && globs.every(({ entry }) => entry['runtime'] !== 'quickjs')
  const isMisplaced = ({ runtime, placement }: Entry): boolean =>
    placement === 'thread' && (runtime === 'v8' || (isAlwaysV8 && runtime === undefined))
  return [{ path: ['defaults'], entry: defaults }, ...globs]
    .filter(({ entry }) => isMisplaced(entry))
    .map(({ path }) => ({ kind: 'invalid', path: [...path, 'placement'], part: 'value', message: V8_IN_A_THREAD }))
}

type Entry = { readonly [key: string]: unknown }

function entryAt(written: unknown, key: string): Entry {
  return asEntry(asEntry(written)[key])
}

/** What is no mapping is told by the schema. */
function asEntry(value: unknown): Entry {
  return typeof value === 'object' && value !== null ? (value as Entry) : {}
}
