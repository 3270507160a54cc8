// What the engine would do when it pleases, or beside all meters, and what it lacks.
import type { V8Kit } from './v8-kit.ts'

/** Makes finalisers that never run, buffers whose growth is counted, and the upserts of maps. Needs `host`. */
export function memoryPart(kit: V8Kit): void {
  const root = globalThis as unknown as Record<string, unknown>
  const { apply, construct } = Reflect
  const { defineProperty, getOwnPropertyDescriptor } = Object
  const TypeErrorOf = TypeError
  const NumberOf = Number
  const RESERVE = 100
  type Constructor = new (...values: unknown[]) => object
  const add = (target: object, name: PropertyKey, value: unknown): void => {
    defineProperty(target, name, { __proto__: null, value, writable: true, configurable: true } as PropertyDescriptor)
  }

  // The engine calls finalisers outside of any run. Nobody may count on them, so there are none.
  class Registry {
    readonly #isRegistry = true
    constructor(cleanup: unknown) {
      if (typeof cleanup !== 'function') throw new TypeErrorOf('not a function')
    }
    register(target: unknown, _held: unknown, _token?: unknown): void {
      if (
        !this.#isRegistry ||
        ((typeof target !== 'object' || target === null) && typeof target !== 'symbol' && typeof target !== 'function')
      )
        throw new TypeErrorOf('invalid target')
    }
    unregister(_token: unknown): boolean {
      return !this.#isRegistry
    }
  }
  defineProperty(Registry, 'name', { value: 'FinalizationRegistry' })
  defineProperty(Registry.prototype.register, 'length', { value: 2 })
  defineProperty(Registry.prototype, Symbol.toStringTag, { value: 'FinalizationRegistry', configurable: true })
  add(root, 'FinalizationRegistry', Registry)

  // The memory of a buffer that can grow is reserved beside all meters: what it may grow to counts as taken.
  const EngineBuffer = ArrayBuffer as unknown as Constructor & { isView: unknown; prototype: object }
  const BufferOf = function (this: unknown, ...values: unknown[]): object {
    if (new.target === undefined) throw new TypeErrorOf('constructor requires new')
    const options = values[1]
    const most: unknown =
      typeof options === 'object' && options !== null ? (options as { maxByteLength?: unknown }).maxByteLength : undefined
    if (most === undefined) return construct(EngineBuffer, [values[0]], new.target) as object
    const mostBytes = NumberOf(most)
    kit.host(RESERVE, `${mostBytes}`)
    return construct(EngineBuffer, [values[0], { __proto__: null, maxByteLength: mostBytes }], new.target) as object
  } as unknown as Constructor
  defineProperty(BufferOf, 'name', { value: 'ArrayBuffer' })
  defineProperty(BufferOf, 'length', { value: 1 })
  defineProperty(BufferOf, 'prototype', { value: EngineBuffer.prototype, writable: false })
  add(BufferOf, 'isView', EngineBuffer.isView)
  defineProperty(BufferOf, Symbol.species, getOwnPropertyDescriptor(EngineBuffer, Symbol.species) as PropertyDescriptor)
  add(EngineBuffer.prototype, 'constructor', BufferOf)
  add(root, 'ArrayBuffer', BufferOf)

  const upsert = (prototype: object, has: unknown, get: unknown, set: unknown): void => {
    const methods = {
      getOrInsert(this: unknown, key: unknown, value: unknown): unknown {
        if (apply(has as () => boolean, this, [key])) return apply(get as () => unknown, this, [key])
        apply(set as () => void, this, [key, value])
        return value
      },
      getOrInsertComputed(this: unknown, key: unknown, compute: unknown): unknown {
        const known = apply(has as () => boolean, this, [key])
        if (typeof compute !== 'function') throw new TypeErrorOf('not a function')
        if (known) return apply(get as () => unknown, this, [key])
        const value: unknown = apply(compute, undefined, [key])
        apply(set as () => void, this, [key, value])
        return value
      },
    }
    add(prototype, 'getOrInsert', methods.getOrInsert)
    add(prototype, 'getOrInsertComputed', methods.getOrInsertComputed)
  }
  for (const { prototype } of [Map, WeakMap]) upsert(prototype, prototype.has, prototype.get, prototype.set)
}
