// Reads the body of a response, decompressed, up to a cap. What unpacks to more than the cap is given up in the middle: no bomb is ever unpacked whole.
import { type Readable, Transform, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { HostFunctionError } from '../host-function-error.ts'
import { ResponseFlaw } from './flaws.ts'

const CHUNK_BYTES = 16 * 1024
/** Nothing decent is packed more than twice. */
const MOST_CODINGS = 2

const DECODERS: ReadonlyMap<string, () => Transform> = new Map([
  ['gzip', () => createGunzip({ chunkSize: CHUNK_BYTES, finishFlush: constants.Z_SYNC_FLUSH })],
  ['x-gzip', () => createGunzip({ chunkSize: CHUNK_BYTES, finishFlush: constants.Z_SYNC_FLUSH })],
  ['deflate', () => createInflate({ chunkSize: CHUNK_BYTES, finishFlush: constants.Z_SYNC_FLUSH })],
  ['br', () => createBrotliDecompress({ chunkSize: CHUNK_BYTES, finishFlush: constants.BROTLI_OPERATION_FLUSH })],
])

/** What a request says it understands. */
export const ACCEPTED_CODINGS = 'gzip, br'

/**
 * The whole body. Throws `HTTP_RESPONSE_TOO_LARGE`, what a decoder throws on data that is none, a `ResponseFlaw` for more codings than anyone uses. A coding that is not
 * known is left as it is.
 */
export async function readBody(
  body: Readable,
  codings: readonly string[],
  { limit, signal }: { limit: number; signal: AbortSignal },
): Promise<Uint8Array> {
  if (codings.length > MOST_CODINGS) throw new ResponseFlaw(`the response is packed ${codings.length} times over`)
  const makers = codings.map((coding) => DECODERS.get(coding))
  // The last one was applied last, and is undone first.
  const decoders = staysPacked(codings) ? [] : makers.flatMap((make) => make?.() ?? []).toReversed()
  const chunks: Uint8Array[] = []
  // What is packed may hold any number of parts that unpack to nothing: what arrives is counted, too.
  const arrived = decoders.length === 0 ? [] : [counting(limit)]
  const sink = new Writable({
    write: count(limit, (chunk, done) => {
      chunks.push(chunk)
      done()
    }),
  })
  await pipeline([body, ...arrived, ...decoders, sink], { signal })
  return new Uint8Array(Buffer.concat(chunks))
}

function counting(limit: number): Transform {
  return new Transform({ transform: count(limit, (chunk, done) => done(null, chunk)) })
}

type Done = (error?: Error | null, chunk?: Uint8Array) => void

/** Passes chunks on as long as they are not too many bytes in all. */
function count(limit: number, pass: (chunk: Uint8Array, done: Done) => void) {
  let bytes = 0
  return (chunk: Uint8Array, _encoding: string, done: Done): void => {
    bytes += chunk.byteLength
    if (bytes > limit) done(HostFunctionError.of('HTTP_RESPONSE_TOO_LARGE', limit))
    else pass(chunk, done)
  }
}

/** Whether a body is left as it is, because nobody here can unpack it. */
export function staysPacked(codings: readonly string[]): boolean {
  return codings.some((coding) => !DECODERS.has(coding))
}

/** The codings of a body, in the order in which they were applied. */
export function codingsOf(header: string): readonly string[] {
  return header
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity')
}
