// Messages as text: two lines each, a header and a body, so that any channel that carries lines can carry them, and payloads are never quoted twice.
// JSON and wire text contain no line breaks. Images are the one thing that is not text: a channel sends `frozen` in its own way.
import { LIMITS, type Limits } from '../model/limits.ts'
import type { ImageRef } from '../sandbox/image.ts'
import type { RunEnd } from '../sandbox/sandbox.ts'
import type { CallMessage, EndedMessage, FromRunner, FrozenMessage, RunMessage, ToRunner } from './protocol.ts'

/** The messages that are text. */
export type TextMessage = ToRunner | Exclude<FromRunner, FrozenMessage>

/** Two lines: header and body. */
export function encodeMessage(message: TextMessage): string {
  switch (message.kind) {
    case 'run':
      return encodeRun(message)
    case 'ended':
      return encodeEnded(message)
    case 'call':
      return `${JSON.stringify(['call', message.id, message.call, message.name, round(message.cpuMs)])}\n${oneLine(message.args)}`
    case 'reply':
      return message.ok
        ? `${JSON.stringify(['reply', message.id, message.call, message.now])}\n${message.text}`
        : `${JSON.stringify(['refusal', message.id, message.call, message.now])}\n${JSON.stringify(message.text)}`
    default:
      return `${JSON.stringify(['other'])}\n${JSON.stringify(message)}`
  }
}

/** The message of two lines. The far end is trusted to send what {@link encodeMessage} wrote. */
export function decodeMessage(header: string, body: string): TextMessage {
  const fields = JSON.parse(header) as [string, ...unknown[]]
  switch (fields[0]) {
    case 'run':
      return decodeRun(fields, body)
    case 'ended':
      return decodeEnded(fields, body)
    case 'call':
      return decodeCall(fields, body)
    case 'reply':
      return { kind: 'reply', id: fields[1] as number, call: fields[2] as number, ok: true, text: body, now: fields[3] as number }
    case 'refusal':
      return {
        kind: 'reply',
        id: fields[1] as number,
        call: fields[2] as number,
        ok: false,
        text: JSON.parse(body) as string,
        now: fields[3] as number,
      }
    default:
      return JSON.parse(body) as TextMessage
  }
}

/** Calls back for each message of a text that was joined of several by line breaks. */
export function decodeBatch(text: string, each: (message: TextMessage) => void): void {
  let at = 0
  while (at < text.length) {
    const header = text.indexOf('\n', at)
    const next = text.indexOf('\n', header + 1)
    const end = next === -1 ? text.length : next
    each(decodeMessage(text.slice(at, header), text.slice(header + 1, end)))
    at = end + 1
  }
}

function decodeCall(fields: readonly unknown[], args: string): CallMessage {
  const [, id, call, name, cpuMs] = fields as [string, number, number, string, number]
  return { kind: 'call', id, call, name, args, cpuMs }
}

function encodeRun(run: RunMessage): string {
  return `${JSON.stringify(['run', run.id, run.runId, run.wallMs, run.now, run.seed, termsText(run)])}\n${run.payload}`
}

function decodeRun(fields: readonly unknown[], payload: string): RunMessage {
  const [, id, runId, wallMs, now, seed, text] = fields as [string, number, string, number, number, string, string]
  return { kind: 'run', id, runId, payload, wallMs, now, seed, ...termsOf(text) }
}

function encodeEnded({ id, end, state }: EndedMessage): string {
  const { value, usage, logs, ...rest } = end
  const { cpuMs, wallMs, memoryBytes, hostCalls, logBytes, outputBytes } = usage
  const detail = rest.status === 'ok' && rest.unawaited === undefined ? 0 : rest
  const header = [
    'ended',
    id,
    (state.isFresh ? 1 : 0) + (state.isKept ? 2 : 0),
    round(cpuMs),
    round(wallMs),
    memoryBytes,
    hostCalls,
    logBytes,
    outputBytes,
    detail,
  ]
  return `${JSON.stringify(logs.length === 0 ? header : [...header, logs])}\n${oneLine(value ?? '')}`
}

/** To microseconds: more digits take longer to write and read than they are worth. */
function round(ms: number): number {
  return Math.round(ms * 1_000) / 1_000
}

/** Wire text has no line breaks, unless a sandbox's memory was tampered with: then it must not pass for messages of its own. */
function oneLine(text: string): string {
  return text.includes('\n') ? '' : text
}

const OK = { status: 'ok' } as const

function decodeEnded(fields: readonly unknown[], body: string): EndedMessage {
  const [, id, state, cpuMs, wallMs, memoryBytes, hostCalls, logBytes, outputBytes, detail, logs] = fields as [
    string,
    ...[number, number, number, number, number, number, number, number, RunEnd | 0, (string[] | undefined)?],
  ]
  const common = { usage: { cpuMs, wallMs, memoryBytes, hostCalls, logBytes, outputBytes }, logs: logs ?? [] }
  const more = detail === 0 ? OK : detail
  const end: RunEnd = more.status === 'ok' ? { ...more, value: body, ...common } : { ...more, ...common }
  return { kind: 'ended', id, end, state: { isFresh: (state & 1) !== 0, isKept: (state & 2) !== 0 } }
}

/** What repeats from run to run of a script: each distinct set is written and read once. */
type Terms = Pick<RunMessage, 'key' | 'image' | 'event' | 'limits' | 'roomBytes' | 'state'>

const MOST_TERMS = 1_000
const LIMIT_FIELDS = Object.values(LIMITS).map((row) => row.field)
const written = new WeakMap<ImageRef, { readonly terms: Terms; readonly text: string }>()
const read = new Map<string, Terms>()

function termsText(terms: Terms): string {
  const { key, image, event, limits, roomBytes, state } = terms
  const last = written.get(image)
  if (
    last !== undefined &&
    last.terms.event === event &&
    last.terms.limits === limits &&
    last.terms.roomBytes === roomBytes &&
    last.terms.state === state
  )
    return last.text
  const text = JSON.stringify([
    key,
    image.offset,
    image.length,
    image.end,
    event,
    LIMIT_FIELDS.map((field) => limits[field]),
    roomBytes,
    state,
  ])
  written.set(image, { terms: { key, image, event, limits, roomBytes, state }, text })
  return text
}

function termsOf(text: string): Terms {
  const known = read.get(text)
  if (known !== undefined) return known
  const [key, offset, length, end, event, values, roomBytes, state] = JSON.parse(text) as [
    string,
    ...[number, number, number, string, number[], number, string],
  ]
  const limits = Object.fromEntries(LIMIT_FIELDS.map((field, i) => [field, values[i]])) as unknown as Limits
  const terms = { key, image: { offset, length, end }, event, limits, roomBytes, state }
  if (read.size >= MOST_TERMS) read.clear()
  read.set(text, terms)
  return terms
}
