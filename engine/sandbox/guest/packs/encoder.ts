// TextEncoder: UTF-8, written here.

/** Fills `made` with `TextEncoder`. */
export function encoderPack(_kit: unknown, made: Record<string, unknown>): void {
  const { apply } = Reflect
  const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Object
  const BytesOf = Uint8Array
  const TypeErrorOf = TypeError
  // A call without a list of arguments: these are called once a character.
  const codeAt = apply(Function.prototype.bind, Function.prototype.call, [String.prototype.charCodeAt]) as (
    text: string,
    at: number,
  ) => number
  const typedArray = getPrototypeOf(Uint8Array.prototype) as object
  const getterOf = (key: PropertyKey): (() => never) => getOwnPropertyDescriptor(typedArray, key)?.get as () => never
  const kindOf = getterOf(Symbol.toStringTag)
  const lengthOf = getterOf('length')
  const { slice } = BytesOf.prototype

  /** Writes text as UTF-8 from the start of `bytes`, whole characters only; answers with the units read and the bytes written. */
  const write = (text: string, bytes: Uint8Array, room: number): { read: number; written: number } => {
    let read = 0
    let at = 0
    while (read < text.length) {
      let code = codeAt(text, read)
      if (code < 0x80) {
        if (at === room) break
        bytes[at++] = code
        read++
        continue
      }
      let units = 1
      if (code >= 0xd800 && code < 0xe000) {
        const next = code < 0xdc00 && read + 1 < text.length ? codeAt(text, read + 1) : 0
        if (next >= 0xdc00 && next < 0xe000) {
          code = 0x10000 + ((code & 0x3ff) << 10) + (next & 0x3ff)
          units = 2
        } else code = 0xfffd
      }
      const size = code < 0x800 ? 2 : units === 1 ? 3 : 4
      if (at + size > room) break
      bytes[at++] = size === 2 ? 0xc0 | (code >> 6) : size === 3 ? 0xe0 | (code >> 12) : 0xf0 | (code >> 18)
      if (size === 4) bytes[at++] = 0x80 | ((code >> 12) & 63)
      if (size > 2) bytes[at++] = 0x80 | ((code >> 6) & 63)
      bytes[at++] = 0x80 | (code & 63)
      read += units
    }
    return { read, written: at }
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
      return apply(slice, bytes, [0, write(text, bytes, bytes.length).written]) as Uint8Array
    }
    encodeInto(source: unknown, target: unknown): { read: number; written: number } {
      void this.#encoding
      const text = `${source}`
      if (apply(kindOf, target, []) !== 'Uint8Array') throw new TypeErrorOf('The "dest" argument must be an instance of Uint8Array.')
      return write(text, target as Uint8Array, apply(lengthOf, target, []))
    }
  }

  const tag = { __proto__: null, value: 'TextEncoder', configurable: true } as PropertyDescriptor
  defineProperty(TextEncoder.prototype, Symbol.toStringTag, tag)
  made['TextEncoder'] = TextEncoder
}
