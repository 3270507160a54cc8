// Headers of a request: which a script may set, how much of them, and where secrets go in.
import { HostFunctionError } from '../host-function-error.ts'
import { clip } from '../schema.ts'

const MOST_HEADERS = 64
const MOST_BYTES = 16 * 1024

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/
/** Beyond ASCII, headers are bytes that each server reads and writes in its own way: what came back of a secret could not be found. */
const SECRET_VALUE = /^[\t\x20-\x7e]*$/
/** Every part is bounded: a value may be made of nothing but spaces, and is looked through on the host's own thread. */
const SECRET = /\{\{[\t ]{0,8}secret:[\t ]{0,8}([^{}\s]{0,256})[\t ]{0,8}\}\}/g

/** They belong to the connection, or say where a request goes and ends: the host sets them. */
const NOT_SETTABLE = new Set([
  'host',
  'connection',
  'keep-alive',
  'content-length',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'via',
  'proxy-authorization',
  'proxy-authenticate',
  'proxy-connection',
])

/** They tell who asks: another origin does not get them. */
const OF_ONE_ORIGIN = new Set(['authorization', 'cookie'])

/** They tell of a body, and go with it. */
const OF_THE_BODY = new Set(['content-type', 'content-encoding', 'content-language', 'content-location'])

/** A header that is ready to be sent. */
export interface RequestHeader {
  /** In lower case. */
  readonly name: string
  readonly value: string
  /** Names of the secrets in the value. */
  readonly secrets: readonly string[]
}

/** Gives the value of a secret, or throws why not. */
export type Revealer = (name: string) => Promise<string>

/** Checks headers and puts secrets in. Throws `HTTP_HEADER_INVALID`, and what `reveal` throws. */
export async function prepareHeaders(
  written: Readonly<Record<string, string>> | readonly (readonly [string, string])[],
  reveal: Revealer,
): Promise<readonly RequestHeader[]> {
  const pairs = Array.isArray(written) ? (written as readonly (readonly [string, string])[]) : Object.entries(written)
  if (pairs.length > MOST_HEADERS) throw refuse('', `are more than ${MOST_HEADERS}`)
  const headers: RequestHeader[] = []
  let bytes = 0
  for (const [name, value] of pairs) {
    const header = await prepareHeader(name, value, reveal)
    bytes += header.name.length + header.value.length + 4
    if (bytes > MOST_BYTES) throw refuse(name, `makes the headers larger than ${MOST_BYTES} bytes`)
    headers.push(header)
  }
  return headers
}

/** Refuses headers that ask for a part of a body. Throws `HTTP_HEADER_INVALID`. */
export function refuseParts(headers: readonly RequestHeader[]): void {
  const part = headers.find(({ name }) => name === 'range' || name === 'if-range')
  if (part !== undefined)
    throw refuse(part.name, 'cannot be sent by a script with secrets that it may not see: half an echo could not be searched for them')
}

/** What is left of headers at another origin. */
export function forOtherOrigin(headers: readonly RequestHeader[]): readonly RequestHeader[] {
  return headers.filter(({ name, secrets }) => secrets.length === 0 && !OF_ONE_ORIGIN.has(name))
}

/** What is left of headers without the body. */
export function withoutBody(headers: readonly RequestHeader[]): readonly RequestHeader[] {
  return headers.filter(({ name }) => !OF_THE_BODY.has(name))
}

async function prepareHeader(written: string, value: string, reveal: Revealer): Promise<RequestHeader> {
  const name = written.toLowerCase()
  if (!TOKEN.test(written)) throw refuse(written, 'has a name that headers cannot have')
  if (NOT_SETTABLE.has(name)) throw refuse(written, 'is set by the host')
  const names = new Set([...value.matchAll(SECRET)].map(([, secret = '']) => secret))
  const secrets = new Map<string, string>()
  for (const secret of names) secrets.set(secret, await reveal(secret))
  const filled = trimmed(value.replace(SECRET, (_placeholder, secret: string) => secrets.get(secret) ?? ''))
  // What is wrong with the value of a secret must not be told to the script with the value.
  if ([...secrets.values()].some((secret) => !SECRET_VALUE.test(secret))) throw refuse(written, 'holds a secret that no header can carry')
  if (!VALUE.test(filled)) throw refuse(written, 'has a value that headers cannot have')
  return { name, value: filled, secrets: [...names] }
}

/** As HTTP reads a value. A loop: a pattern would look through a row of spaces from each of them. */
function trimmed(value: string): string {
  let [start, end] = [0, value.length]
  while (isSpace(value[start])) start++
  while (end > start && isSpace(value[end - 1])) end--
  return value.slice(start, end)
}

function isSpace(letter: string | undefined): boolean {
  return letter === ' ' || letter === '\t'
}

function refuse(name: string, why: string): HostFunctionError {
  return HostFunctionError.of('HTTP_HEADER_INVALID', clip(name.replace(/[^\x21-\x7e]/g, '?'), 64), why)
}
