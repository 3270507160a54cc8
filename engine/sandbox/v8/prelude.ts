// What V8 needs before the guest's parts: the same globals, clock and chance as the other runtime, and errors whose stacks read alike.
// Each part is evaluated inside, in strict mode, before any script. `ask`, `terminate` and `collect` are given by the base.
import type { HostOp, Kit } from '../guest/kit.ts'

/** What V8 adds to the kit. */
export interface V8Kit extends Kit {
  /** The host's callback, once there is a cell: answers with text, nothing, or a number when the guest must stop at once. */
  ask: (op: number, text: string) => string | number | undefined
  /** Ends everything that runs, jobs included; nothing can catch it. */
  terminate: () => void
  /** Collects garbage. */
  collect: () => void
  /** The guest's clock: ms since 1970. */
  now: number
  /** Does what can only be done in a new context: the engine adds its younger features after the snapshot. Removes the way in. */
  complete: () => void
  /** Sets what `Math.random` starts from: 16 hex digits. */
  setSeed: (seed: string) => void
}

/** Removes what cannot be metered and what the other runtime lacks; adds what it has. Adds `host` to the kit. */
export function globalsPart(kit: V8Kit): void {
  const root = globalThis as unknown as Record<string, never>
  const { apply, deleteProperty } = Reflect
  const { defineProperty, getPrototypeOf, prototype: ObjectPrototype, setPrototypeOf } = Object
  const { indexOf, slice } = String.prototype
  const TypeErrorOf = TypeError
  const MOST_CHARS = 33_554_432

  const host: HostOp = (op, text) => {
    const answer = text.length > MOST_CHARS ? undefined : kit.ask(op, text)
    if (typeof answer !== 'number') return answer
    kit.terminate()
    return undefined
  }
  kit.host = host

  const unwanted: [object, string[]][] = [
    [root, ['SuppressedError', 'DisposableStack', 'AsyncDisposableStack', 'console']],
    [RegExp, ['input', '$_', 'lastMatch', '$&', 'lastParen', '$+', 'leftContext', '$`', 'rightContext', "$'"]],
    [RegExp, ['$1', '$2', '$3', '$4', '$5', '$6', '$7', '$8', '$9']],
    [JSON, ['rawJSON', 'isRawJSON']],
    [Array, ['fromAsync']],
  ]
  for (const [owner, names] of unwanted) for (const name of names) deleteProperty(owner, name)
  // The engine adds its younger features to each context anew, after the snapshot.
  kit.complete = () => {
    deleteProperty(root, 'WebAssembly')
    deleteProperty(root, 'SharedArrayBuffer')
    deleteProperty(root, 'Atomics')
    deleteProperty(root, 'vivarium')
    setPrototypeOf(root, ObjectPrototype)
  }
  defineProperty(root, Symbol.toStringTag, { __proto__: null, value: 'global', configurable: true } as PropertyDescriptor)

  const replace = (target: object, name: string, value: unknown): void => {
    defineProperty(target, name, { __proto__: null, value, writable: true, configurable: true } as PropertyDescriptor)
  }
  // The source of functions is nobody's business.
  const AsyncPrototype = getPrototypeOf(async () => {}) as object
  const GeneratorPrototype = getPrototypeOf(function* () {}) as object
  const AsyncGeneratorPrototype = getPrototypeOf(async function* () {}) as object
  const kindOf = (prototype: object | null): string =>
    prototype === AsyncPrototype
      ? 'async function '
      : prototype === GeneratorPrototype
        ? 'function *'
        : prototype === AsyncGeneratorPrototype
          ? 'async function *'
          : 'function '
  replace(
    Function.prototype,
    'toString',
    {
      toString(this: unknown): string {
        if (typeof this !== 'function') throw new TypeErrorOf('not a function')
        const name: unknown = this.name
        return `${kindOf(getPrototypeOf(this) as object | null) + (name === undefined ? '' : name)}() {\n    [native code]\n}`
      },
    }.toString,
  )

  // Time stands still, in one zone that has no name.
  const EngineDate = Date
  const { construct } = Reflect
  const { toString: dateText, toTimeString: timeText } = EngineDate.prototype
  const unnamed = (text: string): string => {
    const at = apply(indexOf, text, [' (']) as number
    return at < 0 ? text : (apply(slice, text, [0, at]) as string)
  }
  const methods = {
    toString(this: unknown): string {
      return unnamed(apply(dateText, this, []) as string)
    },
    toTimeString(this: unknown): string {
      return unnamed(apply(timeText, this, []) as string)
    },
    now: () => kit.now,
  }
  replace(EngineDate.prototype, 'toString', methods.toString)
  replace(EngineDate.prototype, 'toTimeString', methods.toTimeString)
  replace(EngineDate, 'now', methods.now)
  const DateOf = function (this: unknown, ...values: unknown[]): unknown {
    if (new.target === undefined) return unnamed(apply(dateText, new EngineDate(kit.now), []) as string)
    return construct(EngineDate, values.length === 0 ? [kit.now] : values, new.target)
  } as unknown as DateConstructor
  defineProperty(DateOf, 'name', { value: 'Date' })
  defineProperty(DateOf, 'length', { value: 7 })
  defineProperty(DateOf, 'prototype', { value: EngineDate.prototype, writable: false })
  for (const name of ['now', 'parse', 'UTC'] as const) replace(DateOf, name, EngineDate[name])
  replace(EngineDate.prototype, 'constructor', DateOf)
  replace(root, 'Date', DateOf)
}

/** What the engine would do when it pleases, or without being metered; and what it lacks. */
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

/** `Math.random` as the other runtime computes it: xorshift64*, in halves of 32 bits. Adds `setSeed` to the kit. */
export function chancePart(kit: V8Kit): void {
  const { defineProperty } = Object
  const { imul } = Math
  const FACTOR_HIGH = 0x2545f491
  const FACTOR_LOW = 0x4f6cdd1d
  const { apply } = Reflect
  const { slice } = String.prototype
  const parse = parseInt
  let seed = ''
  let low = 1
  let high = 0

  kit.setSeed = (digits) => {
    seed = digits
  }
  /** The upper half of the product of two words. */
  const upper = (a: number, b: number): number => {
    const a0 = a & 0xffff
    const a1 = a >>> 16
    const b0 = b & 0xffff
    const b1 = b >>> 16
    const middle = a1 * b0 + ((a0 * b0) >>> 16)
    const lower = a0 * b1 + (middle & 0xffff)
    return a1 * b1 + (middle >>> 16) + (lower >>> 16)
  }
  const { random } = {
    random(): number {
      if (seed !== '') {
        low = parse(apply(slice, seed, [0, 8]) as string, 16) | 1 // a state of 0 would stay 0
        high = parse(apply(slice, seed, [8, 16]) as string, 16) | 0
        seed = ''
      }
      low ^= (low >>> 12) | (high << 20)
      high ^= high >>> 12
      high ^= (high << 25) | (low >>> 7)
      low ^= low << 25
      low ^= (low >>> 27) | (high << 5)
      high ^= high >>> 27
      const productLow = imul(low, FACTOR_LOW) >>> 0
      const productHigh = (upper(low >>> 0, FACTOR_LOW) + imul(low, FACTOR_HIGH) + imul(high, FACTOR_LOW)) >>> 0
      return (productHigh * 1_048_576 + (productLow >>> 12)) / 4_503_599_627_370_496
    },
  }
  defineProperty(Math, 'random', { __proto__: null, value: random, writable: true, configurable: true } as PropertyDescriptor)
}

/**
 * Errors. The engine looks for its settings on the constructors of errors: scripts are given others, which make the same errors. What the engine itself
 * throws when its stack is full has a prototype that nothing which a script constructs has, and stacks are written as the other runtime writes them.
 */
export function errorsPart(_kit: V8Kit): void {
  const root = globalThis as unknown as Record<string, unknown>
  const { apply, construct, deleteProperty } = Reflect
  const { defineProperty, setPrototypeOf } = Object
  const { includes } = String.prototype
  type Constructor = (new (...values: unknown[]) => object) & { prototype: object }
  const own = (target: object, name: PropertyKey, value: unknown): void => {
    defineProperty(target, name, { __proto__: null, value, writable: true, enumerable: false, configurable: true } as PropertyDescriptor)
  }
  const standIn = (name: string, Engine: Constructor, prototype: object): Constructor => {
    const Made = function (this: unknown, ...values: unknown[]): object {
      const error = construct(Engine, values, Made) as object
      if (new.target === undefined || (new.target as unknown) === Made) return error
      // The engine leaves out of a stack whoever it takes for the constructor: a class of the script is to be seen in it.
      const own: unknown = new.target.prototype
      if ((typeof own === 'object' && own !== null) || typeof own === 'function') setPrototypeOf(error, own)
      return error
    } as unknown as Constructor
    defineProperty(Made, 'name', { value: name })
    defineProperty(Made, 'length', { value: 1 })
    defineProperty(Made, 'prototype', { value: prototype, writable: false })
    own(prototype, 'constructor', Made)
    own(root, name, Made)
    return Made
  }
  const EngineError = Error as unknown as Constructor
  const EngineRangeError = RangeError as unknown as Constructor
  const ErrorOf = standIn('Error', EngineError, EngineError.prototype)
  const late = EngineError as unknown as { isError(value: unknown): boolean }
  const { isError } = { isError: (value: unknown): boolean => late.isError(value) }
  own(ErrorOf, 'isError', isError)
  for (const name of ['AggregateError', 'EvalError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError'])
    setPrototypeOf(root[name] as object, ErrorOf)
  const rangePrototype = setPrototypeOf({}, EngineError.prototype) as object
  setPrototypeOf(standIn('RangeError', EngineRangeError, rangePrototype), ErrorOf)
  own(rangePrototype, 'name', 'RangeError')
  own(rangePrototype, 'message', '')
  own(root, 'InternalError', EngineRangeError)

  interface Site {
    getFunctionName(): string | null
    getFileName(): string | null | undefined
    getScriptNameOrSourceURL(): string | null
    getLineNumber(): number | null
    getColumnNumber(): number | null
    isNative(): boolean
    isAsync(): boolean
  }
  const describe = (site: Site): string => {
    // A script that names itself otherwise is still the script; what the bootstrap evaluates has no other name.
    const file = site.getFileName() ?? site.getScriptNameOrSourceURL()
    if (file === 'vivarium' || site.isAsync()) return ''
    const name = site.getFunctionName()
    // With a dot in it, a name is one that the engine made up.
    const shown = `    at ${name === null || name === '' || apply(includes, name, ['.']) ? '<anonymous>' : name}`
    if (typeof file !== 'string' || file === '') return `${shown} (native)\n`
    return `${shown} (${file}:${site.getLineNumber()}:${site.getColumnNumber()})\n`
  }
  // No script reaches this constructor, so nothing guards it. How many frames an error keeps is a switch of the process.
  own(EngineError, 'prepareStackTrace', (_error: unknown, sites: Site[]) => {
    let text = ''
    for (let i = 0; i < sites.length; i++) text += describe(sites[i] as Site)
    return text
  })
  deleteProperty(EngineError, 'captureStackTrace')
}
