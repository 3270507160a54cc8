// The three ways in which a host uses scripts: all of them at once, as a chain that transforms, or until the first answer.
import type { CallOptions, DecisionResult, EmitResult, FilterResult } from '../api.ts'
import { didYouMean } from '../errors/did-you-mean.ts'
import { engineError } from '../errors/engine-error.ts'
import type { EventDefinitions } from '../events.ts'
import type { EventKind } from '../model/event.ts'
import type { FailedOutcome, Outcome } from '../model/outcome.ts'
import { lowerLimits } from '../policy/resolve.ts'
import type { ScriptRecord } from '../registry/script-record.ts'
import { wireCodec } from '../sandbox/guest/guest-source.ts'
import type { Dispatcher } from './dispatcher.ts'
import { codeFault } from './outcomes.ts'
import { check } from './schema.ts'

/** What the hooks need of the engine. */
export interface HooksOptions {
  readonly dispatcher: Dispatcher
  readonly subscribers: (event: string) => readonly ScriptRecord[]
  readonly events: EventDefinitions | undefined
  /** Throws when the engine is closed. */
  readonly requireOpen: (method: string) => void
}

/** The most that any limit allows; each script's own limit is looked at by the dispatcher. */
const MOST_PAYLOAD_CHARS = 16 * 1024 * 1024

/** A payload on its way into sandboxes. */
export interface WirePayload {
  readonly payload: string
  readonly payloadBytes: number
}

/** See the head of the file. */
export class Hooks {
  readonly #options: HooksOptions

  constructor(options: HooksOptions) {
    this.#options = options
  }

  /** See `Engine.emit`. */
  async emit(event: string, payload: unknown, options: CallOptions): Promise<EmitResult> {
    const records = this.#subscribersOf(event, 'event', 'emit')
    const checked = check(this.#definition(event)?.payload, payload, 'payload')
    const wire = encodePayload(event, valid(event, checked instanceof Promise ? await checked : checked))
    if (records.length === 1) return { outcomes: [await this.#run(records[0] as ScriptRecord, event, wire, options)] }
    return { outcomes: await Promise.all(records.map((record) => this.#run(record, event, wire, options))) }
  }

  /** See `Engine.filter`. */
  async filter(event: string, initial: unknown, options: CallOptions): Promise<FilterResult<unknown>> {
    const records = this.#subscribersOf(event, 'filter', 'filter')
    const schema = this.#definition(event)?.payload
    const outcomes: Outcome[] = []
    let value = valid(event, await check(schema, initial, 'payload'))
    for (const record of records) {
      const outcome = await this.#run(record, event, encodePayload(event, value), options)
      const next = outcome.status === 'ok' ? await check(schema, outcome.value, 'value') : undefined
      outcomes.push(next?.ok === false ? invalidResult(outcome, next) : outcome)
      if (next?.ok === true) value = next.value
      else if (record.policy.onError === 'stop') return { value, stoppedBy: record.entry.id, outcomes }
    }
    return { value, stoppedBy: undefined, outcomes }
  }

  /** See `Engine.decide`. */
  async decide(event: string, payload: unknown, options: CallOptions): Promise<DecisionResult<unknown>> {
    const records = this.#subscribersOf(event, 'decision', 'decide')
    const definition = this.#definition(event)
    const answer = definition?.kind === 'decision' ? definition.answer : undefined
    const wire = encodePayload(event, valid(event, await check(definition?.payload, payload, 'payload')))
    const outcomes: Outcome[] = []
    for (const record of records) {
      const outcome = await this.#run(record, event, wire, options)
      if (outcome.status !== 'ok' || outcome.value === undefined) {
        outcomes.push(outcome)
        continue
      }
      const checked = await check(answer, outcome.value, 'value')
      outcomes.push(checked.ok ? outcome : invalidResult(outcome, checked))
      if (checked.ok) return { value: checked.value, decidedBy: record.entry.id, outcomes }
    }
    return { value: undefined, decidedBy: undefined, outcomes }
  }

  #run(record: ScriptRecord, event: string, wire: WirePayload, { tenant, limits, signal }: CallOptions): Promise<Outcome> {
    const own = record.policy.limits
    return this.#options.dispatcher.run({
      record,
      event,
      ...wire,
      tenant,
      limits: limits === undefined ? own : lowerLimits(own, limits),
      signal,
    })
  }

  #definition(event: string): EventDefinitions[string] | undefined {
    const { events } = this.#options
    return events !== undefined && Object.hasOwn(events, event) ? events[event] : undefined
  }

  #subscribersOf(event: string, kind: EventKind, method: string): readonly ScriptRecord[] {
    this.#options.requireOpen(method)
    const { events, subscribers } = this.#options
    if (events !== undefined) {
      const definition = this.#definition(event)
      if (definition === undefined) throw engineError('EVENT_UNKNOWN', [event, didYouMean(event, Object.keys(events))])
      if ((definition.kind ?? 'event') !== kind) throw engineError('EVENT_KIND_MISMATCH', [event, definition.kind ?? 'event', method])
    }
    return subscribers(event)
  }
}

/** Wire text of a payload. Throws `PAYLOAD_NOT_PLAIN`, `INPUT_TOO_LARGE`. */
export function encodePayload(event: string, value: unknown): WirePayload {
  const encoded = wireCodec.encode(value, MOST_PAYLOAD_CHARS)
  if (encoded.ok) return { payload: encoded.text, payloadBytes: Buffer.byteLength(encoded.text) }
  if (encoded.tooLarge === true) throw engineError('INPUT_TOO_LARGE', [event, MOST_PAYLOAD_CHARS + 1, MOST_PAYLOAD_CHARS])
  throw engineError('PAYLOAD_NOT_PLAIN', [event, encoded.path.replace(/^value/, 'payload'), encoded.what])
}

function valid(event: string, checked: Awaited<ReturnType<typeof check>>): unknown {
  if (checked.ok) return checked.value
  throw engineError('PAYLOAD_INVALID', [event, checked.path, checked.message])
}

/** A script ended well, but with a value that the event's schema refuses. */
function invalidResult(
  { value: _refused, ...rest }: Outcome,
  { path, message }: { readonly path: string; readonly message: string },
): FailedOutcome {
  return { ...rest, status: 'exception', error: codeFault('RESULT_INVALID', path, message) } as FailedOutcome
}
