// What scripts import as `vivarium/script`. In a bundle this module is virtual; here it gives editors types that fit every application. Those of one application
// come from its own `.vivarium/env.d.ts`, which has the same names and takes the place of these.

/** What `ctx.log` offers; `data` is JSON. Fire and forget. */
export interface ScriptLog {
  debug(message: string, data?: unknown): void
  info(message: string, data?: unknown): void
  warn(message: string, data?: unknown): void
  error(message: string, data?: unknown): void
}

/** What every handler has, whatever the script needs. */
export interface BaseContext {
  /** The event's name. */
  readonly event: string
  /** The run's own name; the same in the outcome. */
  readonly runId: string
  readonly log: ScriptLog
  /** Aborted when the host cancels the run. */
  readonly signal: AbortSignal
}

/** What a handler is given beside the payload: `ScriptContext<'kv' | 'http'>` for a script that needs these two. Without env.d.ts, any binding may be there. */
export type ScriptContext<Needed extends string = never> = BaseContext & AnyBindings<Needed>

/** Whatever name is asked for. */
type AnyBindings<Needed extends string> = {
  // biome-ignore lint/suspicious/noExplicitAny: bindings are typed by the generated env.d.ts; without it any of them may be there
  readonly [Name in string | Needed]: any
}

/** A handler: the payload, then the context. Its result crosses to the host. */
// biome-ignore lint/suspicious/noExplicitAny: payloads are typed by the generated env.d.ts
export type ScriptHandler = (payload: any, ctx: ScriptContext) => unknown

/** What becomes of a run while another one of its kind is under way: it is left out, takes its place, waits for it, or runs beside it. */
export type OverlapMode = 'single' | 'restart' | 'queued' | 'parallel'

/** What the handler of a schedule is given. */
export interface Tick {
  /** When the run was due, in milliseconds since 1970. */
  readonly scheduled: number
  /** When it began, in milliseconds since 1970. */
  readonly at: number
  /** Ticks before this one that had no run. */
  readonly missed: number
}

/** A handler of a schedule. */
export type ScheduleHandler = (tick: Tick, ctx: ScriptContext) => unknown

/** A schedule with more to say than its handler. */
export interface Schedule {
  readonly run: ScheduleHandler
  /** Of a cron expression: 'Europe/Berlin'; UTC by default. */
  readonly timeZone?: string
  /** Of ticks that nobody could be there for: nothing, or one run for all of them. */
  readonly missed?: 'skip' | 'once'
  /** Of the runs of this schedule among themselves; 'single' by default. */
  readonly mode?: OverlapMode
  /** The most at once ('parallel'), or the most that wait ('queued'). */
  readonly max?: number
  /** A run begins up to so much later than its tick, by chance: '10s', or milliseconds. */
  readonly jitter?: number | string
}

/** What a script exports by default. */
export interface ScriptDefinition {
  /** Shown in lists; the file's name where it is missing. */
  readonly name?: string
  /** What it asks for: binding name → `true` or details. Policy decides. */
  readonly needs?: { readonly [binding: string]: unknown }
  /** Event name → handler, or handler with a priority (higher runs earlier; 0 by default). */
  readonly on?: { readonly [event: string]: ScriptHandler | { readonly priority?: number; readonly run: ScriptHandler } }
  /** '5m', or a cron expression such as '0 8 * * 1-5' → handler. */
  readonly every?: { readonly [schedule: string]: ScheduleHandler | Schedule }
  /** What becomes of a run of this script while another one is under way; the policy's word where nothing is said. */
  readonly mode?: OverlapMode
  /** The most at once ('parallel'), or the most that wait ('queued'). */
  readonly max?: number
}

/**
 * Types a script's default export; returns it unchanged.
 *
 * @example
 * export default defineScript({ on: { 'order.created': (order, ctx) => ctx.log.info('order', { id: order.id }) } })
 */
export function defineScript<T extends ScriptDefinition>(definition: T): T {
  return definition
}
