// crypto: random values from the run's own stream, so that a run can be replayed from its seed.
import type { Kit } from '../kit.ts'

/** Fills `made` with `crypto`. */
export function cryptoPack(kit: Pick<Kit, 'host' | 'pack'>, made: Record<string, unknown>): void {
  const { apply } = Reflect
  const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Object
  const { slice } = String.prototype
  // A call without a list of arguments: this is called once a byte.
  const codeAt = apply(Function.prototype.bind, Function.prototype.call, [String.prototype.charCodeAt]) as (
    text: string,
    at: number,
  ) => number
  const { test } = RegExp.prototype
  const { host } = kit
  const BytesOf = Uint8Array
  const TypeErrorOf = TypeError
  const typedArray = getPrototypeOf(Uint8Array.prototype) as object
  const getter = (key: PropertyKey): (() => never) => getOwnPropertyDescriptor(typedArray, key)?.get as () => never
  const kindOf = getter(Symbol.toStringTag)
  const bufferOf = getter('buffer')
  const offsetOf = getter('byteOffset')
  const lengthOf = getter('byteLength')
  const integers = /^(Big)?(Int|Uint)\d+(Clamped)?Array$/
  const RANDOM = 7
  const MOST_BYTES = 65_536
  const key = {}
  const digits = '0123456789abcdef'

  const refused = (name: string, message: string): unknown =>
    (kit.pack('exception')['thrown'] as (name: string, message: string) => unknown)(name, message)
  const byte = (random: string, at: number): number => codeAt(random, at) - 1
  const pair = (value: number): string => `${digits[value >> 4]}${digits[value & 15]}`

  class Crypto {
    readonly #isReal = true
    constructor(given?: unknown) {
      if (given !== key) throw new TypeErrorOf('Illegal constructor')
    }
    getRandomValues(array: unknown): unknown {
      void this.#isReal
      if (array === undefined) throw new TypeErrorOf('The "array" argument must be specified')
      const kind = typeof array === 'object' && array !== null ? apply(kindOf, array, []) : undefined
      if (kind === undefined || !apply(test, integers, [kind]))
        throw refused('TypeMismatchError', 'The data argument must be an integer-type TypedArray')
      const length = apply(lengthOf, array, []) as number
      if (length > MOST_BYTES) throw refused('QuotaExceededError', 'The requested length exceeds 65,536 bytes')
      const bytes = new BytesOf(apply(bufferOf, array, []), apply(offsetOf, array, []), length)
      const random = host(RANDOM, `${length}`) as string
      for (let i = 0; i < length; i++) bytes[i] = codeAt(random, i) - 1
      return array
    }
    randomUUID(): string {
      void this.#isReal
      const random = host(RANDOM, '16') as string
      let text = ''
      for (let i = 0; i < 16; i++) {
        const value = byte(random, i)
        text += pair(i === 6 ? (value & 15) | 64 : i === 8 ? (value & 63) | 128 : value)
      }
      const part = (from: number, to: number): string => apply(slice, text, [from, to]) as string
      return `${part(0, 8)}-${part(8, 12)}-${part(12, 16)}-${part(16, 20)}-${part(20, 32)}`
    }
  }
  defineProperty(Crypto.prototype, Symbol.toStringTag, { __proto__: null, value: 'Crypto', configurable: true } as PropertyDescriptor)
  made['crypto'] = new Crypto(key)
}
