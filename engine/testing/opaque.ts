// Values that keep their parts to themselves: a URL, headers, a promise, a boxed number, the bytes of a buffer. What can be told of them all the same.

/** Whether none of its parts can be seen from outside, and it might well have some. */
export function isOpaque(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype !== null && Object.getPrototypeOf(prototype) !== null && Object.keys(value).length === 0
}

/** The bytes of a buffer, or of a view that is no list of numbers; undefined for everything else. */
export function bytesOf(value: object): Uint8Array | undefined {
  if (value instanceof ArrayBuffer) return new Uint8Array(value)
  return value instanceof DataView ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : undefined
}

/** The items of what can be gone through as often as one likes; undefined for what cannot: an iterator would be used up. */
export function itemsOf(value: object): unknown[] | undefined {
  const begin = (value as Partial<Iterable<unknown>>)[Symbol.iterator]
  return typeof begin !== 'function' || 'next' in value ? undefined : [...(value as Iterable<unknown>)]
}

/** What a value says of itself in words of its own: the address of a URL, the number in a box; undefined where it has none. */
export function textOf(value: object): string | undefined {
  return value.toString === Object.prototype.toString || typeof value.toString !== 'function' ? undefined : String(value)
}
