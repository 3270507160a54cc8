// The realm before any script: engine errors as everywhere else, no shared memory, lazy globals, errors that come from outside.
import type { Kit } from './kit.ts'

/** Adds `table`, `expose`, `pack`, `pure`, `coded` and `refusal` to the kit; sets up the globals. */
export function realmPart(kit: Kit): void {
  const { create, defineProperty, setPrototypeOf } = Object
  const { parse, stringify } = JSON
  const { apply } = Reflect
  const { indexOf, slice } = String.prototype
  const ErrorOf = Error
  // biome-ignore lint/security/noGlobalEval: how a pack is loaded
  const evaluate = globalThis.eval
  const root = globalThis as unknown as Record<string, unknown>
  const { host } = kit
  const PURE = 6
  const PACK = 8
  const packs = create(null) as Record<string, Record<string, unknown>>

  const own = (target: object, name: string, value: unknown, enumerable: boolean): void => {
    defineProperty(target, name, { __proto__: null, value, writable: true, enumerable, configurable: true } as PropertyDescriptor)
  }
  kit.table = () => create(null)
  kit.expose = (name, value) => own(root, name, value, false)
  kit.pack = (name) => {
    const known = packs[name]
    if (known !== undefined) return known
    const made = create(null) as Record<string, unknown>
    let fill: (kit: Kit, made: object) => void
    try {
      fill = evaluate(host(PACK, name) as string)
    } finally {
      host(PACK, '')
    }
    fill(kit, made)
    packs[name] = made
    return made
  }
  kit.coded = (refusal, error = new ErrorOf()) => {
    const cut = apply(indexOf, refusal, ['\n']) as number
    own(error, 'message', apply(slice, refusal, [cut + 1]), false)
    own(error, 'code', apply(slice, refusal, [0, cut]), true)
    return error
  }
  kit.pure = (name, values) => {
    let list = ''
    for (let i = 0; i < values.length; i++) list += (i === 0 ? '' : ',') + stringify(values[i])
    const answer = host(PURE, name + '\n[' + list + ']')
    return answer === undefined ? undefined : parse(answer)
  }
  kit.refusal = (facts) => facts[0] + '\n' + kit.pure('sentence', facts)

  // The engine reports a full stack as InternalError; scripts know it as RangeError.
  const internal = (root['InternalError'] as { prototype: object }).prototype
  setPrototypeOf(internal, RangeError.prototype)
  own(internal, 'name', 'RangeError', false)
  own(internal, 'constructor', RangeError, false)
  kit.engineError = internal
  delete root['InternalError']
  delete root['SharedArrayBuffer']
  // What only one of the runtimes has.
  delete (Set as unknown as Record<string, unknown>)['groupBy']
  delete (Math as unknown as Record<string, unknown>)['sumPrecise']
  delete (Iterator as unknown as Record<string, unknown>)['concat']
  for (const name of ['fileName', 'lineNumber', 'columnNumber']) delete (Function.prototype as unknown as Record<string, unknown>)[name]
  for (const name of ['dispose', 'asyncDispose']) {
    if (!(name in Symbol)) defineProperty(Symbol, name, { __proto__: null, value: Symbol('Symbol.' + name) } as PropertyDescriptor)
  }

  // QuickJS gives what it cuts a sign where the top bit is set and the number is long.
  const BigIntOf = BigInt
  const { asUintN: cutBits } = BigInt
  const cutters = {
    asUintN(bits: number, value: bigint): bigint {
      const width = +bits
      const cut = cutBits(width, value)
      return cut < 0n ? cut + (1n << BigIntOf(width - (width % 1))) : cut
    },
  }
  own(BigInt, 'asUintN', cutters.asUintN, false)

  // The engine compiles a template literal to a call of this method by its name: replaced, it would speak for the sandbox's own text.
  defineProperty(String.prototype, 'concat', { __proto__: null, writable: false, configurable: false } as PropertyDescriptor)

  const lazy = (name: string, from: string): void => {
    // Getter and setter are one function, told apart by what they are called with: a second one for each name would be felt in every image.
    const accessor = (...given: unknown[]): unknown => {
      const value = given.length === 0 ? kit.pack(from)[name] : given[0]
      kit.expose(name, value)
      return value
    }
    const property = { __proto__: null, get: accessor, set: accessor, enumerable: false, configurable: true }
    defineProperty(root, name, property as PropertyDescriptor)
  }
  kit.touch = (names) => {
    let at = 0
    while (at < names.length) {
      const space = apply(indexOf, names, [' ', at]) as number
      const end = space < 0 ? names.length : space
      void root[apply(slice, names, [at, end]) as string]
      at = end + 1
    }
  }
  const globals = [
    ['url', 'URL'],
    ['query', 'URLSearchParams'],
    ['encoder', 'TextEncoder'],
    ['decoder', 'TextDecoder'],
    ['clone', 'structuredClone'],
    ['base64', 'atob', 'btoa'],
    ['abort', 'AbortController', 'AbortSignal'],
    ['event', 'Event', 'EventTarget'],
    ['exception', 'DOMException'],
    ['crypto', 'crypto'],
    ['headers', 'Headers'],
    ['request', 'Request'],
    ['response', 'Response'],
  ]
  for (const [from, ...names] of globals as [string, ...string[]][]) for (const name of names) lazy(name, from)
}
