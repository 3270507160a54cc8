// A policy as plain data, with the way back to where each part was written. Files and host objects both become one.
import type { EngineError, ErrorPlace } from '../errors/engine-error.ts'
import type { PolicyPath } from './policy-path.ts'
import type { Problem } from './problem.ts'

/** A policy that could be read as data; whether it means anything is for the schema to say. */
export interface PolicySource {
  readonly ok: true
  /** The file as its admin knows it, or `object` for one that the host passed. */
  readonly name: string
  /** SHA-256 of what was written, hex. */
  readonly hash: string
  /** JSON only; mappings have no prototype and no key `__proto__`. */
  readonly value: unknown
  /** What was wrong in itself, wherever it stood. */
  readonly problems: readonly Problem[]
  /** Where a path was written; the nearest enclosing place where it was not. Undefined for a host object. */
  readonly place: (path: PolicyPath, part: 'key' | 'value') => PolicyPlace | undefined
}

/** A place and the order of it in the file. */
export interface PolicyPlace {
  readonly offset: number
  readonly line: number
  /** Draws the frame; costs a scan of the text. */
  readonly toErrorPlace: () => ErrorPlace
}

/** Text that is not YAML, or not YAML that a policy may use. At least one error. */
export interface UnreadableSource {
  readonly ok: false
  readonly errors: readonly EngineError[]
}

/** The most levels that a policy nests: settings need five, the rest is for what bindings take under `allow`. */
export const MAX_DEPTH = 32
/** The most values in a policy, each alias counted as all that it stands for. */
export const MAX_VALUES = 100_000
