// How large a cyclic value is to a reader that does not notice the cycles, as validators do not.

/** Levels of nesting that a schema is taken to look into; a schema that refers to itself overflows its own stack on a cycle instead. */
const SCHEMA_LEVELS = 8

/**
 * Counts the values that a reader meets within the levels that schemas look into, following every reference each time.
 * `objects` are all objects below `root`, itself included. The count stops near `enough`.
 */
export function unrolledSize(root: object, objects: readonly object[], enough: number): number {
  let sizes = new Map<object, number>()
  for (let level = 0; level < SCHEMA_LEVELS; level++) {
    const deeper = new Map<object, number>()
    for (const object of objects) deeper.set(object, Math.min(enough + 1, sizeOf(object, sizes)))
    sizes = deeper
  }
  return sizes.get(root) ?? 1
}

function sizeOf(object: object, sizes: ReadonlyMap<object, number>): number {
  let size = 1
  for (const child of childrenOf(object)) size += typeof child === 'object' && child !== null ? (sizes.get(child) ?? 1) : 1
  return size
}

function childrenOf(object: object): Iterable<unknown> {
  if (Array.isArray(object) || object instanceof Set) return object
  if (object instanceof Map) return [...object.keys(), ...object.values()]
  return object instanceof Date || object instanceof Uint8Array ? [] : Object.values(object)
}
