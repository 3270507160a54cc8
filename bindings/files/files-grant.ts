// What policy writes under `allow.files`, and how a script's need meets it: root by root, reading before writing, the smaller quota.
import { z } from 'zod'
import { didYouMean } from '../../engine/errors/did-you-mean.ts'
import type { Narrowed } from '../../engine/model/grant.ts'
import type { Json } from '../../engine/model/json.ts'
import { size } from '../quantities.ts'
import { writtenAs } from '../written-as.ts'
import type { Root } from './file-roots.ts'
import { MOST_ENTRIES } from './root-usage.ts'

const MiB = 1024 ** 2
const MOST_FILE_BYTES = 16 * MiB

const access = z.enum(['read', 'write'], { error: 'write "read" or "write"' })

const allowance = z.strictObject(
  {
    access: access.default('read').describe('What may be done below the root; read by default.'),
    bytes: size.default(10 * MiB).describe('Bytes of all files below the root together; 10MiB by default.'),
    entries: z.int().positive().max(MOST_ENTRIES).default(1_000).describe('Files and folders below the root; 1,000 by default.'),
    fileBytes: size
      .pipe(z.number().max(MOST_FILE_BYTES, { error: 'at most 16MiB can cross into a script' }))
      .default(MiB)
      .describe('Bytes of one file, written or read whole, or of a part that is read; 1MiB by default.'),
  },
  { error: ({ code }) => (code === 'invalid_type' ? 'write "read", "write", or { access, bytes, entries, fileBytes }' : undefined) },
)

/** What a script may do below one root. */
export type FileAllowance = z.output<typeof allowance>

/** What a script may do: root → how. A root that is no key here is not granted. */
export type FilesGrant = { readonly [root: string]: FileAllowance | undefined }

/** Reads all forms: `true` (all roots, for reading), a list of roots (for reading), or a table of roots. */
export function filesGrant(roots: ReadonlyMap<string, Root>) {
  const names = [...roots.keys()]
  const shape = Object.fromEntries([...roots].map(([name, root]) => [name, z.preprocess(asTable, guard(root)).optional()]))
  const table = z.strictObject(shape, { error: (issue) => tableFault(issue, names) })
  const all = Object.fromEntries(names.map((name) => [name, true]))
  return writtenAs(formsOf(names))
    .transform((written) => (written === undefined ? all : rootsOf(written)))
    .pipe(table)
}

/** Everything that may be written, for types and documentation. */
function formsOf(names: readonly string[]) {
  const root = z.union([z.boolean(), access, allowance]).optional().describe('read, write, or a table with a quota.')
  return z.union([z.array(z.enum(names)), z.strictObject(Object.fromEntries(names.map((name) => [name, root])))])
}

/** The part of a need that policy gives. `need` is what the script wrote; what it leaves out is no request. */
export function narrowFiles(need: Json, allow: Json): Narrowed {
  const granted = allow as FilesGrant
  const value: { [root: string]: FileAllowance } = {}
  const lost: string[] = []
  const roots = rootsOf(need)
  if (typeof roots !== 'object' || roots === null) return { value: false, isGiven: false, lost: [JSON.stringify(need)] }
  const asked = Object.entries(roots)
  for (const [name, wanted] of asked) {
    const given = Object.hasOwn(granted, name) ? granted[name] : undefined
    if (given === undefined) lost.push(`the root ${JSON.stringify(name)}`)
    else value[name] = narrowOne(name, wanted, given, lost)
  }
  return { value, isGiven: asked.length === 0 || Object.keys(value).length > 0, lost }
}

function narrowOne(name: string, wanted: unknown, given: FileAllowance, lost: string[]): FileAllowance {
  const written = asTable(wanted) as { readonly [key: string]: unknown }
  const read = allowance.parse(written)
  if (read.access === 'write' && given.access === 'read') lost.push(`writing below "${name}"`)
  const least = (key: 'bytes' | 'entries' | 'fileBytes'): number => {
    if (!Object.hasOwn(written, key) || read[key] <= given[key]) return Object.hasOwn(written, key) ? read[key] : given[key]
    lost.push(`${key} ${read[key]} below "${name}"`)
    return given[key]
  }
  const access = read.access === 'write' && given.access === 'write' ? 'write' : 'read'
  return { access, bytes: least('bytes'), entries: least('entries'), fileBytes: least('fileBytes') }
}

/** `[data, docs]` is `{ data: true, docs: true }`; a root that is `false` is not there. */
function rootsOf(written: unknown): unknown {
  if (Array.isArray(written)) return Object.fromEntries(written.map((name) => [String(name), true]))
  if (typeof written !== 'object' || written === null) return written
  return Object.fromEntries(Object.entries(written).filter(([, value]) => value !== false))
}

/** `true` and `'read'` are `{ access: 'read' }`. */
function asTable(written: unknown): unknown {
  if (written === true) return {}
  return typeof written === 'string' ? { access: written } : written
}

function guard({ isReadOnly }: Root) {
  if (!isReadOnly) return allowance
  return allowance.refine(({ access }) => access === 'read', { error: 'the application gives this root for reading only' })
}

function tableFault(issue: { readonly code?: string; readonly keys?: unknown }, roots: readonly string[]): string | undefined {
  if (issue.code !== 'unrecognized_keys') return 'write true, a list of roots, or a mapping of roots such as { data: write }'
  const [unknown = ''] = Array.isArray(issue.keys) ? (issue.keys as string[]) : []
  return `there is no root "${unknown}"; the application has ${roots.map((root) => `"${root}"`).join(', ')}.${didYouMean(unknown, roots)}`
}
