// A script's view of one binding through a gate: `answer` for what must work, `refusal` for the code of what must not.
import type { Gate } from '../../bindings/gate.ts'
import { answerOf, type Caller, callThrough, codeOf } from './call-through.ts'

/** Calls of one binding, as some script. */
export interface BindingCaller {
  answer<T = unknown>(method: string, ...args: unknown[]): Promise<T>
  /** The code that the call is refused with. */
  refusal(method: string, ...args: unknown[]): Promise<string>
}

/** Makes the caller of a binding; it is granted `true` unless the caller says more. */
export function callerOf(gate: Gate, binding: string, caller: Caller = {}): BindingCaller {
  const call = callThrough(gate, { grant: { [binding]: true }, ...caller })
  return {
    async answer<T>(method: string, ...args: unknown[]): Promise<T> {
      return answerOf(await call(`${binding}.${method}`, ...args)) as T
    },
    refusal: async (method, ...args) => codeOf(await call(`${binding}.${method}`, ...args)),
  }
}

/** What policy writes, as the binding makes a grant of it. Throws where it does not accept it. */
export function grantOf(gate: Gate, binding: string, written: unknown): NonNullable<Caller['grant']> {
  const reading = gate.surfaces.find(({ name }) => name === binding)?.readAllow(written)
  if (reading?.ok !== true) throw new TypeError(`allow.${binding} cannot be ${JSON.stringify(written)}: ${reading?.message}`)
  return { [binding]: reading.value }
}
