// What there is on the disk, asked by name.
import { lstatSync, type Stats, statSync } from 'node:fs'
import { isSystemError } from './system-error.ts'

/** Whether a path leads to something, or to a directory. What the system cannot even look at, because its name is too long for example, is not there. */
export function isThere(path: string, kind: 'directory' | 'anything'): boolean {
  const found = look(() => statSync(path, { throwIfNoEntry: false }))
  return kind === 'anything' ? found !== undefined : found?.isDirectory() === true
}

/** Whether there is something of this name, be it a link that leads nowhere: a policy that cannot be read is an error, and never no policy. */
export function isNamed(path: string): boolean {
  return look(() => lstatSync(path, { throwIfNoEntry: false })) !== undefined
}

function look(stat: () => Stats | undefined): Stats | undefined {
  try {
    return stat()
  } catch (error) {
    if (isSystemError(error)) return undefined
    throw error
  }
}
