// Errors, and stacks as the other runtime writes them.
import type { V8Kit } from './v8-kit.ts'

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
