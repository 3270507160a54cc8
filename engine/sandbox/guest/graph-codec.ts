// The slow path of the codec, for both ends: Date, Map, Set, BigInt, Uint8Array, undefined, NaN, -0, infinities and cycles, as a flat table of nodes,
// so that neither depth nor cycles cost stack. Untrusted text is checked as it is read.
import type { Encoded, Kit } from './kit.ts'

/** Adds `encodeGraph` to the kit. */
export function graphEncoderPart(kit: Pick<Kit, 'encodeGraph'>): void {
  const { stringify } = JSON
  const { getPrototypeOf, keys, is } = Object
  const { isArray } = Array
  const { apply } = Reflect
  const { isFinite } = Number
  const { fromCharCode } = String
  const MapOf = Map
  const objectPrototype = Object.prototype
  const datePrototype = Date.prototype
  const mapPrototype = Map.prototype
  const setPrototype = Set.prototype
  const bytesPrototype = Uint8Array.prototype
  const { get, set, forEach } = mapPrototype
  const setForEach = setPrototype.forEach
  const { getTime } = datePrototype
  const { slice } = String.prototype
  const { test } = RegExp.prototype
  const { subarray } = bytesPrototype
  const sizeOf = Object.getOwnPropertyDescriptor(getPrototypeOf(bytesPrototype), 'length')?.get as () => number
  const bigintText = BigInt.prototype.toString
  const identifier = /^[A-Za-z_$][\w$]*$/
  const CHUNK = 4_096
  const EXCESS = { what: 'larger than the limit' }

  kit.encodeGraph = (root, maxChars): Encoded => {
    const numbers = new MapOf<object, number>()
    const queue = { __proto__: null } as unknown as Record<number, { value: object; path: string }>
    let count = 0
    let room = maxChars
    let refused: { path: string; what: string } | undefined
    const refuse = (path: string, what: string): string => {
      refused ??= { path, what }
      return ''
    }
    const kept = (text: string, path: string): string => ((room -= text.length + 1) < 0 ? refuse(path, EXCESS.what) : text)
    const step = (path: string, key: string): string =>
      apply(test, identifier, [key]) ? `${path}.${key}` : `${path}[${stringify(apply(slice, key, [0, 100]))}]`
    const atom = (value: unknown, path: string): string => {
      if (refused !== undefined) return ''
      switch (typeof value) {
        case 'string':
          return value.length > room ? refuse(path, EXCESS.what) : kept(stringify(value), path)
        case 'boolean':
          return kept(value ? 'true' : 'false', path)
        case 'number':
          return kept(is(value, -0) ? '["-0"]' : isFinite(value) ? `${value}` : `["${value}"]`, path)
        case 'bigint':
          return kept(`["n","${apply(bigintText, value, [])}"]`, path)
        case 'undefined':
          return kept('["u"]', path)
        case 'object': {
          if (value === null) return kept('null', path)
          let number = apply(get, numbers, [value]) as number | undefined
          if (number === undefined) {
            number = count++
            apply(set, numbers, [value, number])
            queue[number] = { value, path }
          }
          return kept(`[${number}]`, path)
        }
        default:
          return refuse(path, typeof value === 'symbol' ? 'a symbol' : 'a function')
      }
    }
    const bytes = (value: object, path: string): string => {
      const size = apply(sizeOf, value, []) as number
      if (size > room) return refuse(path, EXCESS.what)
      let text = ''
      for (let at = 0; at < size; at += CHUNK) text += apply(fromCharCode, null, apply(subarray, value, [at, at + CHUNK]) as never)
      return `["B",${kept(stringify(text), path)}]`
    }
    const node = (value: object, path: string): string => {
      let text: string
      if (isArray(value)) {
        if (value.length > room) return refuse(path, EXCESS.what)
        text = '["A"'
        for (let i = 0; i < value.length; i++) text += `,${atom(value[i], `${path}[${i}]`)}`
        return `${text}]`
      }
      const prototype = getPrototypeOf(value)
      let index = 0
      switch (prototype) {
        case datePrototype: {
          const time = apply(getTime, value, []) as number
          return `["D",${is(time, Number.NaN) ? 'null' : time}]`
        }
        case mapPrototype:
          text = '["M"'
          apply(forEach, value, [(item: unknown, key: unknown) => void (text += `,${atom(key, `${path}.key(${index})`)},${atom(item, `${path}.get(${index++})`)}`)])
          return `${text}]`
        case setPrototype:
          text = '["S"'
          apply(setForEach, value, [(item: unknown) => void (text += `,${atom(item, `${path}[${index++}]`)}`)])
          return `${text}]`
        case bytesPrototype:
          return bytes(value, path)
      }
      if (prototype !== objectPrototype && prototype !== null && getPrototypeOf(prototype) !== null) return refuse(path, 'an instance of a class')
      text = '["O"'
      const names = keys(value)
      for (let i = 0; i < names.length && refused === undefined; i++) {
        const name = names[i] as string
        text += `,${kept(stringify(name), path)},${atom((value as Record<string, unknown>)[name], step(path, name))}`
      }
      return `${text}]`
    }
    const first = atom(root, 'value')
    let nodes = ''
    for (let i = 0; i < count && refused === undefined; i++) {
      const { value, path } = queue[i] as { value: object; path: string }
      delete queue[i]
      nodes += `,${kept(node(value, path), path)}`
    }
    if (refused === undefined) return { ok: true, text: `X[${first}${nodes}]` }
    return refused.what === EXCESS.what ? { ok: false, path: refused.path, what: refused.what, tooLarge: true } : { ok: false, path: refused.path, what: refused.what }
  }
}

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
  const { charCodeAt } = String.prototype
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
        return new DateOf(typeof time === 'number' ? time : Number.NaN)
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
        return Number.NaN
      case 'Infinity':
        return Number.POSITIVE_INFINITY
      case '-Infinity':
        return Number.NEGATIVE_INFINITY
      case 'n':
        return BigIntOf(`${value[1]}`)
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
        for (let i = 1; i + 1 < node.length; i += 2) put(target, `${node[i]}`, atom(node[i + 1], made))
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
