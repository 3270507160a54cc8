// TextEncoder and TextDecoder. Encoding is done here; decoding is the runner's, a chunk at a time.
import type { Kit } from '../kit.ts'

/** Fills `made` with `TextEncoder` and `TextDecoder`. */
export function textPack(kit: Pick<Kit, 'pure'>, made: Record<string, unknown>): void {
  const { apply } = Reflect
  const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Object
  const { slice } = String.prototype
  const { fromCharCode } = String
  const { isView } = ArrayBuffer
  const { min } = Math
  const BytesOf = Uint8Array
  const TypeErrorOf = TypeError
  const RangeErrorOf = RangeError
  // A call without a list of arguments: these are called once a character.
  const codeAt = apply(Function.prototype.bind, Function.prototype.call, [String.prototype.charCodeAt]) as (
    text: string,
    at: number,
  ) => number
  const getterOf = (prototype: object, key: PropertyKey): (() => never) => getOwnPropertyDescriptor(prototype, key)?.get as () => never
  const placesOf = (prototype: object) => ({
    buffer: getterOf(prototype, 'buffer'),
    offset: getterOf(prototype, 'byteOffset'),
    length: getterOf(prototype, 'byteLength'),
  })
  const typedArray = getPrototypeOf(Uint8Array.prototype) as object
  const kindOf = getterOf(typedArray, Symbol.toStringTag)
  const typedPlaces = placesOf(typedArray)
  const viewPlaces = placesOf(DataView.prototype)
  const bufferLength = getterOf(ArrayBuffer.prototype, 'byteLength')
  const { subarray, slice: sliceBytes } = BytesOf.prototype
  /** Bytes in one question to the runner, and in one call of `fromCharCode`. */
  const CHUNK = 32_768
  const SPREAD = 1_024

  const bytesOf = (value: unknown): Uint8Array => {
    if (isView(value)) {
      const places = apply(kindOf, value, []) === undefined ? viewPlaces : typedPlaces
      return new BytesOf(apply(places.buffer, value, []), apply(places.offset, value, []), apply(places.length, value, []))
    }
    try {
      apply(bufferLength, value, [])
    } catch {
      throw new TypeErrorOf('The "input" argument must be an ArrayBuffer or a view of one.')
    }
    return new BytesOf(value as ArrayBuffer)
  }
  /** Bytes as text of one unit a byte. */
  const unitsOf = (bytes: Uint8Array, from: number, to: number): string => {
    let text = ''
    for (let at = from; at < to; at += SPREAD) {
      const part = apply(subarray, bytes, [at, min(at + SPREAD, to)])
      text += apply(fromCharCode, undefined, part as never)
    }
    return text
  }
  /** Writes text as UTF-8 from the start of `bytes`, whole characters only; answers with the units read and the bytes written. */
  const write = (text: string, bytes: Uint8Array, room: number): { read: number; written: number } => {
    let read = 0
    let at = 0
    while (read < text.length) {
      let code = codeAt(text, read)
      let units = 1
      if (code >= 0xd800 && code < 0xe000) {
        const next = code < 0xdc00 && read + 1 < text.length ? codeAt(text, read + 1) : 0
        if (next >= 0xdc00 && next < 0xe000) {
          code = 0x10000 + ((code & 0x3ff) << 10) + (next & 0x3ff)
          units = 2
        } else code = 0xfffd
      }
      const size = code < 0x80 ? 1 : code < 0x800 ? 2 : units === 1 ? 3 : 4
      if (at + size > room) break
      if (size === 1) bytes[at++] = code
      else {
        bytes[at++] = size === 2 ? 0xc0 | (code >> 6) : size === 3 ? 0xe0 | (code >> 12) : 0xf0 | (code >> 18)
        if (size === 4) bytes[at++] = 0x80 | ((code >> 12) & 63)
        if (size > 2) bytes[at++] = 0x80 | ((code >> 6) & 63)
        bytes[at++] = 0x80 | (code & 63)
      }
      read += units
    }
    return { read, written: at }
  }
  const failed = (error: Error, code: string): Error => {
    defineProperty(error, 'code', {
      __proto__: null,
      value: code,
      writable: true,
      enumerable: true,
      configurable: true,
    } as PropertyDescriptor)
    return error
  }

  class TextEncoder {
    readonly #encoding = 'utf-8'
    get encoding(): string {
      return this.#encoding
    }
    encode(source: unknown = ''): Uint8Array {
      void this.#encoding
      const text = `${source}`
      const bytes = new BytesOf(text.length * 3)
      return apply(sliceBytes, bytes, [0, write(text, bytes, bytes.length).written]) as Uint8Array
    }
    encodeInto(source: unknown, target: unknown): { read: number; written: number } {
      void this.#encoding
      const text = `${source}`
      if (!isView(target) || apply(kindOf, target, []) !== 'Uint8Array')
        throw new TypeErrorOf('The "dest" argument must be an instance of Uint8Array.')
      return write(text, target as Uint8Array, apply(typedPlaces.length, target, []))
    }
  }

  class TextDecoder {
    readonly #encoding: string
    readonly #fatal: boolean
    readonly #ignoreBOM: boolean
    /** What the last chunk left unfinished, one unit a byte. */
    #rest = ''
    #isStarted = false
    #isStreaming = false
    constructor(label: unknown = 'utf-8', options?: unknown) {
      const name = kit.pure('encoding', [`${label}`])
      if (typeof name !== 'string') throw failed(new RangeErrorOf(`The "${label}" encoding is not supported`), 'ERR_ENCODING_NOT_SUPPORTED')
      const { fatal, ignoreBOM } = (options ?? {}) as { fatal?: unknown; ignoreBOM?: unknown }
      this.#encoding = name
      this.#fatal = !!fatal
      this.#ignoreBOM = !!ignoreBOM
    }
    get encoding(): string {
      return this.#encoding
    }
    get fatal(): boolean {
      return this.#fatal
    }
    get ignoreBOM(): boolean {
      return this.#ignoreBOM
    }
    decode(input?: unknown, options?: unknown): string {
      const bytes = input === undefined ? new BytesOf(0) : bytesOf(input)
      if (!this.#isStreaming) {
        this.#rest = ''
        this.#isStarted = false
      }
      this.#isStreaming = !!(options as { stream?: unknown } | null | undefined)?.stream
      let text = ''
      let at = 0
      do {
        const end = min(at + CHUNK, bytes.length)
        text += this.#decoded(unitsOf(bytes, at, end), end === bytes.length && !this.#isStreaming)
        at = end
      } while (at < bytes.length)
      return text
    }
    #decoded(units: string, isLast: boolean): string {
      const answer = kit.pure('decode', [this.#encoding, this.#rest + units, this.#fatal, isLast]) as [string, string] | undefined
      this.#rest = answer === undefined ? '' : answer[1]
      if (answer === undefined)
        throw failed(new TypeErrorOf(`The encoded data was not valid for encoding ${this.#encoding}`), 'ERR_ENCODING_INVALID_ENCODED_DATA')
      const text = answer[0]
      if (this.#isStarted || text === '') return text
      this.#isStarted = true
      return !this.#ignoreBOM && codeAt(text, 0) === 0xfeff && this.#encoding[0] === 'u' ? (apply(slice, text, [1]) as string) : text
    }
  }

  for (const [name, value] of [
    ['TextEncoder', TextEncoder],
    ['TextDecoder', TextDecoder],
  ] as const) {
    defineProperty(value.prototype, Symbol.toStringTag, { __proto__: null, value: name, configurable: true } as PropertyDescriptor)
    made[name] = value
  }
}
