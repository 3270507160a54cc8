// What a guest says of a failed run, read with care: the bootstrap wrote it, but nothing is believed that came out of a sandbox.
import type { GuestFault } from '../model/outcome.ts'

const MOST_CAUSES = 3
const UNREADABLE: GuestFault = Object.freeze({ name: 'Error', message: '', stack: '' })

/** The fault of an answer: one letter, then JSON. Never throws. */
export function readFault(answer: string): GuestFault {
  return faultOf(parse(answer.slice(1)), 0)
}

/** Where a result cannot leave the sandbox, and what is there: one letter, then JSON of a pair. Never throws. */
export function readFlaw(answer: string): { readonly path: string; readonly what: string } {
  const pair = parse(answer.slice(1))
  const [path, what] = Array.isArray(pair) ? (pair as unknown[]) : []
  return { path: textOr(path, 'value'), what: textOr(what, 'malformed') }
}

function faultOf(value: unknown, depth: number): GuestFault {
  if (typeof value !== 'object' || value === null) return UNREADABLE
  const { name, message, stack, code, cause } = value as Readonly<Record<string, unknown>>
  return {
    name: textOr(name, 'Error'),
    message: textOr(message, ''),
    stack: textOr(stack, ''),
    ...(typeof code === 'string' ? { code } : {}),
    ...(cause === undefined || depth === MOST_CAUSES ? {} : { cause: faultOf(cause, depth + 1) }),
  }
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined // no bootstrap wrote this
  }
}
