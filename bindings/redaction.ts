// What bindings know must not be seen, applied to records of host calls and to what is said of a call that failed.
import type { HostCall, HostReply } from '../engine/model/host-call.ts'
import { REDACTED, type Redact, redactValue } from '../engine/model/redact.ts'
import type { Binding } from './binding.ts'

/** What all bindings take out, one after the other; undefined where none takes anything. Never throws: a text that one of them fails on is not shown. */
export function combineRedactors(bindings: readonly Binding[]): Redact | undefined {
  const redactors = bindings.flatMap(({ redact }) => (redact === undefined ? [] : [redact]))
  if (redactors.length === 0) return undefined
  return (text) => {
    if (text === '') return text
    try {
      return redactors.reduce((shown, redact) => String(redact(shown)), text)
    } catch {
      return REDACTED
    }
  }
}

/** A call as records may show it. */
export function redactCall(call: HostCall, redact: Redact): HostCall {
  const args = redactValue(call.args, redact) as readonly unknown[]
  return { ...call, binding: redact(call.binding), method: redact(call.method), args }
}

/** A reply as records may show it. */
export function redactReply(reply: HostReply, redact: Redact): HostReply {
  return reply.ok ? { ok: true, value: redactValue(reply.value, redact) } : { ok: false, error: redactError(reply.error, redact) }
}

/** What a script is told of a failure. */
export function redactError<E extends { readonly code: string; readonly message: string }>(error: E, redact: Redact): E {
  return { ...error, code: redact(error.code), message: redact(error.message) }
}

/** What went wrong on the host: errors keep their class, with message, stack and cause redacted; the same one where nothing changes. */
export function redactThrown(thrown: unknown, redact: Redact, depth = 0): unknown {
  try {
    if (!(thrown instanceof Error)) return redactValue(thrown, redact)
    if (depth > 8) return REDACTED
    const { message, stack = '', cause } = thrown
    const shown = { message: redact(message), stack: redact(stack), cause: redactThrown(cause, redact, depth + 1) }
    if (shown.message === message && shown.stack === stack && shown.cause === cause) return thrown
    const own = redactValue(Object.fromEntries(Object.entries(thrown)), redact) as object
    const copy: Error = Object.create(Object.getPrototypeOf(thrown) as object) as Error
    Object.assign(copy, own)
    for (const [key, value] of Object.entries(shown)) Object.defineProperty(copy, key, { value, configurable: true, writable: true })
    return copy
  } catch {
    return REDACTED // a thrown value whose properties throw
  }
}
