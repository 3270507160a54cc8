// Bodies of requests and responses: text or bytes, whole, read once.
import type { Kit } from '../kit.ts'

/**
 * Fills `made`, for the packs of `Request` and `Response`, with `bodyOf` (makes a body of what a script gives: undefined, text, bytes, a query), `addBody`
 * (gives a prototype the methods that read it), `cloneBody` and `take` (its content, once).
 */
export function bodyPack(kit: Pick<Kit, 'pack'>, made: Record<string, unknown>): void {
  const { apply } = Reflect
  const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Object
  const { parse } = JSON
  const { toWellFormed } = String.prototype
  const { isView } = ArrayBuffer
  const BytesOf = Uint8Array
  const TypeErrorOf = TypeError
  const { slice } = Uint8Array.prototype
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
  const { TextDecoder } = kit.pack('decoder') as { TextDecoder: new () => object & { decode(bytes: Uint8Array): string } }
  const { TextEncoder } = kit.pack('encoder') as { TextEncoder: new () => object & { encode(text: string): Uint8Array } }
  const { decode } = TextDecoder.prototype as { decode(bytes: Uint8Array): string }
  const { encode } = TextEncoder.prototype as { encode(text: string): Uint8Array }

  interface Body {
    readonly content: string | Uint8Array | undefined
    /** What it is, for a header that says so; empty where nobody knows. */
    readonly type: string
    isUsed: boolean
  }

  const attempt = <T>(step: () => T): T | undefined => {
    try {
      return step()
    } catch {
      return undefined // not of that kind
    }
  }
  const bytesOf = (value: object): Uint8Array | undefined => {
    if (isView(value)) {
      const places = apply(kindOf, value, []) === undefined ? viewPlaces : typedPlaces
      const view = new BytesOf(apply(places.buffer, value, []), apply(places.offset, value, []), apply(places.length, value, []))
      return apply(slice, view, []) as Uint8Array
    }
    return attempt(() => {
      apply(bufferLength, value, [])
      return apply(slice, new BytesOf(value as ArrayBuffer), []) as Uint8Array
    })
  }
  const bodyOf = (given: unknown): Body => {
    if (given === undefined || given === null) return { content: undefined, type: '', isUsed: false }
    if (typeof given === 'object') {
      const bytes = bytesOf(given)
      if (bytes !== undefined) return { content: bytes, type: '', isUsed: false }
      const query = attempt(() => (kit.pack('query')['written'] as (query: unknown) => string)(given))
      if (query !== undefined) return { content: query, type: 'application/x-www-form-urlencoded;charset=UTF-8', isUsed: false }
    }
    return { content: apply(toWellFormed, `${given}`, []) as string, type: 'text/plain;charset=UTF-8', isUsed: false }
  }
  const take = (body: Body): Body['content'] => {
    if (body.isUsed) throw new TypeErrorOf('Body is unusable: Body has already been read')
    if (body.content !== undefined) body.isUsed = true
    return body.content
  }
  const textOf = (content: Body['content']): string =>
    typeof content === 'object' ? (apply(decode, new TextDecoder(), [content]) as string) : (content ?? '')
  const rawOf = (content: Body['content']): Uint8Array =>
    typeof content === 'object' ? content : (apply(encode, new TextEncoder(), [content ?? '']) as Uint8Array)

  const addBody = (prototype: object, stateOf: (self: unknown) => Body): void => {
    const methods = {
      async text(): Promise<string> {
        return textOf(take(stateOf(this)))
      },
      async json(): Promise<unknown> {
        return parse(textOf(take(stateOf(this)))) as unknown
      },
      async bytes(): Promise<Uint8Array> {
        return rawOf(take(stateOf(this)))
      },
      async arrayBuffer(): Promise<ArrayBuffer> {
        return apply(typedPlaces.buffer, rawOf(take(stateOf(this))), []) as ArrayBuffer
      },
      get bodyUsed(): boolean {
        return stateOf(this).isUsed
      },
    }
    const names = ['text', 'json', 'bytes', 'arrayBuffer', 'bodyUsed']
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string
      const found = getOwnPropertyDescriptor(methods, name) as PropertyDescriptor
      found.enumerable = false
      defineProperty(prototype, name, found)
    }
  }
  made['bodyOf'] = bodyOf
  made['addBody'] = addBody
  made['take'] = take
  /** Of what was read, nothing is left to copy. Bytes are handed out as they are: the copy has its own. `owner` is the class, for the message. */
  made['cloneBody'] = (body: Body, owner: string): Body => {
    if (body.isUsed) throw new TypeErrorOf(`${owner}.clone: Body has already been consumed.`)
    const { content, type } = body
    return { content: typeof content === 'object' ? (apply(slice, content, []) as Uint8Array) : content, type, isUsed: false }
  }
}
