// TextDecoder: the runner decodes, a chunk at a time; here is what is left over between chunks.
import type { Kit } from '../kit.ts'

/** Fills `made` with `TextDecoder`. */
export function decoderPack(kit: Pick<Kit, 'pure'>, made: Record<string, unknown>): void {
  const { apply } = Reflect
  const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Object
  const { charCodeAt, slice } = String.prototype
  const { fromCharCode } = String
  const { isView } = ArrayBuffer
  const { min } = Math
  const BytesOf = Uint8Array
  const TypeErrorOf = TypeError
  const RangeErrorOf = RangeError
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
  const { subarray } = BytesOf.prototype
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
      return !this.#ignoreBOM && apply(charCodeAt, text, [0]) === 0xfeff && this.#encoding[0] === 'u'
        ? (apply(slice, text, [1]) as string)
        : text
    }
  }

  const tag = { __proto__: null, value: 'TextDecoder', configurable: true } as PropertyDescriptor
  defineProperty(TextDecoder.prototype, Symbol.toStringTag, tag)
  made['TextDecoder'] = TextDecoder
}
