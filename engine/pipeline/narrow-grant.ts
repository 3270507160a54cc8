// How much of what a script asks for policy gives: the common part of two plain values.
import type { Narrowed } from '../model/grant.ts'
import type { Json } from '../model/json.ts'

type Table = { readonly [key: string]: Json }

/**
 * The part of `need` that `allow` gives, never more than either. `true` asks for all, or gives all; lists meet in their common members, objects
 * key by key, of numbers the smaller counts. What an object of policy says and the script does not mention stays: it may be a quota.
 */
export function narrow(need: Json, allow: Json, path = ''): Narrowed {
  if (need === false) return give(false)
  if (allow === false) return { value: false, isGiven: false, lost: [name(path, need)] }
  if (need === true) return give(allow)
  if (allow === true) return give(need)
  if (Array.isArray(need) && Array.isArray(allow)) return narrowLists(need, allow, path)
  if (isTable(need) && isTable(allow)) return narrowTables(need, allow, path)
  if (typeof need === 'number' && typeof allow === 'number') return narrowNumbers(need, allow, path)
  return same(need, allow) ? give(need) : { value: allow, isGiven: false, lost: [name(path, need)] }
}

/** Whether a value is an object, and no list. */
export function isTable(value: Json | undefined): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function narrowLists(need: readonly Json[], allow: readonly Json[], path: string): Narrowed {
  const written = new Set(allow.map((member) => JSON.stringify(member)))
  const value = need.filter((member) => written.has(JSON.stringify(member)))
  const lost = need.filter((member) => !written.has(JSON.stringify(member))).map((member) => name(path, member))
  return { value, isGiven: need.length === 0 || value.length > 0, lost }
}

function narrowTables(need: Table, allow: Table, path: string): Narrowed {
  const values = new Map(Object.entries(allow))
  const lost: string[] = []
  let given = 0
  for (const [key, asked] of Object.entries(need)) {
    const place = path === '' ? key : `${path}.${key}`
    const part = Object.hasOwn(allow, key)
      ? narrow(asked, allow[key] ?? null, place)
      : { value: null, isGiven: asked === false, lost: [name(place, asked)] }
    if (Object.hasOwn(allow, key)) values.set(key, part.value)
    if (part.isGiven) given++
    lost.push(...part.lost)
  }
  return { value: Object.fromEntries(values), isGiven: given > 0 || Object.keys(need).length === 0, lost }
}

function narrowNumbers(need: number, allow: number, path: string): Narrowed {
  return { value: Math.min(need, allow), isGiven: true, lost: need > allow ? [name(path, need)] : [] }
}

function give(value: Json): Narrowed {
  return { value, isGiven: true, lost: [] }
}

function same(a: Json, b: Json): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function name(path: string, value: Json): string {
  return path === '' ? JSON.stringify(value) : `${path} ${JSON.stringify(value)}`
}
