// When two values count as equal: the same kind, the same parts. A property that is undefined counts as one that is missing, as it does in JSON.
import { bytesOf, isOpaque, itemsOf, textOf } from './opaque.ts'

/** Whether two values are equal, part by part. Cycles end where both come back to the same places. */
export function isEqual(a: unknown, b: unknown): boolean {
  return compare(a, b, [])
}

/** Whether a value has all that `part` has: of objects the named properties, everything else equal. */
export function hasPart(value: unknown, part: unknown): boolean {
  if (!isPlainObject(part) || typeof value !== 'object' || value === null) {
    if (!Array.isArray(part) || !Array.isArray(value)) return isEqual(value, part)
    return value.length === part.length && part.every((item, index) => hasPart(value[index], item))
  }
  return Object.keys(part).every((key) => hasPart((value as Record<string, unknown>)[key], part[key]))
}

/** What there is of a value at the places that `part` names: for a diff of the two. */
export function partOf(value: unknown, part: unknown): unknown {
  if (Array.isArray(value) && Array.isArray(part)) return value.map((item, index) => partOf(item, part[index]))
  if (!isPlainObject(part) || !isPlainObject(value)) return value
  const keys = Object.keys(part).filter((key) => key in value)
  return Object.fromEntries(keys.map((key) => [key, partOf(value[key], part[key])]))
}

type Pair = readonly [object, object]

function compare(a: unknown, b: unknown, above: readonly Pair[]): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Object.prototype.toString.call(a) !== Object.prototype.toString.call(b)) return false
  if (above.some(([left, right]) => left === a && right === b)) return true
  return compareObjects(a, b, [...above, [a, b]])
}

function compareObjects(a: object, b: object, above: readonly Pair[]): boolean {
  if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime())
  if (a instanceof RegExp) return String(a) === String(b)
  if (a instanceof Error && b instanceof Error) return a.name === b.name && a.message === b.message
  const [bytes, otherBytes] = [bytesOf(a), bytesOf(b)]
  if (bytes !== undefined && otherBytes !== undefined) return compareLists([...bytes], [...otherBytes], above)
  if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b)) return compareLists([...(a as Uint8Array)], [...(b as Uint8Array)], above)
  if (a instanceof Set && b instanceof Set) return compareSets(a, b, above)
  if (a instanceof Map && b instanceof Map) return compareMaps(a, b, above)
  if (Array.isArray(a) && Array.isArray(b)) return compareLists(a, b, above)
  if (isOpaque(a) || isOpaque(b)) return compareOpaque(a, b, above)
  return compareFields(a as Record<string, unknown>, b as Record<string, unknown>, above)
}

function compareLists(a: readonly unknown[], b: readonly unknown[], above: readonly Pair[]): boolean {
  if (a.length !== b.length) return false
  for (let index = 0; index < a.length; index++) if (!compare(a[index], b[index], above)) return false
  return true
}

function compareSets(a: ReadonlySet<unknown>, b: ReadonlySet<unknown>, above: readonly Pair[]): boolean {
  if (a.size !== b.size) return false
  return matchUp(
    [...a].filter((item) => !b.has(item)),
    [...b].filter((item) => !a.has(item)),
    above,
  )
}

function compareMaps(a: ReadonlyMap<unknown, unknown>, b: ReadonlyMap<unknown, unknown>, above: readonly Pair[]): boolean {
  if (a.size !== b.size) return false
  for (const [key, value] of a) if (!isObject(key) && !(b.has(key) && compare(value, b.get(key), above))) return false
  return matchUp(
    [...a].filter(([key]) => isObject(key)),
    [...b].filter(([key]) => isObject(key)),
    above,
  )
}

/** Whether each item has one of its own among the others that is equal to it, in whatever order. */
function matchUp(items: readonly unknown[], others: readonly unknown[], above: readonly Pair[]): boolean {
  const left = [...others]
  for (const item of items) {
    const index = left.findIndex((other) => compare(item, other, above))
    if (index === -1) return false
    left.splice(index, 1)
  }
  return left.length === 0
}

/** Equal is what has the same items or the same text; where it has neither, it is equal to itself alone. */
function compareOpaque(a: object, b: object, above: readonly Pair[]): boolean {
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false
  const [items, otherItems] = [itemsOf(a), itemsOf(b)]
  if (items !== undefined && otherItems !== undefined) return compareLists(items, otherItems, above)
  const text = textOf(a)
  return text !== undefined && text === textOf(b)
}

function compareFields(a: Record<string, unknown>, b: Record<string, unknown>, above: readonly Pair[]): boolean {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => compare(a[key], b[key], above))
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return Object.prototype.toString.call(value) === '[object Object]'
}
