// Reads one file below a root without ever being led out of it: not by `..`, by a link, or by a swap between look and read.
import { constants } from 'node:fs'
import { type FileHandle, open, realpath, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { engineError, isEngineError } from '../errors/engine-error.ts'

/** What was read: the text, and the file's path after all links, relative to the root. */
export interface InsideFile {
  readonly realPath: string
  readonly text: string
}

/** Without O_NONBLOCK, opening a FIFO waits for a writer; without O_NOFOLLOW, a link could take the checked file's place. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0)
/** An editor that saves at this moment replaces the file under our hands; the next look sees the new one. */
const ATTEMPTS = 5
const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'EISDIR', 'ENAMETOOLONG', 'ENXIO', 'ERR_INVALID_ARG_VALUE'])
const CHUNK = 64 * 1024

/**
 * Reads a regular file as UTF-8, without its byte order mark. Undefined where there is none inside the root.
 * Throws `SOURCE_UNREADABLE`, `SOURCE_TOO_LARGE`; no message holds a path of the host.
 */
export async function readInside(root: string, path: string, maxBytes: number): Promise<InsideFile | undefined> {
  if (!isPlainPath(path)) return undefined
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const read = await readOnce(root, path, maxBytes)
      if (read !== 'changed') return read
    }
  } catch (error) {
    if (isEngineError(error)) throw error
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error'
    if (ABSENT.has(code)) return undefined
    throw engineError('SOURCE_UNREADABLE', [path, code === 'EACCES' || code === 'EPERM' ? `permission denied (${code})` : code], {
      cause: error,
    })
  }
  throw engineError('SOURCE_UNREADABLE', [path, 'it changes while it is read'])
}

/** A relative path with `/` between ordinary names. */
function isPlainPath(path: string): boolean {
  return !/[\\\0]/.test(path) && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
}

async function readOnce(root: string, path: string, maxBytes: number): Promise<InsideFile | 'changed' | undefined> {
  const realRoot = await realpath(root)
  const real = await realpath(join(realRoot, path))
  const realPath = relative(realRoot, real).split(sep).join('/')
  if (!isPlainPath(realPath)) return undefined
  await using file = await open(real, FLAGS)
  const before = await file.stat()
  if (!before.isFile()) return undefined
  if (before.size > maxBytes) throw engineError('SOURCE_TOO_LARGE', [before.size, maxBytes])
  const bytes = await readUpTo(file, maxBytes)
  const after = await file.stat()
  const isSame = after.mtimeMs === before.mtimeMs && after.size === bytes.length
  if (!isSame || !(await isStillAt(real, after))) return 'changed'
  return { realPath, text: decode(path, bytes) }
}

async function readUpTo(file: FileHandle, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for (;;) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, null)
    if (bytesRead === 0) return Buffer.concat(chunks, length)
    length += bytesRead
    if (length > maxBytes) throw engineError('SOURCE_TOO_LARGE', [length, maxBytes])
    chunks.push(buffer.subarray(0, bytesRead))
  }
}

/** A folder on the way may have become a link between look and read: the opened file must be the one that the checked path still names. */
async function isStillAt(real: string, opened: { readonly dev: number; readonly ino: number }): Promise<boolean> {
  const isUnmoved = (await realpath(real)) === real
  const now = await stat(real)
  return isUnmoved && now.dev === opened.dev && now.ino === opened.ino
}

function decode(path: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw engineError('SOURCE_UNREADABLE', [path, 'it is not UTF-8 text'], { cause })
  }
}
