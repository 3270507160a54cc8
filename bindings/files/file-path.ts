// Paths as scripts write them: `root/folder/name`, in exactly one spelling, the same on every system.
import { HostFunctionError } from '../host-function-error.ts'

const PATH_BYTES = 1_024
const NAME_BYTES = 255
const MOST_NAMES = 32
/** What is being written until it is complete. Scripts neither see nor name such files, in any case of letters. */
const TEMPORARY = /^\.vivarium-/i
/** Names that are devices on Windows, whatever follows the first dot. */
const DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\.|$)/i
const CONTROL = /\p{Cc}/u

/** A path, taken apart. */
export interface FilePath {
  /** As it was written. */
  readonly text: string
  readonly root: string
  /** The names below the root, from the outermost inwards; none for the root itself. */
  readonly names: readonly string[]
}

/** Takes a path apart. Throws the script-visible `FILE_PATH_INVALID`. */
export function readFilePath(text: string): FilePath {
  const bytes = Buffer.byteLength(text)
  if (bytes > PATH_BYTES) throw invalid(`is ${bytes} bytes long; at most ${PATH_BYTES} are allowed`)
  if (text === '') throw invalid('is empty; write the name of a root and what lies below it, such as "data/report.txt"')
  const [root = '', ...names] = text.split('/')
  if (root === '') throw invalid('begins with "/"; write the name of a root first, such as "data/report.txt"')
  if (names.length > MOST_NAMES) throw invalid(`leads through more than ${MOST_NAMES} folders`)
  for (const name of [root, ...names]) {
    const flaw = nameFlaw(name)
    if (flaw !== undefined) throw invalid(flaw)
  }
  return { text, root, names }
}

/** Whether scripts can name a file or folder so. */
export function isFileName(name: string): boolean {
  return nameFlaw(name) === undefined
}

function nameFlaw(name: string): string | undefined {
  if (name === '') return 'has an empty part: two slashes in a row, or one at the end'
  if (name === '.' || name === '..') return `has a part "${name}"; paths lead straight to what they name`
  if (CONTROL.test(name)) return 'contains a control character'
  if (/[\\:]/.test(name)) return 'contains a backslash or a colon; parts are separated by "/"'
  if (!name.isWellFormed()) return 'contains half of a surrogate pair'
  if (/[. ]$/.test(name)) return 'has a part that ends with a dot or a space'
  if (DEVICE.test(name)) return 'has a part that is the name of a device on some systems'
  if (TEMPORARY.test(name)) return 'has a part that begins with ".vivarium-", which is kept for files that are being written'
  return Buffer.byteLength(name) > NAME_BYTES ? `has a part that is longer than ${NAME_BYTES} bytes` : undefined
}

function invalid(why: string): HostFunctionError {
  return HostFunctionError.of('FILE_PATH_INVALID', why)
}
