// What scripts import as `vivarium/script`. In a bundle this module is virtual; here it gives editors their types.

/** What `ctx.log` offers; `data` is JSON. Fire and forget. */
export interface ScriptLog {
  debug(message: string, data?: unknown): void
  info(message: string, data?: unknown): void
  warn(message: string, data?: unknown): void
  error(message: string, data?: unknown): void
}

/** What every handler is given beside the payload. Bindings that were granted are further properties of it. */
export interface ScriptContext {
  /** The event's name. */
  readonly event: string
  /** The run's own name; the same in the outcome. */
  readonly runId: string
  readonly log: ScriptLog
  /** Aborted when the host cancels the run. */
  readonly signal: AbortSignal
  // biome-ignore lint/suspicious/noExplicitAny: bindings are typed by the generated env.d.ts; without it any of them may be there
  readonly [binding: string]: any
}

/** A handler: the payload, then the context. Its result crosses to the host. */
// biome-ignore lint/suspicious/noExplicitAny: payloads are typed by the generated env.d.ts
export type ScriptHandler = (payload: any, ctx: ScriptContext) => unknown

/** What a script exports by default. */
export interface ScriptDefinition {
  /** Shown in lists; the file's name where it is missing. */
  readonly name?: string
  /** What it asks for: binding name → `true` or details. Policy decides. */
  readonly needs?: { readonly [binding: string]: unknown }
  /** Event name → handler, or handler with a priority (higher runs earlier; 0 by default). */
  readonly on?: { readonly [event: string]: ScriptHandler | { readonly priority?: number; readonly run: ScriptHandler } }
  /** Cron expression → handler. */
  readonly every?: { readonly [schedule: string]: ScriptHandler }
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
