// Faults of codes: the sentence, what to do about it, and where the documentation says more.
import type { ScriptFault } from '../model/outcome.ts'
import { CODES, describe, type ErrorCode, type ErrorFacts } from './codes.ts'

/** What to do, where the sentence of a code does not say it. */
const HINTS: { readonly [code in ErrorCode]?: string } = {
  CPU_EXCEEDED: 'Do less in one run, or raise the limit "cpu" in the policy.',
  WALL_EXCEEDED: 'Wait for less in one run, or raise the limit "wall" in the policy.',
  MEMORY_EXCEEDED: 'Keep less at once, or raise the limit "memory" in the policy.',
  STACK_EXCEEDED: 'Look for a function that calls itself without end; or raise the limit "stack" in the policy.',
  OUTPUT_EXCEEDED: 'Return less, or raise the limit "output" in the policy.',
  HOST_CALLS_EXCEEDED: 'Ask for more with each call, or raise the limit "hostCalls" in the policy.',
  LOAD_CPU_EXCEEDED: 'Compute in a handler instead, or raise the limit "loadCpu" in the policy.',
  LOAD_MEMORY_EXCEEDED: 'Make it in a handler instead, or raise the limit "memory" in the policy.',
  HOST_CALL_DENIED: 'Name it in the "needs" of the script, and grant it with "allow" in the policy.',
}

/** What is beside the sentence of a code. */
export type Advice = Pick<ScriptFault, 'hint' | 'docs'>

/** The fault of a code of the table. */
export function codeFault<C extends ErrorCode>(code: C, ...facts: ErrorFacts<C>): ScriptFault {
  return { code, name: 'Error', message: describe(code, ...facts), ...adviceOn(code) }
}

/** The advice on a code; none on codes that scripts made up, and on a script's ordinary exceptions. `hint` goes before that of the table. */
export function adviceOn(code: string, hint: string | undefined = hintOf(code)): Advice {
  const docs = docsOf(code)
  return { ...(hint === undefined ? {} : { hint }), ...(docs === undefined ? {} : { docs }) }
}

/** What to do about a code of the table, where its sentence does not say it. */
export function hintOf(code: string): string | undefined {
  return Object.hasOwn(HINTS, code) ? HINTS[code as ErrorCode] : undefined
}

/** Where the docs say more about a code; undefined for codes that scripts made up, and for a script's ordinary exceptions. */
export function docsOf(code: string): string | undefined {
  return Object.hasOwn(CODES, code) && code !== 'EXCEPTION' ? `docs/errors.md#${code}` : undefined
}
