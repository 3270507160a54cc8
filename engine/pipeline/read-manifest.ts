// Makes a manifest of a script's default export, as the sandbox described it. The description is the script's word: nothing in it is trusted.
import { type EngineError, engineError } from '../errors/engine-error.ts'
import type { Bundle } from '../model/bundle.ts'
import { isScheduleEvent } from '../model/event.ts'
import type { Json } from '../model/json.ts'
import type { HandlerDeclaration, Manifest, ManifestDescriptor, Needs } from '../model/manifest.ts'
import type { ScriptId } from '../model/script.ts'
import { entriesOf, expectKeys, Flaw, invalid, isMark, isName, isTable, LONGEST_NAME, optional, quote, shown } from './descriptor.ts'
import { findInManifest } from './manifest-place.ts'
import { readOverlap, readSchedules } from './read-schedules.ts'

const KEYS = ['name', 'needs', 'on', 'every', 'mode', 'max']
const HANDLER_KEYS = ['priority', 'run']
const HIGHEST_PRIORITY = 1_000
const DEEPEST_NEED = 8

/**
 * Reads a manifest. Throws `MANIFEST_MISSING`, `MANIFEST_INVALID` with the path of what is wrong, and with its place where the bundle that it came from
 * is given.
 */
export function readManifest(script: ScriptId, descriptor: ManifestDescriptor, bundle?: Pick<Bundle, 'script' | 'sourceMap'>): Manifest {
  try {
    return read(script, descriptor)
  } catch (error) {
    throw error instanceof Flaw ? toError(error, bundle) : error
  }
}

function toError({ facts, key, hint }: Flaw, bundle: Pick<Bundle, 'script' | 'sourceMap'> | undefined): EngineError {
  const place = bundle && findInManifest(bundle, key)
  return engineError('MANIFEST_INVALID', [...facts], { ...(place && { place }), ...(hint === undefined ? {} : { hint }) })
}

function read(script: ScriptId, descriptor: ManifestDescriptor): Manifest {
  if (isMark(descriptor, 'undefined')) throw engineError('MANIFEST_MISSING', [])
  if (isMark(descriptor, 'function')) return freeze({ name: script, needs: {}, handlers: [{ event: '*', priority: 0 }], every: [] })
  if (!isTable(descriptor)) throw invalid('it', 'a function or an object', descriptor)
  expectKeys(descriptor, KEYS, '')
  const handlers = readHandlers(optional(descriptor, 'on'))
  const every = readSchedules(optional(descriptor, 'every'))
  if (handlers.length + every.length === 0) throw invalid('"on"', 'an object with at least one handler', optional(descriptor, 'on'))
  const name = readName(script, optional(descriptor, 'name'))
  const overlap = readOverlap(descriptor, '')
  return freeze({ name, needs: readNeeds(optional(descriptor, 'needs')), handlers, ...(overlap && { overlap }), every })
}

function readName(script: ScriptId, name: Json | undefined): string {
  if (name === undefined) return script
  if (typeof name !== 'string' || !isName(name)) throw invalid('"name"', `text of 1 to ${LONGEST_NAME} characters on one line`, name)
  return name
}

function readHandlers(on: Json | undefined): HandlerDeclaration[] {
  return entriesOf(on, '"on"', 'an object: event name → handler').map(([event, handler]) => {
    const path = `on[${quote(event)}]`
    if (!isName(event)) throw invalid(path, `named with 1 to ${LONGEST_NAME} characters on one line`, event)
    if (isScheduleEvent(event)) throw invalid(path, 'named otherwise: names that begin with "every " are those of schedules', event)
    if (isMark(handler, 'function')) return { event, priority: 0 }
    if (!isTable(handler)) throw invalid(path, 'a function, or { priority, run }', handler)
    expectKeys(handler, HANDLER_KEYS, `${path}.`)
    const run = optional(handler, 'run')
    if (!isMark(run, 'function')) throw invalid(`${path}.run`, 'a function', run)
    return { event, priority: readPriority(optional(handler, 'priority'), `${path}.priority`) }
  })
}

function readPriority(priority: Json | undefined, path: string): number {
  if (priority === undefined) return 0
  const isRight = typeof priority === 'number' && Number.isInteger(priority) && Math.abs(priority) <= HIGHEST_PRIORITY
  if (!isRight) throw invalid(path, `a whole number from -${HIGHEST_PRIORITY} to ${HIGHEST_PRIORITY}`, priority)
  return priority
}

/** `false` asks for nothing. What else a binding understands, its own reader says. */
function readNeeds(needs: Json | undefined): Needs {
  const asked = entriesOf(needs, '"needs"', 'an object: binding → true, a list or an object').filter(([, need]) => need !== false)
  for (const [binding, need] of asked) {
    const path = `needs[${quote(binding)}]`
    if (!isName(binding)) throw invalid(path, 'named like a binding', binding)
    if (typeof need === 'string') throw invalid(path, `true, a list or an object (write [${quote(need)}])`, need)
    expectPlain(need, path, 1)
  }
  // `fromEntries` defines properties: a binding called __proto__ is a name like any other.
  return Object.fromEntries(asked)
}

function expectPlain(value: Json, path: string, depth: number): void {
  if (value === null || isMark(value)) throw invalid(path, 'plain data: true, numbers, text, lists, objects', value)
  if (typeof value !== 'object') return
  if (depth > DEEPEST_NEED) throw invalid(path, `nested at most ${DEEPEST_NEED} levels deep`, value)
  for (const [key, part] of Object.entries(value))
    expectPlain(part, Array.isArray(value) ? `${path}[${key}]` : `${path}.${shown(key)}`, depth + 1)
}

function freeze(manifest: Manifest): Manifest {
  return Object.freeze({ ...manifest, handlers: Object.freeze(manifest.handlers), every: Object.freeze(manifest.every) })
}
