// structuredClone, with a list of what is still to be filled instead of recursion: neither depth nor cycles cost stack.
import type { Kit } from '../kit.ts'

/** Fills `made` with `structuredClone`. */
export function clonePack(kit: Pick<Kit, 'pack'>, made: Record<string, unknown>): void {
  const { apply, construct } = Reflect
  const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf, hasOwn, keys } = Object
  const { isArray } = Array
  const { isView } = ArrayBuffer
  const isError = (Error as unknown as { isError(value: unknown): boolean }).isError
  const ObjectOf = Object
  const MapOf = Map
  const SetOf = Set
  const DateOf = Date
  const RegExpOf = RegExp
  const BufferOf = ArrayBuffer
  const BytesOf = Uint8Array
  const DataViewOf = DataView
  const TypeErrorOf = TypeError
  const { get: mapGet, set: mapSet, has: mapHas, forEach: mapForEach } = Map.prototype
  const { add: setAdd, forEach: setForEach, has: setHas } = Set.prototype
  const { set: copyBytes } = Uint8Array.prototype
  const { transfer } = ArrayBuffer.prototype as unknown as { transfer(): ArrayBuffer }
  const getterOf = (prototype: object, name: PropertyKey): (() => never) => getOwnPropertyDescriptor(prototype, name)?.get as () => never
  const typedArray = getPrototypeOf(Uint8Array.prototype) as object
  const kindOf = getterOf(typedArray, Symbol.toStringTag)
  const placesOf = (prototype: object, length: string) => ({
    buffer: getterOf(prototype, 'buffer'),
    offset: getterOf(prototype, 'byteOffset'),
    length: getterOf(prototype, length),
  })
  const typedPlaces = placesOf(typedArray, 'length')
  const viewPlaces = placesOf(DataView.prototype, 'byteLength')
  const lengthOf = getterOf(ArrayBuffer.prototype, 'byteLength')
  const mostOf = getterOf(ArrayBuffer.prototype, 'maxByteLength')
  const resizes = getterOf(ArrayBuffer.prototype, 'resizable')
  const isDetached = getterOf(ArrayBuffer.prototype, 'detached')
  const sourceOf = getterOf(RegExp.prototype, 'source')
  const flagsOf = getterOf(RegExp.prototype, 'flags')
  const { getTime } = Date.prototype
  const objectPrototype = Object.prototype
  type Constructor = new (...values: unknown[]) => object
  const typed: Record<string, Constructor> = { __proto__: null as never }
  const errors: Record<string, Constructor> = { __proto__: null as never }
  const root = globalThis as unknown as Record<string, Constructor>
  for (const kind of [
    'Int8',
    'Uint8',
    'Uint8Clamped',
    'Int16',
    'Uint16',
    'Int32',
    'Uint32',
    'Float16',
    'Float32',
    'Float64',
    'BigInt64',
    'BigUint64',
  ]) {
    typed[`${kind}Array`] = root[`${kind}Array`] as Constructor
  }
  for (const kind of ['Error', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError'])
    errors[kind] = root[kind] as Constructor

  const refused = (what: string): unknown =>
    (kit.pack('exception')['thrown'] as (name: string, message: string) => unknown)('DataCloneError', `${what} could not be cloned.`)
  const put = (target: object, key: PropertyKey, value: unknown, enumerable = true): void => {
    defineProperty(target, key, { __proto__: null, value, writable: true, enumerable, configurable: true } as PropertyDescriptor)
  }

  /** Copies the state of one object; its values are asked for from `copy` once everything that it can reach has a place. */
  type Fill = (copy: (value: unknown) => unknown) => void
  interface Shell {
    readonly target: object
    readonly fill?: Fill
  }
  const ordinary = (value: object): Shell => {
    const target: object = isArray(value) ? [] : {}
    if (isArray(value)) (target as unknown[]).length = value.length
    const fill: Fill = (copy) => {
      const names = keys(value)
      for (let i = 0; i < names.length; i++) {
        const name = names[i] as string
        if (hasOwn(value, name)) put(target, name, copy((value as Record<string, unknown>)[name]))
      }
    }
    return { target, fill }
  }
  const buffer = (value: object): Shell => {
    const length = apply(lengthOf, value, []) as number
    if (apply(isDetached, value, [])) throw refused('A detached ArrayBuffer')
    const target = apply(resizes, value, [])
      ? new BufferOf(length, { maxByteLength: apply(mostOf, value, []) } as never)
      : new BufferOf(length)
    apply(copyBytes, new BytesOf(target), [new BytesOf(value as ArrayBuffer)])
    return { target }
  }
  const error = (value: object): Shell => {
    const { DOMException, isException } = kit.pack('exception') as { DOMException: Constructor; isException(value: object): boolean }
    const { name, message } = value as Error
    if (isException(value)) return { target: new DOMException(message, name) }
    const target = new ((typeof name === 'string' ? errors[name] : undefined) ?? (errors['Error'] as Constructor))()
    for (const key of ['stack', 'message'] as const) {
      const own = getOwnPropertyDescriptor(value, key)
      if (own !== undefined && hasOwn(own, 'value')) put(target, key, `${own.value}`, false)
    }
    return hasOwn(value, 'cause') ? { target, fill: (copy) => put(target, 'cause', copy((value as Error).cause), false) } : { target }
  }
  const map = (value: object): Shell => {
    const target = new MapOf()
    const fill: Fill = (copy) => apply(mapForEach, value, [(item: unknown, key: unknown) => apply(mapSet, target, [copy(key), copy(item)])])
    return { target, fill }
  }
  const set = (value: object): Shell => {
    const target = new SetOf()
    return { target, fill: (copy) => apply(setForEach, value, [(item: unknown) => apply(setAdd, target, [copy(item)])]) }
  }
  const boxed =
    (read: () => unknown) =>
    (value: object): Shell => ({ target: ObjectOf(apply(read, value, [])) as object })
  const never = (what: string) => (): never => {
    throw refused(what)
  }

  // The prototype on which objects of a kind rest, a getter or method that only they answer to, and how they are copied.
  const kinds = new MapOf<
    object,
    { readonly isOne?: (() => unknown) | ((value: never) => unknown); readonly shell: (value: object) => Shell }
  >()
  const kind = (prototype: object, isOne: ((...values: never[]) => unknown) | undefined, shell: (value: object) => Shell): void => {
    apply(mapSet, kinds, [prototype, { isOne, shell }])
  }
  kind(Date.prototype, getTime, (value) => ({ target: new DateOf(apply(getTime, value, [])) }))
  kind(RegExp.prototype, sourceOf, (value) => ({ target: new RegExpOf(apply(sourceOf, value, []), apply(flagsOf, value, [])) }))
  kind(Map.prototype, mapHas, map)
  kind(Set.prototype, setHas, set)
  kind(ArrayBuffer.prototype, lengthOf, buffer)
  kind(Number.prototype, Number.prototype.valueOf, boxed(Number.prototype.valueOf))
  kind(String.prototype, String.prototype.valueOf, boxed(String.prototype.valueOf))
  kind(Boolean.prototype, Boolean.prototype.valueOf, boxed(Boolean.prototype.valueOf))
  kind(BigInt.prototype, BigInt.prototype.valueOf, boxed(BigInt.prototype.valueOf))
  kind(Symbol.prototype, Symbol.prototype.valueOf, never('A Symbol object'))
  kind(Promise.prototype, undefined, never('A Promise'))
  kind(WeakMap.prototype, WeakMap.prototype.has, never('A WeakMap'))
  kind(WeakSet.prototype, WeakSet.prototype.has, never('A WeakSet'))
  kind(WeakRef.prototype, WeakRef.prototype.deref, never('A WeakRef'))
  kind(FinalizationRegistry.prototype, undefined, never('A FinalizationRegistry'))
  kind(getPrototypeOf(new MapOf().keys()) as object, undefined, never('An iterator'))
  kind(getPrototypeOf(new SetOf().keys()) as object, undefined, never('An iterator'))
  kind(getPrototypeOf([].keys()) as object, undefined, never('An iterator'))
  kind((getPrototypeOf(function* () {}) as { prototype: object }).prototype, undefined, never('A generator'))

  const special = (value: object): Shell | undefined => {
    if (isError(value)) return error(value)
    for (
      let prototype = getPrototypeOf(value);
      prototype !== null && prototype !== objectPrototype;
      prototype = getPrototypeOf(prototype)
    ) {
      const found = apply(mapGet, kinds, [prototype]) as { isOne?: () => unknown; shell: (value: object) => Shell } | undefined
      if (found === undefined) continue
      try {
        if (found.isOne !== undefined) apply(found.isOne, value, [value] as never)
      } catch {
        continue // it only rests on that prototype
      }
      return found.shell(value)
    }
    return undefined
  }

  const clone = (root: unknown): unknown => {
    const known = new MapOf<object, object>()
    const waiting = { __proto__: null } as unknown as Record<number, Fill>
    let count = 0
    const copy = (value: unknown): unknown => {
      if (typeof value === 'function') throw refused('A function')
      if (typeof value === 'symbol') throw refused('A symbol')
      if (typeof value !== 'object' || value === null) return value
      const before = apply(mapGet, known, [value]) as object | undefined
      if (before !== undefined) return before
      const { target, fill } = shellOf(value)
      apply(mapSet, known, [value, target])
      if (fill !== undefined) waiting[count++] = fill
      return target
    }
    const view = (value: object): Shell => {
      const name = apply(kindOf, value, []) as string | undefined
      const places = name === undefined ? viewPlaces : typedPlaces
      const bytes = copy(apply(places.buffer, value, []))
      const kind = name === undefined ? DataViewOf : (typed[name] as Constructor)
      return { target: construct(kind, [bytes, apply(places.offset, value, []), apply(places.length, value, [])]) as object }
    }
    const shellOf = (value: object): Shell => {
      if (isView(value)) return view(value)
      const prototype = getPrototypeOf(value)
      if (prototype === objectPrototype || prototype === null || isArray(value)) return isError(value) ? error(value) : ordinary(value)
      return special(value) ?? ordinary(value)
    }
    const result = copy(root)
    for (let i = 0; i < count; i++) {
      const fill = waiting[i] as Fill
      delete waiting[i]
      fill(copy)
    }
    return result
  }

  /** The buffers that change hands: each once, none of them detached. */
  const readTransfer = (options: unknown): ArrayBuffer[] => {
    if (options === undefined || options === null) return []
    if (typeof options !== 'object' && typeof options !== 'function')
      throw new TypeErrorOf('The options of structuredClone must be an object.')
    const list = (options as { transfer?: Iterable<unknown> }).transfer
    if (list === undefined) return []
    const seen = new SetOf<unknown>()
    const buffers: ArrayBuffer[] = []
    for (const value of list) {
      try {
        apply(lengthOf, value, [])
      } catch {
        throw refused('A value in "transfer" that is not an ArrayBuffer')
      }
      if (apply(setHas, seen, [value])) throw refused('An ArrayBuffer that is twice in "transfer"')
      if (apply(isDetached, value, [])) throw refused('A detached ArrayBuffer')
      apply(setAdd, seen, [value])
      buffers[buffers.length] = value as ArrayBuffer
    }
    return buffers
  }
  const structuredClone = (...given: unknown[]): unknown => {
    if (given.length === 0) throw new TypeErrorOf('The "value" argument must be specified')
    const buffers = readTransfer(given[1])
    const result = clone(given[0])
    // A buffer that changes hands was copied; now its owner loses it.
    for (let i = 0; i < buffers.length; i++) apply(transfer, buffers[i] as ArrayBuffer, [])
    return result
  }
  made['structuredClone'] = structuredClone
}
