// The binding `events`: further events that a script emits into the engine that runs it, for the same tenant. No event can set itself off.
import { z } from 'zod'
import { isEngineError } from '../../engine/errors/engine-error.ts'
import type { Narrowed } from '../../engine/model/grant.ts'
import type { Json } from '../../engine/model/json.ts'
import type { Binding, BindingCall } from '../binding.ts'
import { defineBinding } from '../define-binding.ts'
import { HostFunctionError } from '../host-function-error.ts'
import { commonPatterns, isMatch, patternFault } from './event-patterns.ts'
import { EVENTS_TYPES } from './events-types.ts'

const DEPTH = 3
const DEEPEST = 8
const PER_RUN = 10
const MOST_PER_RUN = 100
const MOST_NAMES = 100

const pattern = z.string().superRefine((written, context) => {
  const fault = patternFault(written)
  if (fault !== undefined) context.addIssue({ code: 'custom', message: `${JSON.stringify(written)} ${fault}` })
})

const names = z.array(pattern).min(1).max(MOST_NAMES)

/** In one form, whichever one it was written in. */
const full = z.strictObject({
  names: names.default(['*']).describe('Events that may be emitted; * stands for any characters.'),
  depth: z
    .int()
    .min(1)
    .max(DEEPEST)
    .default(DEPTH)
    .describe('Steps from the host’s own event: 1 for scripts that it started, 3 by default.'),
  perRun: z.int().min(1).max(MOST_PER_RUN).default(PER_RUN).describe('Events that one run may emit, 10 by default.'),
})

/** What policy writes under `allow.events`: `true`, a list of names, or `{ names, depth, perRun }`. */
const grant = z
  .union([names.transform((list) => full.parse({ names: list })), full], {
    error: 'write a list of names of events such as ["stock.low", "mail.*"], or { names, depth, perRun }',
  })
  .prefault({})

type EventsGrant = z.output<typeof full>

/** How many events a run has emitted. A run has one signal, and is forgotten with it. */
type Tally = WeakMap<AbortSignal, number>

/** Codes of the engine that tell the script what is wrong with its event; what else goes wrong is none of its business. */
const FOR_SCRIPTS: ReadonlySet<string> = new Set([
  'EVENT_UNKNOWN',
  'EVENT_KIND_MISMATCH',
  'EVENT_LOOP',
  'EVENT_TOO_DEEP',
  'EVENT_STORM',
  'PAYLOAD_INVALID',
  'PAYLOAD_NOT_PLAIN',
  'INPUT_TOO_LARGE',
])

/**
 * The binding `events`: `ctx.events.emit(name, payload)`. The engine that runs the script takes the event as it takes one of the host, for the tenant of the run.
 *
 * @example
 * const engine = await createEngine({ scripts, bindings: [events()] })
 */
export function events(): Binding {
  const emitted: Tally = new WeakMap()
  return defineBinding(
    'events',
    {
      emit: {
        input: z.tuple([z.string().max(100), z.unknown().optional()], { error: 'it takes (name, payload?)' }),
        output: z.number(),
        cost: 2,
        handler: async (call, name, payload) => {
          expectGranted(call, name)
          count(emitted, call)
          return await emit(call, name, payload)
        },
      },
    },
    {
      grant,
      narrow: narrowEvents,
      description: 'Further events that scripts emit for the same tenant: names, with * for any characters.',
      types: EVENTS_TYPES,
    },
  )
}

function expectGranted({ script, grant: { names: granted, depth }, cause }: BindingCall<EventsGrant>, name: string): void {
  if (!granted.some((each) => isMatch(each, name))) throw HostFunctionError.of('EVENT_NOT_GRANTED', script, name)
  if (cause.depth + 1 > depth) throw HostFunctionError.of('EVENT_TOO_DEEP', name, cause.depth + 1, depth)
}

/** Counted before it is emitted: a run cannot have more under way at once than in all. */
function count(emitted: Tally, { signal, grant: { perRun } }: BindingCall<EventsGrant>): void {
  const sofar = emitted.get(signal) ?? 0
  if (sofar >= perRun) throw HostFunctionError.of('EVENT_QUOTA_EXCEEDED', perRun)
  emitted.set(signal, sofar + 1)
}

async function emit({ host, tenant, cause, runId }: BindingCall<EventsGrant>, name: string, payload: unknown): Promise<number> {
  try {
    return await host.emit(name, payload, { tenant, cause, runId })
  } catch (error) {
    if (isEngineError(error) && FOR_SCRIPTS.has(error.code)) throw HostFunctionError.passOn(error)
    throw error
  }
}

/** Names meet as patterns, of numbers the smaller counts. What a script does not mention is policy's. */
function narrowEvents(need: Json, allow: Json): Narrowed {
  const asked = grant.parse(need)
  const allowed = full.parse(allow)
  const written = Array.isArray(need) ? {} : (need as { readonly [key: string]: Json })
  const { common, lost } = commonPatterns(asked.names, allowed.names)
  const depth = Object.hasOwn(written, 'depth') ? Math.min(asked.depth, allowed.depth) : allowed.depth
  const perRun = Object.hasOwn(written, 'perRun') ? Math.min(asked.perRun, allowed.perRun) : allowed.perRun
  if (asked.depth > allowed.depth && Object.hasOwn(written, 'depth')) lost.push(`depth ${asked.depth}`)
  if (asked.perRun > allowed.perRun && Object.hasOwn(written, 'perRun')) lost.push(`perRun ${asked.perRun}`)
  return { value: { names: common, depth, perRun }, isGiven: common.length > 0, lost }
}
