// Which names bindings and methods may have. A name becomes a property of `ctx` or of `ctx.<binding>` inside the sandbox.
import { engineError } from '../engine/errors/engine-error.ts'

const IDENTIFIER = /^[A-Za-z][A-Za-z0-9_]{0,63}$/

/** Properties that `ctx` always has. */
const CONTEXT_NAMES = ['event', 'runId', 'log', 'signal']

/** Names that the language itself looks up on objects; a function under one of them would be called by surprise. */
const LANGUAGE_NAMES = ['then', 'toJSON', 'prototype', ...Object.getOwnPropertyNames(Object.prototype)]

/** Names that mean something of their own under `allow` in the policy. */
const POLICY_NAMES = ['schedule']

const BINDING_NAMES = new Set([...CONTEXT_NAMES, ...POLICY_NAMES, ...LANGUAGE_NAMES])
const METHOD_NAMES = new Set(LANGUAGE_NAMES)

/** Throws `BINDING_INVALID` unless the name can stand on `ctx`. */
export function checkBindingName(name: unknown): asserts name is string {
  const flaw = nameFlaw(name, BINDING_NAMES)
  if (flaw !== undefined) throw engineError('BINDING_INVALID', [String(name), `cannot have this name: ${flaw}`])
}

/** Throws `BINDING_INVALID` unless the name can stand on `ctx.<binding>`. */
export function checkMethodName(binding: string, name: string): void {
  const flaw = nameFlaw(name, METHOD_NAMES)
  if (flaw !== undefined) throw engineError('BINDING_INVALID', [binding, `cannot have a method "${name}": ${flaw}`])
}

function nameFlaw(name: unknown, reserved: ReadonlySet<string>): string | undefined {
  if (typeof name !== 'string' || name === '') return 'a name is a string that is not empty'
  if (reserved.has(name)) return 'the name is reserved'
  if (!IDENTIFIER.test(name)) return 'a name is a letter, then up to 63 letters, digits or underscores'
  return undefined
}
