// The nouns of a policy that was read and found valid: settings as their author wrote them, in plain numbers, with the lines they stand on.
import type { ErrorPlace } from '../errors/engine-error.ts'
import type { Json } from '../model/json.ts'
import type { LimitName } from '../model/limits.ts'
import type { OverlapMode } from '../model/manifest.ts'
import type { PolicyPath } from './policy-path.ts'

/** The runtimes that a policy can choose. */
export const RUNTIMES = Object.freeze(['quickjs', 'v8'] as const)
/** The placements that a policy can choose. */
export const PLACEMENTS = Object.freeze(['thread', 'process'] as const)
/** Where a script runs whose runtime is not available: on another one, or not at all. */
export const FALLBACKS = Object.freeze(['quickjs', 'none'] as const)
/** How long module state lives: one event, or as long as the script is loaded. */
export const ISOLATIONS = Object.freeze(['event', 'script'] as const)
/** What a failing script does to a filter chain: it is skipped, or it stops the chain. */
export const ON_ERRORS = Object.freeze(['skip', 'stop'] as const)

/** What becomes of types that do not fit: nobody looks, a warning, or the script does not load. */
export const TYPE_CHECKS = Object.freeze(['off', 'warn', 'enforce'] as const)

/** See {@link RUNTIMES}. */
export type PolicyRuntime = (typeof RUNTIMES)[number]
/** See {@link PLACEMENTS}. */
export type PolicyPlacement = (typeof PLACEMENTS)[number]
/** See {@link FALLBACKS}. */
export type PolicyFallback = (typeof FALLBACKS)[number]
/** See {@link ISOLATIONS}. */
export type Isolation = (typeof ISOLATIONS)[number]
/** See {@link TYPE_CHECKS}. */
export type TypeCheck = (typeof TYPE_CHECKS)[number]
/** See {@link ON_ERRORS}. */
export type OnError = (typeof ON_ERRORS)[number]

/** Limits by the names of the table, in their units: whole milliseconds, whole bytes, counts. */
export type LimitValues = { readonly [name in LimitName]?: number | undefined }

/** What one entry of a policy sets. What it leaves out, an earlier entry or the built-in default decides. */
export interface PolicySettings {
  readonly runtime?: PolicyRuntime | undefined
  readonly placement?: PolicyPlacement | undefined
  readonly fallback?: PolicyFallback | undefined
  /** Whether V8 may compile to machine code. */
  readonly jit?: boolean | undefined
  readonly isolation?: Isolation | undefined
  readonly limits?: LimitValues | undefined
  readonly concurrency?:
    | { readonly max?: number | undefined; readonly mode?: OverlapMode | undefined; readonly queue?: number | undefined }
    | undefined
  /** Binding → what its surface made of what was written; `false` takes the binding away. No prototype. */
  readonly allow?: { readonly [binding: string]: Json } | undefined
  /** npm packages that may be bundled. */
  readonly packages?: readonly string[] | undefined
  readonly onError?: OnError | undefined
  readonly typeCheck?: TypeCheck | undefined
}

/** One entry under `scripts`. */
export interface ScriptSettings {
  readonly glob: string
  readonly settings: PolicySettings
}

/** One valid state of a policy. Deeply frozen; nothing in it changes, a later state is another revision. */
export interface PolicyRevision {
  /** Counts the valid states of one file from 1. */
  readonly revision: number
  /** SHA-256 of what was written, hex. */
  readonly hash: string
  /** The file as it was named, or `object` for one that the host passed. */
  readonly source: string
  readonly ceilings: LimitValues
  readonly defaults: PolicySettings
  /** In the order of the file: a later entry wins. */
  readonly scripts: readonly ScriptSettings[]
  /** A setting's path (as `formatPath` writes it) → the line that sets it, from 1. Empty for an object. No prototype. */
  readonly lines: { readonly [path: string]: number }
  /** Where a path is written, with its code frame; undefined for an object. */
  readonly placeOf: (path: PolicyPath) => ErrorPlace | undefined
}
