// Where a run was that was cut, or that failed without a place, for its author: the line that it computed at or the call that it awaited; where nobody knows,
// its handler.
import { adviceOn, hintOf } from '../errors/code-fault.ts'
import type { CutSite, ScriptFault } from '../model/outcome.ts'
import { findInManifest } from './manifest-place.ts'
import { type FaultBase, type MappedBundle, mapFault } from './map-fault.ts'
import { printableUpTo } from './printable.ts'

const LONGEST_NAME = 100

/** What a run was cut in. */
export interface CutFacts {
  readonly bundle: MappedBundle
  readonly runtime: FaultBase['runtime']
  /** Undefined where a script was loaded. */
  readonly event: string | undefined
}

/** A place in the user's files, or what is known instead. */
type Place = Pick<ScriptFault, 'stack' | 'location' | 'frame'>

/** Handlers do not move: each is looked for once in a bundle. */
const handlers = new WeakMap<object, Map<string | undefined, Place>>()

/** The fault of a run or a load that was cut, with the place. Never throws. */
export function locateCut(fault: ScriptFault, site: CutSite | undefined, facts: CutFacts): ScriptFault {
  const place = site === undefined ? {} : placeOf(fault, site, facts)
  if (place.location !== undefined)
    return { ...fault, ...place, ...adviceOn(fault.code, join(describeSite(site?.awaited), hintOf(fault.code))) }
  const handler = handlerOf(facts)
  if (handler.location === undefined) return fault
  const what = facts.event === undefined ? '' : 'Where in its handler it was is not known.'
  return { ...fault, ...handler, ...adviceOn(fault.code, join(what, hintOf(fault.code))) }
}

/** The fault with the place of the handler, where it has none of its own: a result that is not plain, a thrown value that is no error. Never throws. */
export function locateHandler(fault: ScriptFault, facts: CutFacts): ScriptFault {
  return fault.location === undefined ? { ...fault, ...handlerOf(facts) } : fault
}

function placeOf({ name, message, code }: ScriptFault, { stack }: CutSite, { bundle, runtime }: CutFacts): Place {
  const mapped = mapFault({ name, message, stack }, bundle, { code, runtime })
  return pick(mapped.location, mapped.frame, mapped.stack)
}

/** QuickJS knows places of calls, properties and operators only, and what it is at between two of them is at the first. */
function describeSite(awaited: string | undefined): string {
  return awaited === undefined
    ? 'It was computing at the place shown, or a little further on.'
    : `It was awaiting ${printableUpTo(awaited, LONGEST_NAME)}, called at the place shown.`
}

function handlerOf({ bundle, event }: CutFacts): Place {
  const known = handlers.get(bundle) ?? new Map<string | undefined, Place>()
  handlers.set(bundle, known)
  const found = known.get(event)
  if (found !== undefined) return found
  const manifest = findInManifest(bundle, event)
  const place =
    manifest === undefined ? {} : pick({ file: manifest.file, line: manifest.line, column: manifest.column }, manifest.frame, undefined)
  known.set(event, place)
  return place
}

function pick(location: ScriptFault['location'], frame: string | undefined, stack: string | undefined): Place {
  return {
    ...(stack === undefined ? {} : { stack }),
    ...(location === undefined ? {} : { location }),
    ...(frame === undefined ? {} : { frame }),
  }
}

function join(...sentences: readonly (string | undefined)[]): string | undefined {
  return sentences.filter((sentence) => sentence !== undefined && sentence !== '').join(' ') || undefined
}
