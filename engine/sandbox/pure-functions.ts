// The pure functions of the runner behind the sandbox's one import: they know nothing of scripts and change nothing.
import { CODES, describe, type ErrorCode, type ErrorFacts } from '../errors/codes.ts'
import type { PureFunction } from './pure/pure-function.ts'
import { atob, btoa, decode, encoding } from './pure/text.ts'
import { unescapeRun, url, urlWith } from './pure/url.ts'

/** The sentence of a code of the table. */
const sentence: PureFunction = ([code, ...facts]) => {
  if (typeof code !== 'string' || !Object.hasOwn(CODES, code)) return undefined
  return describe(code as ErrorCode, ...(facts as unknown as ErrorFacts<ErrorCode>))
}

const PURE_FUNCTIONS: Readonly<Record<string, PureFunction>> = Object.freeze({
  __proto__: null as never,
  sentence,
  url,
  urlWith,
  unescapeRun,
  encoding,
  decode,
  btoa,
  atob,
})

/** Calls a pure function with JSON arguments. Undefined where there is no such function or it refuses its arguments. */
export function callPure(name: string, json: string): string | undefined {
  try {
    const args: unknown = JSON.parse(json)
    return Array.isArray(args) ? JSON.stringify(PURE_FUNCTIONS[name]?.(args)) : undefined
  } catch {
    return undefined // hostile arguments: the guest is told nothing
  }
}
