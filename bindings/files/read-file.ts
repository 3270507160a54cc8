// Reading a plain file through its handle: never more than asked for, whatever the file does meanwhile.
import { constants } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { HostFunctionError } from '../host-function-error.ts'
import type { Folder } from './folder.ts'
import { depthOf } from './json-text.ts'

const CHUNK = 64 * 1024
/** The most that JSON may nest: what crosses into a sandbox may not nest much deeper. */
const JSON_LEVELS = 500

/** Where in a file to read. */
export interface Slice {
  readonly offset: number
  readonly length: number
}

/** The bytes of a file, or a slice of them, shorter where the file ends. Undefined where there is none. Throws `FILE_TOO_LARGE` for a whole file over `most`. */
export async function readBytes(folder: Folder, name: string, most: number, slice?: Slice): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const opened = await folder.open(name, constants.O_RDONLY)
  if (opened === undefined) return undefined
  await using handle = opened.handle
  const { size } = opened.stats
  if (slice !== undefined) return await readUpTo(handle, slice.offset, slice.length)
  if (size > most) throw tooLarge(folder, name, size, most)
  const bytes = await readUpTo(handle, 0, most + 1)
  if (bytes.length > most) throw tooLarge(folder, name, bytes.length, most)
  return bytes
}

/** The text of a file's bytes, which must be UTF-8. A byte order mark is left out. Throws `FILE_CONTENT_INVALID`. */
export function asText(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw HostFunctionError.of('FILE_CONTENT_INVALID', path, 'is not UTF-8 text; read its bytes with readBytes')
  }
}

/** The value of a JSON text. Throws `FILE_CONTENT_INVALID`. */
export function asJson(path: string, text: string): unknown {
  if (depthOf(text) > JSON_LEVELS) throw HostFunctionError.of('FILE_CONTENT_INVALID', path, `nests deeper than ${JSON_LEVELS} levels`)
  try {
    return JSON.parse(text)
  } catch (error) {
    const why = error instanceof Error ? error.message : ''
    throw HostFunctionError.of('FILE_CONTENT_INVALID', path, `is not JSON: ${why.replace(/\.$/, '')}`)
  }
}

async function readUpTo(handle: FileHandle, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Buffer[] = []
  let total = 0
  while (total < length) {
    const wanted = Math.min(CHUNK, length - total)
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafeSlow(wanted), 0, wanted, offset + total)
    if (bytesRead === 0) break
    chunks.push(buffer.subarray(0, bytesRead))
    total += bytesRead
  }
  return new Uint8Array(Buffer.concat(chunks, total))
}

function tooLarge(folder: Folder, name: string, size: number, most: number): HostFunctionError {
  return HostFunctionError.of('FILE_TOO_LARGE', `${folder.shown}/${name}`, size, most)
}
