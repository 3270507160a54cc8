// The three ways in which a host uses scripts: all of them at once, as a chain that transforms, or until the first answer.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { CallOptions, DecisionResult, EmitResult, FilterResult } from '../api.ts'
import { codeFault } from '../errors/code-fault.ts'
import { didYouMean } from '../errors/did-you-mean.ts'
import { engineError } from '../errors/engine-error.ts'
import type { EventDefinitions } from '../events.ts'
import type { FurtherEvent } from '../model/binding-host.ts'
import { type Cause, type EventKind, firstCause, isScheduleEvent } from '../model/event.ts'
import type { GrantedSchedule, Tick } from '../model/manifest.ts'
import type { Outcome } from '../model/outcome.ts'
import { lowerLimits } from '../policy/resolve.ts'
import type { ScriptRecord } from '../registry/script-record.ts'
import { wireCodec } from '../sandbox/guest/guest-source.ts'
import { checkCallOptions } from './call-options.ts'
import type { CrowdTerms } from './crowds.ts'
import type { Dispatcher } from './dispatcher.ts'
import { type Checked, check, checkResult } from './schema.ts'

/** What the hooks need of the engine. */
export interface HooksOptions {
  readonly dispatcher: Dispatcher
  readonly subscribers: (event: string) => readonly ScriptRecord[]
  readonly events: EventDefinitions | undefined
  readonly clock: () => number
  /** Throws when the engine is closed. */
  readonly requireOpen: (method: string) => void
}

/** The most that any limit allows; each script's own limit is looked at by the dispatcher. */
const MOST_PAYLOAD_CHARS = 16 * 1024 * 1024
/** Steps from an event of the host to one that it sets off, whatever a binding grants. */
const DEEPEST = 8
/** Runs of a schedule of mode `queued` that wait, where it says no more. */
const MOST_TICKS_WAITING = 10
/** Further events that one event of the host sets off in all. */
const MOST_FURTHER_EVENTS = 1_000

/** A payload on its way into sandboxes. */
export interface WirePayload {
  readonly payload: string
  readonly payloadBytes: number
}

interface Told extends WirePayload {
  readonly cause: Cause
  readonly options: CallOptions
  /** The runs of the same schedule. */
  readonly crowd?: CrowdTerms | undefined
}

interface Asked {
  readonly kind: EventKind
  readonly method: string
  readonly options: CallOptions
}

/** See the head of the file. */
export class Hooks {
  readonly #options: HooksOptions

  constructor(options: HooksOptions) {
    this.#options = options
  }

  /** See `Engine.emit`. */
  async emit(event: string, payload: unknown, options: CallOptions): Promise<EmitResult> {
    const records = this.#subscribersOf(event, { kind: 'event', method: 'emit', options })
    const checked = check(this.#definition(event)?.payload, orTick(event, payload, this.#options.clock), 'payload')
    const wire = encodePayload(event, valid(event, checked instanceof Promise ? await checked : checked))
    const told = { ...wire, cause: firstCause(event, options.limits), options }
    if (records.length === 1) return { outcomes: [await this.#run(records[0] as ScriptRecord, told)] }
    return { outcomes: await Promise.all(records.map((record) => this.#run(record, told))) }
  }

  /** See `BindingHost.emit`. */
  async emitFurther(event: string, payload: unknown, { tenant, cause: parent, runId }: FurtherEvent): Promise<number> {
    if (isScheduleEvent(event)) throw engineError('EVENT_UNKNOWN', [event, ' Names that begin with "every " are those of schedules.'])
    const tree = parent?.tree ?? { emitted: 0, limits: undefined }
    const cause: Cause = { event, depth: (parent?.depth ?? -1) + 1, parent, runId, tree }
    refuseFurther(cause)
    const options = { tenant, limits: tree.limits }
    const records = this.#subscribersOf(event, { kind: 'event', method: 'emit', options })
    const wire = encodePayload(event, valid(event, await check(this.#definition(event)?.payload, payload, 'payload')))
    if (++tree.emitted > MOST_FURTHER_EVENTS) throw engineError('EVENT_STORM', [event, rootOf(cause).event, MOST_FURTHER_EVENTS])
    for (const record of records) void this.#run(record, { ...wire, cause, options }) // never rejects; observers are told what came of it
    return records.length
  }

  /** See `Engine.filter`. */
  async filter(event: string, initial: unknown, options: CallOptions): Promise<FilterResult<unknown>> {
    const records = this.#subscribersOf(event, { kind: 'filter', method: 'filter', options })
    const schema = this.#definition(event)?.payload
    const cause = firstCause(event, options.limits)
    const outcomes: Outcome[] = []
    let value = valid(event, await check(schema, initial, 'payload'))
    let wire = encodePayload(event, value)
    for (const record of records) {
      const outcome = await this.#run(record, { ...wire, cause, options })
      const next = outcome.status === 'ok' ? await readNext(event, schema, outcome.value) : undefined
      outcomes.push(next?.ok === false ? this.#refuseResult(record, outcome, next) : outcome)
      if (next?.ok === true) ({ value, wire } = next)
      else if (record.policy.onError === 'stop') return { value, stoppedBy: record.entry.id, outcomes }
    }
    return { value, stoppedBy: undefined, outcomes }
  }

  /** See `Engine.decide`. */
  async decide(event: string, payload: unknown, options: CallOptions): Promise<DecisionResult<unknown>> {
    const records = this.#subscribersOf(event, { kind: 'decision', method: 'decide', options })
    const definition = this.#definition(event)
    const answer = definition?.kind === 'decision' ? definition.answer : undefined
    const wire = encodePayload(event, valid(event, await check(definition?.payload, payload, 'payload')))
    const told = { ...wire, cause: firstCause(event, options.limits), options }
    const outcomes: Outcome[] = []
    for (const record of records) {
      const outcome = await this.#run(record, told)
      if (outcome.status !== 'ok' || outcome.value === undefined) {
        outcomes.push(outcome)
        continue
      }
      const checked = await checkResult(answer, outcome.value)
      outcomes.push(checked.ok ? outcome : this.#refuseResult(record, outcome, checked))
      if (checked.ok) return { value: checked.value, decidedBy: record.entry.id, outcomes }
    }
    return { value: undefined, decidedBy: undefined, outcomes }
  }

  /** Runs one schedule of a script. Never rejects. */
  tick(
    { script, schedule }: { readonly script: string; readonly schedule: GrantedSchedule },
    record: ScriptRecord,
    tick: Tick,
  ): Promise<Outcome> {
    const { event, overlap } = schedule
    const { mode, max = mode === 'queued' ? MOST_TICKS_WAITING : undefined } = overlap
    const crowd =
      mode === 'parallel' && max === undefined ? undefined : { key: event, name: `"${script}" (${event})`, mode, most: max ?? 0 }
    return this.#run(record, { ...encodePayload(event, tick), cause: firstCause(event), options: {}, crowd })
  }

  #run(record: ScriptRecord, { payload, payloadBytes, cause, options, crowd }: Told): Promise<Outcome> {
    const { tenant, limits, signal } = options
    const own = record.policy.limits
    return this.#options.dispatcher.run({
      record,
      event: cause.event,
      cause,
      payload,
      payloadBytes,
      crowd,
      tenant,
      limits: limits === undefined ? own : lowerLimits(own, limits),
      signal,
    })
  }

  /** A script ended well, but with a value that the event's schema refuses. */
  #refuseResult(record: ScriptRecord, outcome: Outcome, { path, message }: { readonly path: string; readonly message: string }): Outcome {
    return this.#options.dispatcher.refuseResult(record, outcome, codeFault('RESULT_INVALID', path, message))
  }

  #definition(event: string): EventDefinitions[string] | undefined {
    const { events } = this.#options
    return events !== undefined && Object.hasOwn(events, event) ? events[event] : undefined
  }

  #subscribersOf(event: string, { kind, method, options }: Asked): readonly ScriptRecord[] {
    this.#options.requireOpen(method)
    if (typeof event !== 'string')
      throw engineError('OPTIONS_INVALID', [
        `engine.${method}: the event's name must be a string, not ${event === null ? 'null' : typeof event}.`,
      ])
    checkCallOptions(method, options)
    const { events, subscribers } = this.#options
    if (events !== undefined && !(kind === 'event' && isScheduleEvent(event))) {
      const definition = this.#definition(event)
      if (definition === undefined) throw engineError('EVENT_UNKNOWN', [event, didYouMean(event, Object.keys(events))])
      if ((definition.kind ?? 'event') !== kind) throw engineError('EVENT_KIND_MISMATCH', [event, definition.kind ?? 'event', method])
    }
    const all = subscribers(event)
    return options.script === undefined ? all : all.filter(({ entry }) => entry.id === options.script)
  }
}

/** No event can set itself off, and none can set off others without end. */
function refuseFurther(cause: Cause): void {
  const { event, depth, tree } = cause
  const path = [event]
  for (let each = cause.parent; each !== undefined; each = each.parent) {
    path.unshift(each.event)
    if (each.event === event) throw engineError('EVENT_LOOP', [event, path.join(' → ')])
  }
  if (depth > DEEPEST) throw engineError('EVENT_TOO_DEEP', [event, depth, DEEPEST])
  if (tree.emitted >= MOST_FURTHER_EVENTS) throw engineError('EVENT_STORM', [event, rootOf(cause).event, MOST_FURTHER_EVENTS])
}

function rootOf(cause: Cause): Cause {
  let root = cause
  while (root.parent !== undefined) root = root.parent
  return root
}

/** Wire text of a payload. Throws `PAYLOAD_NOT_PLAIN`, `INPUT_TOO_LARGE`. */
export function encodePayload(event: string, value: unknown): WirePayload {
  const encoded = encode(event, value)
  if (encoded.ok) return { payload: encoded.text, payloadBytes: Buffer.byteLength(encoded.text) }
  if (encoded.tooLarge === true)
    throw engineError('INPUT_TOO_LARGE', [event, `larger than ${MOST_PAYLOAD_CHARS} bytes, or nested too deeply`, MOST_PAYLOAD_CHARS])
  throw engineError('PAYLOAD_NOT_PLAIN', [event, encoded.path.replace(/^value/, 'payload'), encoded.what])
}

/** The payload of an event of the host. For a schedule that runs by its event, out of turn, nothing stands for a tick of this moment. */
export function orTick(event: string, payload: unknown, clock: () => number): unknown {
  if (!isScheduleEvent(event) || (payload !== undefined && payload !== null)) return payload
  const now = clock()
  return { scheduled: now, at: now, missed: 0 } satisfies Tick
}

function encode(event: string, value: unknown): ReturnType<typeof wireCodec.encode> {
  try {
    return wireCodec.encode(value, MOST_PAYLOAD_CHARS)
  } catch (cause) {
    throw engineError('PAYLOAD_NOT_PLAIN', [event, 'payload', 'an object that throws when it is read'], { cause })
  }
}

/** What a script made of a filter's value: valid, and fit to be given to the next script. */
async function readNext(
  event: string,
  schema: StandardSchemaV1 | undefined,
  made: unknown,
): Promise<{ readonly ok: true; readonly value: unknown; readonly wire: WirePayload } | Extract<Checked, { ok: false }>> {
  const checked = await checkResult(schema, made)
  if (!checked.ok) return checked
  try {
    return { ok: true, value: checked.value, wire: encodePayload(event, checked.value) }
  } catch {
    return { ok: false, path: 'value', message: 'it cannot be passed on to the next script' }
  }
}

function valid(event: string, checked: Awaited<ReturnType<typeof check>>): unknown {
  if (checked.ok) return checked.value
  throw engineError('PAYLOAD_INVALID', [event, checked.path, checked.message])
}
