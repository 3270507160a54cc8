// Reads a policy file as it is at one moment: regular files only, never more than the largest policy, never waiting on a pipe.
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { engineError } from '../errors/engine-error.ts'
import { MAX_POLICY_BYTES } from './yaml-source.ts'

/** Reads the text of a file. Throws `POLICY_UNREADABLE`: missing, not a file, too large, not UTF-8. */
export async function readPolicyText(path: string): Promise<string> {
  try {
    // Without O_NONBLOCK, opening a pipe would wait for its writer.
    await using handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    if (!(await handle.stat()).isFile()) throw engineError('POLICY_UNREADABLE', [path, 'it is not a file.'])
    const bytes = await readAtMost(handle, MAX_POLICY_BYTES + 1)
    if (bytes.length > MAX_POLICY_BYTES) throw engineError('POLICY_UNREADABLE', [path, `it is larger than ${MAX_POLICY_BYTES} bytes.`])
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    if (isSystemError(cause)) throw engineError('POLICY_UNREADABLE', [path, reasonOf(cause)], { cause })
    throw cause
  }
}

async function readAtMost(handle: FileHandle, most: number): Promise<Buffer> {
  const buffer = Buffer.alloc(most)
  let length = 0
  while (length < most) {
    const { bytesRead } = await handle.read(buffer, length, most - length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return buffer.subarray(0, length)
}

interface SystemError extends Error {
  readonly code: string
}

function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^E[A-Z]+$|^ERR_ENCODING/.test(error.code)
}

function reasonOf({ code, message }: SystemError): string {
  if (code === 'ENOENT') return 'it does not exist.'
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied.'
  if (code.startsWith('ERR_ENCODING')) return 'it is not UTF-8 text.'
  return message
}
