// The fast path of the codec for values across the wall, for both ends: plain JSON as native JSON, everything else as a graph.
import type { Kit } from './kit.ts'

/** Adds `codec` to the kit. Needs `encodeGraph` and `decodeGraph`. */
export function wireCodecPart(kit: Pick<Kit, 'codec' | 'encodeGraph' | 'decodeGraph'>): void {
  const { parse, stringify } = JSON
  const { getPrototypeOf, is } = Object
  const { isArray } = Array
  const { apply } = Reflect
  const objectPrototype = Object.prototype
  const arrayPrototype = Array.prototype
  const { slice } = String.prototype
  const { encodeGraph, decodeGraph } = kit
  const DEEPEST = 1_000
  let room = 0

  /**
   * Whether native JSON writes the value without loss, as it is read now; where a getter answers otherwise the next time, that answer is what crosses. `room` falls
   * with each node, so that a graph that expands without end stops early. What an object inherits is looked at too: it is nothing, where nobody has patched anything.
   */
  const isJson = (value: unknown, depth: number): boolean => {
    if (typeof value !== 'object') {
      if (typeof value === 'number') return value - value === 0 && (value !== 0 || !is(value, -0)) // neither NaN nor infinite
      return typeof value === 'string' || typeof value === 'boolean'
    }
    if (value === null) return true
    if (depth > DEEPEST) return false
    const prototype = getPrototypeOf(value)
    if (isArray(value)) {
      const { length } = value
      room -= length
      if (prototype !== arrayPrototype || room < 0) return false
      for (let i = 0; i < length; i++) {
        const item: unknown = value[i]
        // The most frequent ones without a call of their own.
        if (typeof item !== 'string' && (typeof item !== 'number' || item === 0 || item - item !== 0) && !isJson(item, depth + 1))
          return false
      }
      return true
    }
    if (prototype !== objectPrototype && prototype !== null) return false
    for (const name in value) {
      const item = (value as Record<string, unknown>)[name]
      if (--room < 0) return false
      if (typeof item !== 'string' && (typeof item !== 'number' || item === 0 || item - item !== 0) && !isJson(item, depth + 1))
        return false
    }
    return true
  }

  const json = (value: unknown, maxChars: number): string | undefined => {
    room = maxChars >> 1
    try {
      // A patched toJSON must not speak for plain data.
      if (!isJson(value, 0) || 'toJSON' in arrayPrototype || 'toJSON' in objectPrototype) return undefined
    } catch {
      return undefined // what throws may be inherited, and is no part of the value then; what is its own throws again
    }
    const text = stringify(value)
    return text.length <= maxChars ? text : ''
  }

  kit.codec = {
    json,
    encode(value, maxChars) {
      const text = json(value, maxChars)
      if (text === undefined) return encodeGraph(value, maxChars)
      return text !== ''
        ? { ok: true, text }
        : { ok: false, path: 'value', what: 'larger than the limit, or nested too deeply', tooLarge: true }
    },
    // JSON never starts with an X.
    decode: (text) => (text[0] === 'X' ? decodeGraph(apply(slice, text, [1])) : parse(text)),
  }
}
