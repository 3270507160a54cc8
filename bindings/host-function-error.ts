// The one kind of error that crosses from a host function to the script: a code and a message that the handler chose to show.
import { describe, type ErrorCode, type ErrorFacts } from '../engine/errors/codes.ts'
import type { EngineError } from '../engine/errors/engine-error.ts'

const BRAND = Symbol.for('vivarium.host-function-error')

/**
 * Thrown by a handler to tell the script what is wrong: `code` and `message` reach it word for word, so neither may carry a secret or a host path.
 * What it gives as `cause` is for the host's records of calls only. Whatever else a handler throws reaches the script as `HOST_FAILURE`, without its message.
 *
 * @example
 * handler: (call, id) => { if (!orders.has(id)) throw new HostFunctionError('ORDER_UNKNOWN', `There is no order ${id}.`) }
 */
export class HostFunctionError extends Error {
  readonly code: string

  constructor(code: string, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.name = 'HostFunctionError'
    this.code = code
  }

  /** On the prototype, where a log of the error does not show it. */
  get [BRAND](): true {
    return true
  }

  /** Makes the error of a code in the engine's table, from its facts. */
  static of<C extends ErrorCode>(code: C, ...facts: ErrorFacts<C>): HostFunctionError {
    return new this(code, describe(code, ...facts))
  }

  /** The same with what led to it, which only the host's records of calls show. */
  static because<C extends ErrorCode>(cause: unknown, code: C, ...facts: ErrorFacts<C>): HostFunctionError {
    return new this(code, describe(code, ...facts), { cause })
  }

  /** Tells the script what the engine tells the host, word for word. */
  static passOn({ code, message }: EngineError): HostFunctionError {
    return new this(code, message)
  }
}

/** Whether a value is a {@link HostFunctionError}, also one of another copy of this package. */
export function isHostFunctionError(value: unknown): value is HostFunctionError {
  return typeof value === 'object' && value !== null && BRAND in value
}
