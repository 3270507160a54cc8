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

/** What becomes of a run while another one of its kind is under way: it is left out, takes its place, waits for it, or runs beside it. */
export const OVERLAP_MODES = Object.freeze(['single', 'restart', 'queued', 'parallel'] as const)

/** See {@link OVERLAP_MODES}. */
export type OverlapMode = (typeof OVERLAP_MODES)[number]

/** A mode, and what bounds it. */
export interface Overlap {
  readonly mode: OverlapMode
  /** The most at once with `parallel`, the most that wait with `queued`; undefined for the other two, and where nothing is said. */
  readonly max?: number | undefined
}

/** When a schedule is due: by a cron expression in a time zone, or once in every so many milliseconds. */
export type Timing =
  | { readonly kind: 'cron'; readonly expression: string; readonly timeZone: string | undefined }
  | { readonly kind: 'interval'; readonly ms: number }

/** One schedule of a script. */
export interface ScheduleDeclaration {
  /** As the script writes it. */
  readonly schedule: string
  /** The event's name of its runs: `every 5m`. */
  readonly event: string
  readonly timing: Timing
  /** What becomes of ticks that nobody could be there for: nothing, or one run for all of them. */
  readonly missed: 'skip' | 'once'
  /** Of the runs of this schedule among themselves. */
  readonly overlap: Overlap
  /** A run begins up to so many milliseconds after its tick, by chance. */
  readonly jitterMs: number
}

/** A schedule that runs. */
export interface GrantedSchedule extends ScheduleDeclaration {
  /** Ticks that come sooner after the last one are left out. */
  readonly leastMs: number
  /** In force for a cron expression. */
  readonly timeZone: string
}

/** What the handler of a schedule is given. */
export interface Tick {
  /** When the run was due, in milliseconds since 1970. */
  readonly scheduled: number
  /** When it was started, in milliseconds since 1970. */
  readonly at: number
  /** Ticks before this one that had no run, because nobody was there for them: the host slept, was down or blocked. At most 100 are counted. */
  readonly missed: number
}

/** What a script declares. */
export interface Manifest {
  /** The script's display name; its id where the script gives none. */
  readonly name: string
  readonly needs: Needs
  readonly handlers: readonly HandlerDeclaration[]
  /** Of all of its runs for one tenant; undefined where the script leaves that to policy. */
  readonly overlap?: Overlap | undefined
  readonly every: readonly ScheduleDeclaration[]
}

/**
 * The default export as the sandbox describes it: JSON in which what JSON cannot write stands as `{ $: 'function' | 'symbol' | 'undefined' | 'bigint' | 'cycle' }`.
 * Bounded in depth and size; untrusted. `readManifest` makes a {@link Manifest} of it.
 */
export type ManifestDescriptor = Json
