// The slow path of the codec, writing: Date, Map, Set, BigInt, Uint8Array, undefined, NaN, -0, infinities and cycles, as a flat table of nodes,
// so that neither depth nor cycles cost stack. What is referred to often counts as often, and nothing is very deep: whoever reads the value
// on the other side may follow every reference, one stack frame a level.
import type { Encoded, Kit } from './kit.ts'

/** Adds `encodeGraph` to the kit. */
export function graphEncoderPart(kit: Pick<Kit, 'encodeGraph'>): void {
  const { stringify } = JSON
  const { getPrototypeOf, keys, is } = Object
  const { isArray } = Array
  const { apply } = Reflect
  const { isFinite: isFiniteNumber, POSITIVE_INFINITY } = Number
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
  const sizeOf = Object.getOwnPropertyDescriptor(getPrototypeOf(bytesPrototype), 'length')?.get as () => number
  const bigintText = BigInt.prototype.toString
  const identifier = /^[A-Za-z_$][\w$]*$/
  const DEEPEST = 1_000
  const { NaN: NOT_A_NUMBER } = Number
  const EXCESS = 'larger than the limit, or nested too deeply'
  type Numbers = Record<number, number>

  /**
   * How many characters the nodes come to for a reader that follows every reference each time it meets it, up to the first reference to an enclosing node;
   * infinite where it would go too deep. The edges of node `n` are those from `starts[n]` to `starts[n + 1]`.
   */
  const unrolled = (count: number, own: Numbers, edges: Numbers, starts: Numbers): number => {
    const ON_PATH = -1
    const sizes = { __proto__: null } as unknown as Numbers
    const heights = { __proto__: null } as unknown as Numbers
    const path = { __proto__: null } as unknown as Numbers
    const at = { __proto__: null } as unknown as Numbers
    const sums = { __proto__: null } as unknown as Numbers
    const enter = (node: number, depth: number): void => {
      path[depth] = node
      at[depth] = starts[node] as number
      sums[depth] = own[node] as number
      sizes[node] = ON_PATH
      heights[node] = 1
    }
    if (count === 0) return 0
    enter(0, 0)
    for (let depth = 0; depth >= 0; ) {
      const node = path[depth] as number
      const edge = at[depth] as number
      if (edge === starts[node + 1]) {
        sizes[node] = sums[depth] as number
        if (--depth < 0) break
        sums[depth] = (sums[depth] as number) + (sizes[node] as number)
        const parent = path[depth] as number
        const height = (heights[node] as number) + 1
        if (height > DEEPEST) return POSITIVE_INFINITY
        if (height > (heights[parent] as number)) heights[parent] = height
        continue
      }
      at[depth] = edge + 1
      const child = edges[edge] as number
      const size = sizes[child]
      if (size === undefined) enter(child, ++depth)
      else if (size !== ON_PATH) {
        sums[depth] = (sums[depth] as number) + size
        const height = (heights[child] as number) + 1
        if (height > DEEPEST) return POSITIVE_INFINITY
        if (height > (heights[node] as number)) heights[node] = height
      }
    }
    return sizes[0] as number
  }

  kit.encodeGraph = (root, maxChars): Encoded => {
    const numbers = new MapOf<object, number>()
    const queue = { __proto__: null } as unknown as Record<number, { value: object; path: string; depth: number }>
    const edges = { __proto__: null } as unknown as Numbers
    const starts = { __proto__: null } as unknown as Numbers
    const own = { __proto__: null } as unknown as Numbers
    let edgeCount = 0
    let depth = 0
    let isShared = false
    let count = 0
    let room = maxChars
    let refused: { path: string; what: string } | undefined
    const refuse = (path: string, what: string): string => {
      refused ??= { path, what }
      return ''
    }
    const kept = (text: string, path: string): string => {
      room -= text.length + 1
      return room < 0 ? refuse(path, EXCESS) : text
    }
    const step = (path: string, key: string): string => {
      const shown = apply(slice, key, [0, 100]) as string
      return apply(test, identifier, [shown]) ? path + '.' + shown : path + '[' + stringify(shown) + ']'
    }
    const atom = (value: unknown, path: string): string => {
      if (refused !== undefined) return ''
      switch (typeof value) {
        case 'string':
          return value.length > room ? refuse(path, EXCESS) : kept(stringify(value), path)
        case 'boolean':
          return kept(value ? 'true' : 'false', path)
        case 'number':
          return kept(is(value, -0) ? '["-0"]' : isFiniteNumber(value) ? '' + value : '["' + value + '"]', path)
        case 'bigint':
          // In hexadecimal: both ends write and read that in the time that its length takes.
          return kept('["n","' + apply(bigintText, value, [16]) + '"]', path)
        case 'undefined':
          return kept('["u"]', path)
        case 'object': {
          if (value === null) return kept('null', path)
          let number = apply(get, numbers, [value]) as number | undefined
          if (number === undefined) {
            if (depth >= DEEPEST) return refuse(path, EXCESS)
            number = count++
            apply(set, numbers, [value, number])
            queue[number] = { value, path, depth: depth + 1 }
          } else isShared = true
          edges[edgeCount++] = number
          return kept('[' + number + ']', path)
        }
        default:
          return refuse(path, typeof value === 'symbol' ? 'a symbol' : 'a function')
      }
    }
    const bytes = (value: object, path: string): string => {
      const size = apply(sizeOf, value, []) as number
      if (size > room) return refuse(path, EXCESS)
      let text = ''
      const one = value as Uint8Array
      let at = 0
      // By index alone: a list of arguments made of the array would ask for its length, which a script can replace.
      for (; at + 3 < size; at += 4)
        text += fromCharCode(one[at] as number, one[at + 1] as number, one[at + 2] as number, one[at + 3] as number)
      for (; at < size; at++) text += fromCharCode(one[at] as number)
      return '["B",' + kept(stringify(text), path) + ']'
    }
    const node = (value: object, path: string): string => {
      let text: string
      if (isArray(value)) {
        if (value.length > room) return refuse(path, EXCESS)
        text = '["A"'
        for (let i = 0; i < value.length; i++) text += ',' + atom(value[i], path + '[' + i + ']')
        return text + ']'
      }
      const prototype = getPrototypeOf(value)
      let index = 0
      switch (prototype) {
        case datePrototype: {
          const time = apply(getTime, value, []) as number
          return '["D",' + (is(time, NOT_A_NUMBER) ? 'null' : time) + ']'
        }
        case mapPrototype:
          text = '["M"'
          apply(forEach, value, [
            (item: unknown, key: unknown): void => {
              text += ',' + atom(key, path + '.key(' + index + ')') + ',' + atom(item, path + '.get(' + index++ + ')')
            },
          ])
          return text + ']'
        case setPrototype:
          text = '["S"'
          apply(setForEach, value, [
            (item: unknown): void => {
              text += ',' + atom(item, path + '[' + index++ + ']')
            },
          ])
          return text + ']'
        case bytesPrototype:
          return bytes(value, path)
      }
      if (prototype !== objectPrototype && prototype !== null && getPrototypeOf(prototype) !== null) {
        // Node's Buffer is one.
        return getPrototypeOf(prototype) === bytesPrototype ? bytes(value, path) : refuse(path, 'an instance of a class')
      }
      text = '["O"'
      const names = keys(value)
      for (let i = 0; i < names.length && refused === undefined; i++) {
        const name = names[i] as string
        text += ',' + kept(stringify(name), path) + ',' + atom((value as Record<string, unknown>)[name], step(path, name))
      }
      return text + ']'
    }
    const first = atom(root, 'value')
    edgeCount = 0
    let nodes = ''
    for (let i = 0; i < count && refused === undefined; i++) {
      const entry = queue[i] as { value: object; path: string; depth: number }
      delete queue[i]
      depth = entry.depth
      starts[i] = edgeCount
      const text = kept(node(entry.value, entry.path), entry.path)
      own[i] = text.length
      nodes += ',' + text
    }
    starts[count] = edgeCount
    if (isShared && refused === undefined && unrolled(count, own, edges, starts) > maxChars) refuse('value', EXCESS)
    if (refused === undefined) return { ok: true, text: 'X[' + first + nodes + ']' }
    return { ok: false, path: refused.path, what: refused.what, tooLarge: refused.what === EXCESS }
  }
}
