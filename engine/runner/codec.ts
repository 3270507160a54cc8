// Messages as text: two lines each, a header and a body, so that any channel that carries lines can carry them, and payloads are never quoted twice.
// JSON and wire text contain no line breaks. Images are the one thing that is not text: a channel sends `frozen` in its own way.
import { LIMITS, type Limits } from '../model/limits.ts'
import type { ImageRef } from '../sandbox/image.ts'
import type { RunEnd } from '../sandbox/sandbox.ts'
import type { CallMessage, EndedMessage, FromRunner, FrozenMessage, RunMessage, ToRunner } from './protocol.ts'

/** What repeats from run to run of a script. */
type Terms = Pick<RunMessage, 'key' | 'image' | 'event' | 'limits' | 'roomBytes' | 'state'>

/** Kept by the far end. */
const MOST_TERMS = 1_000
/** Fields of a run's header before its terms, where they are written. */
const RUN_FIELDS = 7
const LIMIT_FIELDS = Object.values(LIMITS).map((row) => row.field)

/** The messages that are text. */
export type TextMessage = ToRunner | Exclude<FromRunner, FrozenMessage>

/** Writes the messages of one end of one channel. What runs of a script have in common is written once, and named by a number from then on. */
export class Encoder {
  readonly #written = new WeakMap<ImageRef, { readonly terms: Terms; readonly serial: number }>()
  #serial = 0

  /** Two lines: header and body. */
  encode(message: TextMessage): string {
    switch (message.kind) {
      case 'run':
        return this.#encodeRun(message)
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

  #encodeRun(run: RunMessage): string {
    const { id, runId, wallMs, now, seed, image, payload } = run
    const last = this.#written.get(image)
    // The far end keeps the latest ones only.
    if (last !== undefined && last.serial > this.#serial - MOST_TERMS && isSame(last.terms, run))
      return `${JSON.stringify(['run', id, runId, wallMs, now, seed, last.serial % MOST_TERMS])}\n${payload}`
    const serial = ++this.#serial
    const { key, event, limits, roomBytes, state } = run
    this.#written.set(image, { terms: { key, image, event, limits, roomBytes, state }, serial })
    const values = LIMIT_FIELDS.map((field) => limits[field])
    const terms = [key, image.offset, image.length, event, values, roomBytes, state]
    return `${JSON.stringify(['run', id, runId, wallMs, now, seed, serial % MOST_TERMS, ...terms])}\n${payload}`
  }
}

/** Reads the messages that an {@link Encoder} at the far end wrote, in the order in which it wrote them; it is trusted to be one. */
export class Decoder {
  readonly #terms: Terms[] = []

  /** Calls back for each message of a text that was joined of several by line breaks. */
  decode(text: string, each: (message: TextMessage) => void): void {
    let at = 0
    while (at < text.length) {
      const header = text.indexOf('\n', at)
      const next = text.indexOf('\n', header + 1)
      const end = next === -1 ? text.length : next
      each(this.#decodeOne(text.slice(at, header), text.slice(header + 1, end)))
      at = end + 1
    }
  }

  #decodeOne(header: string, body: string): TextMessage {
    const fields = JSON.parse(header) as [string, ...unknown[]]
    switch (fields[0]) {
      case 'run':
        return this.#decodeRun(fields, body)
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

  #decodeRun(fields: readonly unknown[], payload: string): RunMessage {
    const [, id, runId, wallMs, now, seed, number] = fields as [string, number, string, number, number, string, number]
    if (fields.length > RUN_FIELDS) this.#terms[number] = readTerms(fields.slice(RUN_FIELDS))
    return { kind: 'run', id, runId, payload, wallMs, now, seed, ...(this.#terms[number] as Terms) }
  }
}

function decodeCall(fields: readonly unknown[], args: string): CallMessage {
  const [, id, call, name, cpuMs] = fields as [string, number, number, string, number]
  return { kind: 'call', id, call, name, args, cpuMs }
}

function encodeEnded({ id, end, state }: EndedMessage): string {
  const { value, usage, logs, ...rest } = end
  const { cpuMs, wallMs, memoryBytes, hostCalls, logBytes, outputBytes } = usage
  const detail = rest.status === 'ok' && rest.unawaited === undefined ? 0 : rest
  const flags = (state.isFresh ? 1 : 0) + (state.isKept ? 2 : 0)
  // Of numbers, a template makes the text that JSON does, in a quarter of the time.
  const numbers = `${id},${flags},${round(cpuMs)},${round(wallMs)},${memoryBytes},${hostCalls},${logBytes},${outputBytes}`
  const texts = `${detail === 0 ? 0 : JSON.stringify(detail)}${logs.length === 0 ? '' : `,${JSON.stringify(logs)}`}`
  return `["ended",${numbers},${texts}]\n${oneLine(value ?? '')}`
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

function isSame(terms: Terms, { event, limits, roomBytes, state }: RunMessage): boolean {
  return terms.event === event && terms.limits === limits && terms.roomBytes === roomBytes && terms.state === state
}

function readTerms(written: readonly unknown[]): Terms {
  const [key, offset, length, event, values, roomBytes, state] = written as [string, ...[number, number, string, number[], number, string]]
  const limits = Object.fromEntries(LIMIT_FIELDS.map((field, i) => [field, values[i]])) as unknown as Limits
  return { key, image: { offset, length }, event, limits, roomBytes, state }
}
