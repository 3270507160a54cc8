// The part of the module `vivarium/script` that is the same for every application; `Events`, `Bindings` and `Needs` are made for each.

/** Declarations for the inside of `declare module 'vivarium/script'`. */
export const SCRIPT_MODULE = `/** What \`ctx.log\` offers; \`data\` is JSON. Fire and forget. */
export interface ScriptLog {
  debug(message: string, data?: unknown): void
  info(message: string, data?: unknown): void
  warn(message: string, data?: unknown): void
  error(message: string, data?: unknown): void
}

/** Names that can stand under \`needs\`. */
export type NeedName = keyof Needs

/** Stands for a binding that the script does not ask for. */
export interface NotInNeeds<WhatToDo extends string> {}

/** Stands for a binding that the policy grants to no script. */
export interface NotGranted<WhatToDo extends string> {}

/** What every handler has, whatever the script needs. */
export interface BaseContext {
  /** The event's name. */
  readonly event: string
  /** The run's own name; the same in the outcome. */
  readonly runId: string
  /** Lines for the outcome's log. */
  readonly log: ScriptLog
  /** Aborted when the application cancels the run. */
  readonly signal: AbortSignal
}

/** What a handler is given beside the payload: \`ScriptContext<'kv' | 'http'>\` for a script that needs these two. */
export type ScriptContext<Needed extends NeedName = never> = BaseContext & {
  readonly [Name in keyof Bindings]: Name extends Needed ? Bindings[Name] : NotInNeeds<\`write needs: { \${Name}: true }\`>
}

/** What a handler of an event is given. */
export type PayloadOf<Name extends EventName | '*'> = Name extends '*' ? Events[EventName]['payload'] : Name extends EventName ? Events[Name]['payload'] : never

/** What a handler of an event returns, or promises. */
export type ResultOf<Name extends EventName | '*'> = Name extends EventName ? Events[Name]['result'] : unknown

/** What \`ctx.events.emit\` takes with an event. */
export type EmittedOf<Name extends EventName> = Events[Name]['emitted']

/** A handler: the payload, then the context. Its result crosses to the application. */
export type EventHandler<Name extends EventName | '*', Needed extends NeedName = never> = (
  payload: PayloadOf<Name>,
  ctx: ScriptContext<Needed>,
) => ResultOf<Name> | Promise<ResultOf<Name>>

/** The shorthand: one function for every event. \`export default ((event, ctx) => { … }) satisfies ScriptHandler\` */
export type ScriptHandler = EventHandler<'*'>

/** Event name → handler, or handler with a priority (higher runs earlier; 0 by default). \`'*'\` handles every event that has no handler of its own. */
export type Handlers<Needed extends NeedName = never> = {
  readonly [Name in EventName | '*']?: EventHandler<Name, Needed> | { readonly priority?: number; readonly run: EventHandler<Name, Needed> }
}

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
export type ScheduleHandler<Needed extends NeedName = never> = (tick: Tick, ctx: ScriptContext<Needed>) => unknown

/** A schedule with more to say than its handler. */
export interface Schedule<Needed extends NeedName = never> {
  readonly run: ScheduleHandler<Needed>
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
export interface ScriptDefinition<Needed extends NeedName = never> {
  /** Shown in lists; the file's name where it is missing. */
  readonly name?: string
  /** What it asks for: binding → \`true\` or details. The policy decides what it gets. */
  readonly needs?: Pick<Needs, Needed>
  readonly on?: Handlers<NoInfer<Needed>>
  /** '5m', or a cron expression such as '0 8 * * 1-5' → handler. */
  readonly every?: { readonly [schedule: string]: ScheduleHandler<NoInfer<Needed>> | Schedule<NoInfer<Needed>> }
  /** What becomes of a run of this script while another one is under way; the policy's word where nothing is said. */
  readonly mode?: OverlapMode
  /** The most at once ('parallel'), or the most that wait ('queued'). */
  readonly max?: number
}

/** A text without one of its letters, for each of them. */
type Shortened<Text extends string, Before extends string = '', Found extends string = never> = Text extends \`\${infer Letter}\${infer Rest}\`
  ? Shortened<Rest, \`\${Before}\${Letter}\`, Found | \`\${Before}\${Rest}\`>
  : Found

type Around<Text extends string> = Lowercase<Text> | Shortened<Lowercase<Text>>

/** Whether two texts are a letter apart, or two letters have changed places; or one is the beginning of the other. */
type IsNear<Text extends string, Known extends string> = Known extends \`\${Text}\${string}\`
  ? true
  : [Around<Text> & Around<Known>] extends [never] ? false : true

/** The known names that a misspelt one is near to, before and after the first dot. Only a name that is unknown is compared, and few have areas that are near. */
type Nearest<Name extends string, Known extends string> = Known extends string
  ? [Name, Known] extends [\`\${infer Area}.\${infer Rest}\`, \`\${infer KnownArea}.\${infer KnownRest}\`]
    ? IsNear<Area, KnownArea> extends true
      ? IsNear<Rest, KnownRest> extends true ? Known : never
      : never
    : IsNear<Name, Known> extends true ? Known : never
  : never

type NoSuch<What extends string, Name extends string, Near extends string> = [Near] extends [never]
  ? \`There is no \${What} '\${Name}'.\`
  : \`There is no \${What} '\${Name}'. Did you mean '\${Near}'?\`

/** Stands for the handler of an event that this application does not have: nothing is one. */
export type NoSuchEvent<WhatToDo extends string> = WhatToDo & {
  /** Nobody knows its payload: that its fields are not typed is no mistake of its own. */
  (payload: any, ctx: ScriptContext<NeedName>): unknown
  readonly priority?: number
  /** As above. */
  readonly run?: (payload: any, ctx: ScriptContext<NeedName>) => unknown
}

/** Of the names of handlers, those that are written out and that no event has. */
type UnknownEvents<Name extends PropertyKey> = {
  readonly [Each in Name]?: Each extends EventName | '*'
    ? unknown
    : Each extends string
      ? {} extends { [Key in Each]: true } ? unknown : NoSuchEvent<NoSuch<'event', Each, Nearest<Each, EventName>>>
      : unknown
}

/** With a name among the needs that there is not, a script may use whatever there is: one mistake is told once. */
type Asked<Needed extends PropertyKey> = [Needed] extends [NeedName] ? Needed : NeedName

type AskedNeeds<Needed extends PropertyKey> = {
  readonly [Each in Needed]?: Each extends NeedName ? Needs[Each] : Each extends string ? NoSuch<'binding', Each, Nearest<Each, NeedName>> : never
}

/** What \`defineScript\` takes: a {@link ScriptDefinition}, of which it looks at every name. */
export interface WrittenScript<Needed extends PropertyKey, Name extends PropertyKey>
  extends Pick<ScriptDefinition<Asked<NoInfer<Needed>>>, 'name' | 'every' | 'mode' | 'max'> {
  /** What it asks for: binding → \`true\` or details. The policy decides what it gets. */
  readonly needs?: AskedNeeds<Needed> & Needs
  /** Event name → handler, or handler with a priority (higher runs earlier; 0 by default). */
  readonly on?: Handlers<Asked<NoInfer<Needed>>> & UnknownEvents<Name>
}

/**
 * Types a script's default export; returns it unchanged.
 *
 * @example
 * export default defineScript({ on: { 'order.created': (order, ctx) => ctx.log.info('order', { id: order.id }) } })
 */
export function defineScript<Needed extends PropertyKey = never, Name extends PropertyKey = never>(
  definition: WrittenScript<Needed, Name>,
): ScriptDefinition<Asked<Needed>>
`
