// A script calls something that is no function: which method a binding does not have, or, where the runtime says no more than "not a function", what was called.
import { didYouMean } from '../errors/did-you-mean.ts'
import type { LogLevel } from '../model/outcome.ts'

/** The one runtime names what was called, the other does not. */
const UNNAMED = 'not a function'
const NAMED = /^.{1,500} is not a function$/
/** What leads to the method: `ctx.kv.`, `(await load()).`. Only names count. */
const OBJECTS = /(?:[A-Za-z_$][\w$]{0,63}[!?]?\.){0,8}$/
const METHOD = /^[A-Za-z_$][\w$]{0,63}/
/** What every script has, asked for or not. */
const ALWAYS = { log: ['debug', 'info', 'warn', 'error'] satisfies readonly LogLevel[] }
/** Characters of a line before the method. */
const LONGEST_START = 500

/** Where a call is that failed. */
export interface CallPlace {
  /** The text of the line. */
  readonly line: string
  /** Of what is called, from 1; for `a.b()` that of `b`. */
  readonly column: number
}

/** Binding → its methods, as `ctx` has them. */
export type BindingMethods = { readonly [binding: string]: readonly string[] }

/** The hint for a fault, given where it was thrown and the bindings that the script has; undefined where it is about no such call. */
export function hintForMissingMethod(message: string, { line, column }: CallPlace, bindings: BindingMethods): string | undefined {
  if (message !== UNNAMED && !NAMED.test(message)) return undefined
  const method = METHOD.exec(line.slice(column - 1))?.[0]
  if (method === undefined) return undefined
  const start = line.slice(Math.max(0, column - 1 - LONGEST_START), column - 1)
  const objects = OBJECTS.exec(start)?.[0] ?? ''
  return (
    hintForBinding(method, objects, { ...bindings, ...ALWAYS }) ??
    (message === UNNAMED ? describeCalled(method, objects, start) : undefined)
  )
}

/** `ctx.kv.` and `kv.` are the binding; `order.items.kv.` is something else. */
function hintForBinding(method: string, objects: string, bindings: BindingMethods): string | undefined {
  const names = objects.split(/[!?]?\./).slice(0, -1)
  const binding = names.at(-1)
  if (binding === undefined || names.length > 2 || !Object.hasOwn(bindings, binding)) return undefined
  const methods = bindings[binding] ?? []
  if (methods.includes(method)) return undefined
  return `ctx.${binding} has no "${method}".${didYouMean(method, methods) || ` It has ${methods.join(', ')}.`}`
}

/** Behind something that is not made of names, such as the result of a call, the last name has to do. */
function describeCalled(method: string, objects: string, start: string): string {
  const isWhole = !/[\w$.)\]}'"`]$/.test(start.slice(0, start.length - objects.length))
  return `What is called there is "${isWhole ? objects : ''}${method}".`
}
