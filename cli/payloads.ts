// The data of events: one JSON document, or newline-delimited JSON that is read only as fast as it is used.
import { createReadStream, fstatSync } from 'node:fs'
import { addAbortSignal, type Readable } from 'node:stream'
import { isThere } from './is-there.ts'
import { parseJson } from './parse-json.ts'
import { isSystemError } from './system-error.ts'
import { UsageError } from './usage-error.ts'

/** One event's payload. */
export interface Payload {
  readonly value: unknown
  /** From 1; undefined for a document that is the whole file. */
  readonly line: number | undefined
}

/** Where payloads come from. */
export interface PayloadSource {
  /** As errors name it. */
  readonly name: string
  /** Undefined where nothing is said and nothing is piped. */
  readonly open: ((signal: AbortSignal) => Readable) | undefined
  /** Whether a source without a byte stands for one event that nothing was said of. */
  readonly isOptional: boolean
}

interface Line {
  readonly text: string
  readonly number: number
}

/** Twice what the engine takes: its own limit speaks first. */
const LONGEST = 32 * 1024 * 1024
const STANDARD_INPUT = 'standard input'
const PATIENCE_MS = 3_000

/** Reads what `--data` says. Throws a `UsageError` for a file that is not there. */
export function findPayloads(data: string | undefined): PayloadSource {
  if (data === undefined) return { name: STANDARD_INPUT, open: isPiped() ? (signal) => hintingInput(signal) : undefined, isOptional: true }
  if (data === '-') return { name: STANDARD_INPUT, open: (signal) => standardInput(signal), isOptional: false }
  if (!isThere(data, 'anything'))
    throw new UsageError(`There is no data file ${JSON.stringify(data)}.`, {
      hint: /^\s*[[{"]/.test(data)
        ? `--data takes a file. To give the JSON itself, pipe it: echo '{ … }' | vivarium … --data -`
        : 'Check the path after --data; "-" reads standard input.',
    })
  if (isThere(data, 'directory')) throw new UsageError(`${JSON.stringify(data)} is a directory; --data takes a file.`)
  return { name: data, open: (signal) => addAbortSignal(signal, createReadStream(data)), isOptional: false }
}

/**
 * The payloads, in order; `otherwise` where nothing is said and nothing is piped. Throws a `UsageError` with place and code frame at the first that is no JSON. Ends early
 * when `signal` is aborted.
 */
export async function* readPayloads(
  { name, open, isOptional }: PayloadSource,
  signal: AbortSignal,
  otherwise: unknown = {},
): AsyncGenerator<Payload> {
  if (open === undefined) return yield { value: otherwise, line: undefined }
  const lines = splitLines(open(signal), name)
  let isEmpty = true
  try {
    for await (const line of lines) {
      if (line.text.trim() === '') continue
      yield isEmpty ? await readFirst(line, lines, name) : { value: parseJson(line.text, name, line.number), line: line.number }
      isEmpty = false
    }
  } catch (error) {
    if (!signal.aborted) throw error
    return
  }
  if (isEmpty && isOptional) yield { value: otherwise, line: undefined }
}

/** A first line that is no JSON by itself is the beginning of a document that goes to the end. */
async function readFirst(first: Line, rest: AsyncGenerator<Line>, name: string): Promise<Payload> {
  try {
    return { value: JSON.parse(first.text), line: first.number }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  const texts = ['\n'.repeat(first.number - 1) + first.text]
  let length = first.text.length
  for await (const { text, number } of rest) {
    texts.push(text)
    length += text.length
    if (length > LONGEST) throw tooLong(name, number)
  }
  return { value: parseJson(texts.join('\n'), name, 1), line: undefined }
}

async function* splitLines(stream: Readable, name: string): AsyncGenerator<Line> {
  stream.setEncoding('utf8')
  let number = 1
  let rest = ''
  try {
    for await (const chunk of stream as AsyncIterable<string>) {
      const [first = '', ...others] = chunk.split('\n')
      rest += first
      for (const next of others) {
        yield { text: number === 1 ? rest.replace(/^\uFEFF/, '') : rest, number }
        number++
        rest = next
      }
      if (rest.length > LONGEST) throw tooLong(name, number)
    }
  } catch (error) {
    throw isSystemError(error) ? new UsageError(`${name} cannot be read: ${error.code}.`) : error
  }
  yield { text: number === 1 ? rest.replace(/^\uFEFF/, '') : rest, number }
}

function standardInput(signal: AbortSignal): Readable {
  return addAbortSignal(signal, process.stdin)
}

/** A pipe that nobody asked for, and that stays open without a byte, would look like a program that hangs. */
function hintingInput(signal: AbortSignal): Readable {
  let isSilent = true
  const hint = (): void => {
    if (isSilent) process.stderr.write('Waiting for payloads on standard input; --data FILE reads a file.\n')
  }
  // What has come while the whole process stood still is read before it is missed.
  const timer = setTimeout(() => setImmediate(hint), PATIENCE_MS)
  timer.unref()
  for (const event of ['readable', 'end', 'close'])
    process.stdin.once(event, () => {
      isSilent = false
      clearTimeout(timer)
    })
  return standardInput(signal)
}

/** Whether standard input is a pipe, a socket or a file; not a terminal, not `/dev/null`. */
export function isPiped(): boolean {
  try {
    const input = fstatSync(process.stdin.fd)
    return input.isFIFO() || input.isFile() || input.isSocket()
  } catch (error) {
    if (isSystemError(error)) return false // it is closed
    throw error
  }
}

function tooLong(name: string, line: number): UsageError {
  return new UsageError(`Line ${line} of ${name} is longer than ${LONGEST} characters.`, {
    hint: 'No script takes so large a payload; send less.',
  })
}
