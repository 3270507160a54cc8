// Example events of a scripts directory, for trying and testing scripts. `fixtures/EVENT.json` is a payload; `fixtures/NAME.json` may also say both: { "event": …, "payload": … }.
import { readdir, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { isEngineError } from '../engine/errors/engine-error.ts'
import { readInside } from '../engine/source/read-inside.ts'
import { parseJson } from './parse-json.ts'
import { UsageError } from './usage-error.ts'

/** An event to send. */
export interface Fixture {
  /** Its file's path below `fixtures/`, without the extension: what people call it by. */
  readonly name: string
  readonly event: string
  readonly payload: unknown
}

/** Where fixtures are, below the scripts directory. */
export const FIXTURES = 'fixtures'

const EXTENSION = '.json'
/** Twice what the engine takes: its own limit speaks first. */
const LARGEST_BYTES = 32 * 1024 * 1024
const OWN_KEYS = ['event', 'payload']

/** Names of all fixtures of a scripts directory, sorted; none where there is no such folder, or a link leads out of the directory. */
export async function listFixtures(directory: string): Promise<string[]> {
  try {
    const folder = await realpath(join(directory, FIXTURES))
    if (!folder.startsWith((await realpath(directory)) + sep)) return []
    const entries = await readdir(folder, { withFileTypes: true })
    const files = entries.filter((entry) => !entry.isDirectory() && entry.name.endsWith(EXTENSION) && !entry.name.startsWith('.'))
    return files.map(({ name }) => name.slice(0, -EXTENSION.length)).sort()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw new UsageError(`${JSON.stringify(join(directory, FIXTURES))} cannot be read: ${code}.`)
  }
}

/** Reads a fixture. Throws a `UsageError` for one that is not there, too large or no JSON, with place and code frame. */
export async function readFixture(directory: string, name: string): Promise<Fixture> {
  const file = join(directory, FIXTURES, `${name}${EXTENSION}`)
  const value = parseJson(await readText(directory, name, file), file, 1)
  return isNamed(value) ? { name, event: value.event, payload: value.payload } : { name, event: name, payload: value }
}

/** As scripts are read: what a link leads to outside of the directory is not there. */
async function readText(directory: string, name: string, file: string): Promise<string> {
  try {
    const found = await readInside(directory, `${FIXTURES}/${name}${EXTENSION}`, LARGEST_BYTES)
    if (found !== undefined) return found.text
  } catch (error) {
    if (!isEngineError(error)) throw error
    throw new UsageError(`The fixture ${JSON.stringify(file)} cannot be read: ${error.message}`)
  }
  throw new UsageError(`There is no fixture ${JSON.stringify(file)}.`)
}

/** Whether a document says its event itself: it has these two keys and no other. */
function isNamed(value: unknown): value is { readonly event: string; readonly payload: unknown } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const keys = Object.keys(value)
  return (
    keys.length === OWN_KEYS.length &&
    OWN_KEYS.every((key) => keys.includes(key)) &&
    typeof (value as { event: unknown }).event === 'string'
  )
}
