// Anything that was thrown, as bounded text. Reading a thrown value runs the script's getters, so it happens under the run's limits.
import type { Kit } from './kit.ts'

/** Adds `read`, `show`, `reason` and `failed` to the kit; gives scripts their `JSON.parse`. Needs `pack` and `engineError`. */
export function faultsPart(kit: Kit): void {
  const { parse, stringify } = JSON
  const { apply } = Reflect
  const { getOwnPropertyDescriptor, getPrototypeOf, hasOwn, setPrototypeOf } = Object
  const { slice } = String.prototype
  const StringOf = String
  const isError = (Error as unknown as { isError(value: unknown): boolean }).isError
  const MOST_CHARS = 8_192
  const DEEPEST_CAUSE = 3

  const text = (value: unknown, fallback: string): string =>
    typeof value === 'string' ? (apply(slice, value, [0, MOST_CHARS]) as string) : fallback
  kit.read = (value, key) => {
    try {
      return (value as Record<string, unknown>)[key]
    } catch {
      return undefined // a getter that throws has nothing to say
    }
  }
  kit.show = (value) => {
    switch (typeof value) {
      case 'string':
        return value
      case 'bigint':
        return value + 'n'
      case 'function':
        return '[function ' + text(kit.read(value, 'name'), '') + ']'
      case 'object':
        if (value !== null) break
        return 'null'
      default:
        return StringOf(value)
    }
    try {
      // The pack may have met builtins that the script had replaced: whatever it says must be text.
      const shown = (kit.pack('inspect')['inspect'] as (value: unknown) => unknown)(value)
      if (typeof shown === 'string') return shown
    } catch {
      return '[unreadable]' // its getters throw, or it nests without end
    }
    return '[unreadable]'
  }
  const faultOf = (thrown: unknown, depth: number, words?: string): string => {
    if ((typeof thrown !== 'object' && typeof thrown !== 'function') || thrown === null) {
      return '{"name":"Error","message":' + stringify(text('Thrown value: ' + kit.show(thrown), '')) + ',"stack":""}'
    }
    const code = kit.read(thrown, 'code')
    const cause = depth < DEEPEST_CAUSE && hasOwn(thrown, 'cause') ? kit.read(thrown, 'cause') : undefined
    const message = words ?? kit.read(thrown, 'message')
    let json = '{"name":' + stringify(text(kit.read(thrown, 'name'), 'Error'))
    json +=
      ',"message":' + stringify(text(typeof message === 'string' || isError(thrown) ? message : 'Thrown value: ' + kit.show(thrown), ''))
    json += ',"stack":' + stringify(text(kit.read(thrown, 'stack'), ''))
    if (typeof code === 'string') json += ',"code":' + stringify(apply(slice, code, [0, 100]))
    if (cause !== undefined) json += ',"cause":' + faultOf(cause, depth + 1)
    return json + '}'
  }
  // To the engine, a full stack inside JSON.parse is a SyntaxError. The text is made and parsed before any code of the script can throw one like it.
  JSON.parse = {
    parse(text: unknown, reviver: unknown): unknown {
      const json = typeof text === 'symbol' ? (text as unknown as string) : StringOf(text) // of a symbol, the engine says that it is no text
      try {
        const value: unknown = parse(json)
        if (typeof reviver !== 'function') return value
      } catch (error) {
        if (kit.read(error as object, 'message') === 'stack overflow') setPrototypeOf(error as object, kit.engineError)
        throw error
      }
      // With what it read of the source, V8 would give a third argument.
      return parse(json, function (this: unknown, key: string, value: unknown) {
        return apply(reviver, this, [key, value]) as unknown
      })
    },
  }.parse
  const tagOf = (thrown: unknown): string => {
    if (!isError(thrown) || getPrototypeOf(thrown) !== kit.engineError) return 'E'
    switch (kit.read(thrown as object, 'message')) {
      case 'stack overflow':
      case 'Maximum call stack size exceeded':
        return 'S'
      case 'Array buffer allocation failed':
        return 'M'
      default:
        return 'E'
    }
  }
  // Not a word of the script's own: only properties of its own that an error has as plain values are read.
  const plain = (error: object, key: string): string => {
    const value: unknown = getOwnPropertyDescriptor(error, key)?.value
    return typeof value === 'string' ? (apply(slice, value, [0, MOST_CHARS]) as string) : ''
  }
  const kinds = [
    ['TypeError', TypeError.prototype],
    ['RangeError', RangeError.prototype],
    ['SyntaxError', SyntaxError.prototype],
    ['ReferenceError', ReferenceError.prototype],
  ] as const
  kit.reason = (value) => {
    if (!isError(value)) {
      const isTable = (typeof value === 'object' && value !== null) || typeof value === 'function'
      return (
        'E{"name":"Error","message":' + stringify('Thrown value: ' + (isTable ? 'an object' : text(kit.show(value), ''))) + ',"stack":""}'
      )
    }
    const error = value as object
    let name = 'Error'
    for (let i = 0; i < kinds.length; i++) {
      const kind = kinds[i] as (typeof kinds)[number]
      if (getPrototypeOf(error) === kind[1]) name = kind[0]
    }
    return (
      'E{"name":' +
      stringify(name) +
      ',"message":' +
      stringify(plain(error, 'message')) +
      ',"stack":' +
      stringify(plain(error, 'stack')) +
      '}'
    )
  }
  kit.failed = (thrown) => {
    const tag = tagOf(thrown)
    try {
      // Of a full stack, each engine has its own words.
      return tag + faultOf(thrown, 0, tag === 'S' ? 'stack overflow' : undefined)
    } catch (error) {
      const inner = tagOf(error)
      return (inner === 'E' ? tag : inner) + '{"name":"Error","message":"The thrown value cannot be read.","stack":""}'
    }
  }
}
