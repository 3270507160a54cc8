// What a script declares in its default export, read once in the load phase.
import type { Json } from './json.ts'

/** One handler of a script. */
export interface HandlerDeclaration {
  /** The event's name; `*` handles every event that has no handler of its own, as the bare-function shorthand does. */
  readonly event: string
  /** Higher runs earlier; 0 where nothing is said. */
  readonly priority: number
}

/** A script's requests: binding name → what it asks for. `true` asks for all that policy gives. */
export type Needs = { readonly [binding: string]: Json }

/** What a script declares. */
export interface Manifest {
  /** The script's display name; its id where the script gives none. */
  readonly name: string
  readonly needs: Needs
  readonly handlers: readonly HandlerDeclaration[]
  /** Schedules (cron expressions) that it declares. */
  readonly every: readonly string[]
}

/**
 * The default export as the sandbox describes it: JSON in which what JSON cannot write stands as `{ $: 'function' | 'symbol' | 'undefined' | 'bigint' | 'cycle' }`.
 * Bounded in depth and size; untrusted. `readManifest` makes a {@link Manifest} of it.
 */
export type ManifestDescriptor = Json
