// What may cross between host functions and scripts: JSON plus Date, Map, Set, BigInt, Uint8Array, undefined, NaN and cycles.
// Replies are the host's and may hold anything. Arguments are plain already, and are searched for what would harm the host that reads them.
import { types } from 'node:util'
import { clip } from './schema.ts'
import { unrolledSize } from './unrolled-size.ts'

/** Where a value is not plain data, and what is there instead. */
export interface Flaw {
  /** Keys from the outermost value inwards. */
  readonly path: readonly (string | number)[]
  readonly what: string
}

const LEVELS = 1_000
/** An array with holes can claim billions of items in a few bytes. */
const ITEMS = 10_000_000
/** How many values more than it holds an argument may amount to, for a reader that follows shared objects each time it meets them. */
const REPEATED_VALUES = 100_000

interface Walk {
  /** Below each object, the values that a reader meets who follows shared objects each time; 0 while the object is being walked. */
  readonly sizes: Map<object, number>
  readonly areArguments: boolean
  visited: number
  cyclic: boolean
}

/** A flaw, its path growing as the walk returns; or the size of what was walked. */
type Found = { readonly path: (string | number)[]; readonly what: string } | number

/** Finds the first place where a reply is not plain: a function, symbol, getter, proxy or instance of a class. Runs no getter of an object and no trap. */
export function findReplyFlaw(reply: unknown): Flaw | undefined {
  const found = walk(reply, 0, { sizes: new Map(), areArguments: false, visited: 0, cyclic: false })
  return typeof found === 'number' ? undefined : found
}

/**
 * Finds what makes the arguments of a call dangerous: keys that pollute prototypes where objects are merged, nesting that overflows a recursive
 * reader, and objects that refer to each other so often that a reader (a schema is one) would not end.
 */
export function findArgumentFlaw(args: readonly unknown[]): Flaw | undefined {
  const state: Walk = { sizes: new Map(), areArguments: true, visited: 0, cyclic: false }
  const found = walk(args, 0, state)
  if (typeof found !== 'number') return found
  const allowed = state.visited + REPEATED_VALUES
  const size = state.cyclic ? unrolledSize(args, [...state.sizes.keys()], allowed) : found
  return size > allowed || found > allowed ? { path: [], what: 'the same objects are referred to too often' } : undefined
}

function walk(value: unknown, level: number, state: Walk): Found {
  if (typeof value === 'function') return flaw('a function')
  if (typeof value === 'symbol') return flaw('a symbol')
  if (typeof value !== 'object' || value === null) return 1
  const known = state.sizes.get(value)
  if (known !== undefined) {
    if (known === 0) state.cyclic = true
    return known === 0 ? 1 : known
  }
  if (level > LEVELS) return flaw(`nested deeper than ${LEVELS} levels`)
  if (types.isProxy(value)) return flaw('a proxy')
  state.sizes.set(value, 0)
  const found = walkObject(value, level + 1, state)
  if (typeof found === 'number') state.sizes.set(value, found)
  return found
}

function walkObject(value: object, level: number, state: Walk): Found {
  if (Array.isArray(value) && value.length > ITEMS) return flaw(`an array of more than ${ITEMS} items`)
  if (Array.isArray(value)) return walkAll(value, level, state)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return walkProperties(value, level, state)
  if (types.isDate(value) && prototype === Date.prototype) return 1
  if (types.isUint8Array(value)) return 1
  if (types.isMap(value) && prototype === Map.prototype) return walkMap(value, level, state)
  if (types.isSet(value) && prototype === Set.prototype) return walkAll([...value], level, state)
  return flaw(className(prototype))
}

function walkAll(values: readonly unknown[], level: number, state: Walk): Found {
  let size = 1
  state.visited += values.length
  for (let index = 0; index < values.length; index++) {
    const found = walk(values[index], level, state)
    if (typeof found !== 'number') return within(found, index)
    size += found
  }
  return size
}

function walkMap(map: ReadonlyMap<unknown, unknown>, level: number, state: Walk): Found {
  const keys = walkAll([...map.keys()], level, state)
  if (typeof keys !== 'number') return keys
  const values = walkAll([...map.values()], level, state)
  return typeof values === 'number' ? keys + values : values
}

function walkProperties(value: object, level: number, state: Walk): Found {
  let size = 1
  // Arguments come out of the codec as data; only what a host made can have getters and symbols.
  for (const key of state.areArguments ? Object.keys(value) : Reflect.ownKeys(value)) {
    if (typeof key === 'symbol') return flaw('an object with a symbol as key')
    const descriptor = Object.getOwnPropertyDescriptor(value, key)
    if (descriptor?.enumerable !== true) continue
    if (!('value' in descriptor)) return within(flaw('a getter'), key)
    if (state.areArguments && pollutes(key, descriptor.value)) return within(flaw('a key that pollutes prototypes'), key)
    state.visited++
    const found = walk(descriptor.value, level, state)
    if (typeof found !== 'number') return within(found, key)
    size += found
  }
  return size
}

/** The two ways in which merging data into an object reaches a prototype. `constructor` alone is an ordinary word. */
function pollutes(key: string, value: unknown): boolean {
  if (key === '__proto__') return true
  return key === 'constructor' && typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype')
}

function flaw(what: string): Exclude<Found, number> {
  return { path: [], what }
}

function within(found: Exclude<Found, number>, key: string | number): Found {
  found.path.unshift(key)
  return found
}

function className(prototype: unknown): string {
  const maker = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
  return typeof maker === 'function' && maker.name !== ''
    ? `an instance of ${clip(maker.name, 64)}`
    : 'an object with a prototype of its own'
}
