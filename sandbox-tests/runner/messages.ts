// Arbitrary messages of every kind of the protocol, with text that tries to look like more than one message.
import * as fc from 'fast-check'
import { LIMITS, type Limits } from '../../engine/model/limits.ts'
import { type GuestFault, OUTCOME_STATUSES } from '../../engine/model/outcome.ts'
import type { Usage } from '../../engine/model/usage.ts'
import type { TextMessage } from '../../engine/runner/codec.ts'
import type { RunEnd } from '../../engine/sandbox/sandbox.ts'

/** Plain objects, as messages are. */
const record = ((model: Record<string, fc.Arbitrary<unknown>>, constraints?: object) =>
  fc.record(model, { ...constraints, noNullPrototype: true })) as typeof fc.record

const NASTY = [
  '\n',
  '\r\n',
  '\u2028',
  '\u2029',
  '\uD800',
  '\uDC00',
  '\0',
  '"',
  '\\',
  '\\n',
  '["ended",1,0,0,0,0,0,0,0,0]\n1',
  '["other"]\n{"kind":"hello"}',
  '__proto__',
]

/** Any text, line breaks and lone surrogates among it. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary', maxLength: 20 })), { maxLength: 6 })
  .map((parts) => parts.join(''))

/** Text as the wire codec writes it: without line breaks, otherwise anything. */
export const wireText: fc.Arbitrary<string> = hostileText.map((text) => text.replaceAll('\n', ''))

const id = fc.integer({ min: 1, max: 2 ** 31 })
/** To microseconds, as times are sent. */
const ms = fc.integer({ min: 0, max: 10_000_000_000 }).map((us) => us / 1_000)
const now = fc.integer({ min: 0, max: 8_640_000_000_000_000 })
const count = fc.integer({ min: 0, max: 2 ** 32 })
const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 48, maxLength: 48 })

/** Any limits. */
export const limits: fc.Arbitrary<Limits> = record(
  Object.fromEntries(Object.values(LIMITS).map((row) => [row.field, count])) as Record<keyof Limits, typeof count>,
)

const usage: fc.Arbitrary<Usage> = record({
  cpuMs: ms,
  wallMs: ms,
  memoryBytes: count,
  hostCalls: count,
  logBytes: count,
  outputBytes: count,
})

const fault: fc.Arbitrary<GuestFault> = fc.letrec<{ fault: GuestFault }>((tie) => ({
  fault: record(
    { name: hostileText, message: hostileText, stack: hostileText, code: hostileText, cause: tie('fault') },
    { requiredKeys: ['name', 'message', 'stack'] },
  ),
})).fault

const logs = fc.array(hostileText, { maxLength: 4 })
const failed: fc.Arbitrary<RunEnd> = record(
  {
    status: fc.constantFrom(...OUTCOME_STATUSES.filter((status) => status !== 'ok')),
    fault,
    notPlain: record({ path: hostileText, what: hostileText }),
    stalled: fc.constant(true as const),
    at: record({ stack: hostileText, awaited: hostileText }, { requiredKeys: ['stack'] }),
    unawaited: fault,
    usage,
    logs,
  },
  { requiredKeys: ['status', 'usage', 'logs'] },
)
const succeeded: fc.Arbitrary<RunEnd> = record(
  { status: fc.constant('ok' as const), value: wireText, unawaited: fault, usage, logs },
  { requiredKeys: ['status', 'value', 'usage', 'logs'] },
)
const state = record({ isFresh: fc.boolean(), isKept: fc.boolean() })
const image = record({ offset: count, length: count })
const is = <K extends string>(kind: K): fc.Arbitrary<K> => fc.constant(kind)

const loadEnd = fc.oneof(
  record({ ok: fc.constant(true as const), descriptor: hostileText, logs }),
  record(
    { ok: fc.constant(false as const), status: fc.constantFrom(...OUTCOME_STATUSES), fault, logs },
    { requiredKeys: ['ok', 'status', 'logs'] },
  ),
)

/** One arbitrary for each kind of message that is text. */
export const MESSAGES = {
  load: record({ kind: is('load'), id, code: hostileText, touches: hostileText, limits, now, seed: hex }),
  freeze: record({ kind: is('freeze'), id, shape: hostileText }),
  unload: record({ kind: is('unload'), id }),
  run: record({
    kind: is('run'),
    id,
    key: hostileText,
    image,
    event: hostileText,
    runId: hostileText,
    payload: wireText,
    limits,
    roomBytes: count,
    wallMs: ms,
    now,
    seed: hex,
    state: hostileText,
  }),
  reply: fc.oneof(
    record({ kind: is('reply'), id, call: count, ok: fc.constant(true), text: wireText, now }),
    record({ kind: is('reply'), id, call: count, ok: fc.constant(false), text: hostileText, now }),
  ),
  cancel: record({ kind: is('cancel'), id, reason: hostileText, now }),
  hello: record({ kind: is('hello'), version: count, runtime: hostileText, baseHash: hex }),
  loaded: record({ kind: is('loaded'), id, end: loadEnd }),
  call: record({ kind: is('call'), id, call: count, name: hostileText, args: wireText, cpuMs: ms }),
  ended: record({ kind: is('ended'), id, end: fc.oneof(failed, succeeded), state }),
} as const satisfies { readonly [K in TextMessage['kind']]: fc.Arbitrary<Extract<TextMessage, { kind: K }>> }

/** Any message that is text. */
export const anyMessage: fc.Arbitrary<TextMessage> = fc.oneof(...(Object.values(MESSAGES) as fc.Arbitrary<TextMessage>[]))
