// The slow path of the codec, reading: a flat table of nodes as the graph that it describes. Untrusted text is checked as it is read.
import type { Kit } from './kit.ts'

/** Adds `decodeGraph` to the kit. */
export function graphDecoderPart(kit: Pick<Kit, 'decodeGraph'>): void {
  const { parse } = JSON
  const { defineProperty } = Object
  const { isArray } = Array
  const { apply } = Reflect
  const DateOf = Date
  const MapOf = Map
  const SetOf = Set
  const BytesOf = Uint8Array
  const BigIntOf = BigInt
  const SyntaxErrorOf = SyntaxError
  const mapSet = Map.prototype.set
  const setAdd = Set.prototype.add
  const { charCodeAt, slice } = String.prototype
  const { NaN: NOT_A_NUMBER, NEGATIVE_INFINITY, POSITIVE_INFINITY } = Number
  const MINUS = 45
  const malformed = (): Error => new SyntaxErrorOf('malformed wire text')

  /** Own data at a key, without asking prototypes for setters. */
  const put = (target: object, key: PropertyKey, value: unknown): void => {
    defineProperty(target, key, { __proto__: null, value, writable: true, enumerable: true, configurable: true } as PropertyDescriptor)
  }

  /** The empty object that a node becomes, so that others can already point to it. */
  const shell = (node: unknown): object => {
    switch (isArray(node) ? node[0] : undefined) {
      case 'A':
        return []
      case 'O':
        return {}
      case 'M':
        return new MapOf()
      case 'S':
        return new SetOf()
      case 'D': {
        const time: unknown = (node as unknown[])[1]
        return new DateOf(typeof time === 'number' ? time : NOT_A_NUMBER)
      }
      case 'B': {
        const text: unknown = (node as unknown[])[1]
        if (typeof text !== 'string') throw malformed()
        const bytes = new BytesOf(text.length)
        for (let i = 0; i < text.length; i++) bytes[i] = apply(charCodeAt, text, [i])
        return bytes
      }
      default:
        throw malformed()
    }
  }

  const atom = (value: unknown, made: Record<number, object>): unknown => {
    if (!isArray(value)) {
      if (typeof value === 'object' && value !== null) throw malformed()
      return value
    }
    const tag: unknown = value[0]
    if (typeof tag === 'number' && made[tag] !== undefined) return made[tag]
    switch (tag) {
      case 'u':
        return undefined
      case '-0':
        return -0
      case 'NaN':
        return NOT_A_NUMBER
      case 'Infinity':
        return POSITIVE_INFINITY
      case '-Infinity':
        return NEGATIVE_INFINITY
      case 'n': {
        const digits = '' + value[1]
        return apply(charCodeAt, digits, [0]) === MINUS ? -BigIntOf('0x' + apply(slice, digits, [1])) : BigIntOf('0x' + digits)
      }
      default:
        throw malformed()
    }
  }

  const fill = (target: object, node: readonly unknown[], made: Record<number, object>): void => {
    switch (node[0]) {
      case 'A':
        for (let i = 1; i < node.length; i++) put(target, i - 1, atom(node[i], made))
        break
      case 'O':
        for (let i = 1; i + 1 < node.length; i += 2) put(target, '' + node[i], atom(node[i + 1], made))
        break
      case 'M':
        for (let i = 1; i + 1 < node.length; i += 2) apply(mapSet, target, [atom(node[i], made), atom(node[i + 1], made)])
        break
      case 'S':
        for (let i = 1; i < node.length; i++) apply(setAdd, target, [atom(node[i], made)])
    }
  }

  kit.decodeGraph = (json) => {
    const nodes = parse(json) as unknown[]
    if (!isArray(nodes) || nodes.length === 0) throw malformed()
    const made = { __proto__: null } as unknown as Record<number, object>
    for (let i = 1; i < nodes.length; i++) made[i - 1] = shell(nodes[i])
    for (let i = 1; i < nodes.length; i++) fill(made[i - 1] as object, nodes[i] as unknown[], made)
    return atom(nodes[0], made)
  }
}
