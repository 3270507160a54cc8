// Makes a manifest of a script's default export, as the sandbox described it. The description is the script's word: nothing in it is trusted.
import { didYouMean } from '../errors/did-you-mean.ts'
import { type EngineError, engineError } from '../errors/engine-error.ts'
import type { Bundle } from '../model/bundle.ts'
import type { Json } from '../model/json.ts'
import type { HandlerDeclaration, Manifest, ManifestDescriptor, Needs } from '../model/manifest.ts'
import type { ScriptId } from '../model/script.ts'
import { findInManifest } from './manifest-place.ts'
import { printableUpTo } from './printable.ts'

const KEYS = ['name', 'needs', 'on', 'every']
const HANDLER_KEYS = ['priority', 'run']
const LONGEST_NAME = 100
const MOST_ENTRIES = 100
const HIGHEST_PRIORITY = 1_000
const DEEPEST_NEED = 8
/** What the sandbox writes for values that JSON has no words for. */
const MARKS = new Set(['function', 'symbol', 'undefined', 'bigint', 'cycle'])
const CRON = /^[\d*?,/\-#A-Za-z]+$/

type Table = { readonly [key: string]: Json }

/** What is wrong: the facts of a `MANIFEST_INVALID`, and the property that the author finds it by. */
class Flaw extends Error {
  readonly facts: readonly [path: string, expected: string, got: string]
  readonly key: string | undefined
  readonly hint: string | undefined

  constructor(facts: readonly [path: string, expected: string, got: string], key?: string, hint?: string) {
    super(facts.join(' '))
    this.facts = facts
    this.key = key
    this.hint = hint
  }
}

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
  return freeze({ name: readName(script, optional(descriptor, 'name')), needs: readNeeds(optional(descriptor, 'needs')), handlers, every })
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

function readSchedules(every: Json | undefined): string[] {
  return entriesOf(every, '"every"', 'an object: schedule → handler').map(([schedule, handler]) => {
    const path = `every[${quote(schedule)}]`
    const fields = schedule.trim().split(/\s+/)
    const isCron =
      schedule.length <= LONGEST_NAME && (fields.length === 5 || fields.length === 6) && fields.every((field) => CRON.test(field))
    if (!isCron) throw invalid(path, 'named by a cron expression of five or six fields, like "0 8 * * 1-5"', schedule)
    if (!isMark(handler, 'function')) throw invalid(path, 'a function', handler)
    return schedule
  })
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

function entriesOf(value: Json | undefined, path: string, expected: string): [string, Json][] {
  if (value === undefined) return []
  if (!isTable(value)) throw invalid(path, expected, value)
  const entries = Object.entries(value)
  if (entries.length > MOST_ENTRIES)
    throw new Flaw([path, `an object with at most ${MOST_ENTRIES} entries`, `one with ${entries.length}`], keyOf(path))
  return entries
}

function expectKeys(table: Table, keys: readonly string[], path: string): void {
  const unknown = Object.keys(table).find((key) => !keys.includes(key))
  if (unknown === undefined) return
  const expected = `one of ${keys.map((key) => `"${key}"`).join(', ')}`
  const hint = didYouMean(unknown, keys).trim()
  throw new Flaw(
    [`each key of ${path === '' ? 'it' : path.slice(0, -1)}`, expected, quote(unknown)],
    unknown,
    hint === '' ? undefined : hint,
  )
}

/** A property that is there and has a value. */
function optional(table: Table, key: string): Json | undefined {
  const value = Object.hasOwn(table, key) ? table[key] : undefined
  return isMark(value, 'undefined') ? undefined : value
}

function isTable(value: Json | undefined): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isMark(value)
}

function isMark(value: Json | undefined, mark?: string): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const keys = Object.keys(value)
  const written = keys.length === 1 && keys[0] === '$' ? (value as Table)['$'] : undefined
  return typeof written === 'string' && (mark === undefined ? MARKS.has(written) : written === mark)
}

function isName(text: string): boolean {
  return text.length > 0 && text.length <= LONGEST_NAME && printableUpTo(text, LONGEST_NAME) === text && text.trim() !== ''
}

function invalid(path: string, expected: string, got: Json | undefined): Flaw {
  return new Flaw([path, expected, describeValue(got)], keyOf(path))
}

/** The property that a path names: `on["push"].priority` is found by its event, `"every"` by itself. */
function keyOf(path: string): string | undefined {
  return /\["(.+?)"\]/.exec(path)?.[1] ?? /^"(\w+)"$/.exec(path)?.[1]
}

function describeValue(value: Json | undefined): string {
  if (value === undefined) return 'missing'
  if (isMark(value, 'undefined')) return 'undefined'
  if (value === null) return 'null'
  if (isMark(value)) return `a ${String((value as Table)['$'])}`
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object'
  return String(value)
}

function quote(text: string): string {
  return `"${shown(text)}"`
}

function shown(text: string): string {
  return printableUpTo(text, 60)
}

function freeze(manifest: Manifest): Manifest {
  return Object.freeze({ ...manifest, handlers: Object.freeze(manifest.handlers), every: Object.freeze(manifest.every) })
}
