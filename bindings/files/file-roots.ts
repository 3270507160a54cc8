// The roots that a host names: folders of its disk, the same for all scripts, or one for each tenant or script.
import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { join, parse, resolve, sep } from 'node:path'
import { engineError } from '../../engine/errors/engine-error.ts'

/** A root: its path, or its path and what the host says of it. `{tenant}` and `{script}` in a path stand for the caller's, written so that they are one name. */
export type FileRoot =
  | string
  | {
      readonly path: string
      /** No policy can grant writing below it. */
      readonly readOnly?: boolean | undefined
    }

/** The roots by name, as a host gives them. */
export type FileRoots = { readonly [name: string]: FileRoot }

/** Whose root is asked for. */
export interface RootUser {
  readonly script: string
  readonly tenant: string | undefined
}

/** Where a root is. */
export interface RootPlace {
  readonly name: string
  /** An absolute path, of the host's making: links in it are followed. */
  readonly base: string
  /** Names below it, made from tenants and scripts: links in them are not followed. */
  readonly below: readonly string[]
}

/** A root that was checked. */
export interface Root {
  readonly isReadOnly: boolean
  placeFor(user: RootUser): RootPlace
}

const ROOT_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/
const PLACEHOLDER = /\{(\w*)\}/g
const NAME_CHARACTERS = 200
/** For calls that belong to no tenant. No tenant's name is written so. */
const NO_TENANT = '~none'
/** For the empty text, which would be no name but the folder above. No other text is written so. */
const EMPTY = '~empty'

/** Checks the roots of a host. Relative paths start at the working directory. Throws `BINDING_INVALID`, `FILES_ROOT_UNUSABLE`. */
export function readRoots(roots: FileRoots): ReadonlyMap<string, Root> {
  const entries = Object.entries(roots ?? {})
  if (entries.length === 0) throw engineError('BINDING_INVALID', ['files', 'has no roots; name at least one: { data: "./data" }'])
  return new Map(entries.map(([name, root]) => [name, readRoot(name, typeof root === 'string' ? { path: root } : root)]))
}

function readRoot(name: string, { path, readOnly = false }: Exclude<FileRoot, string>): Root {
  if (!ROOT_NAME.test(name)) {
    const why = `cannot have a root "${name}": a name is a letter, then up to 63 letters, digits, underscores or hyphens`
    throw engineError('BINDING_INVALID', ['files', why])
  }
  if (typeof path !== 'string' || path === '') throw engineError('FILES_ROOT_UNUSABLE', [name, 'it has no path'])
  for (const [written, word] of path.matchAll(PLACEHOLDER))
    if (word !== 'tenant' && word !== 'script')
      throw engineError('FILES_ROOT_UNUSABLE', [name, `there is no placeholder ${written}; there are {tenant} and {script}`])
  const absolute = resolve(path)
  const { root: disk } = parse(absolute)
  const names = absolute.slice(disk.length).split(sep)
  const first = names.findIndex((step) => step.includes('{'))
  const fixed = first === -1 ? names : names.slice(0, first)
  if (absolute === disk) throw engineError('FILES_ROOT_UNUSABLE', [name, `"${path}" is a whole disk`])
  // "a" and "b-c" would be written as "a-b" and "c" are.
  const shared = names.find((step) => (step.match(PLACEHOLDER)?.length ?? 0) > 1)
  if (shared !== undefined) {
    const why = `two callers could share the folder "${shared}"; write {tenant}/{script}, a folder for each`
    throw engineError('FILES_ROOT_UNUSABLE', [name, why])
  }
  const base = join(disk, ...fixed)
  const below = first === -1 ? [] : names.slice(first)
  if (statSync(base, { throwIfNoEntry: false })?.isDirectory() === false)
    throw engineError('FILES_ROOT_UNUSABLE', [name, `"${base}" is no directory`])
  return { isReadOnly: readOnly, placeFor: (user) => ({ name, base, below: below.map((step) => fill(step, user)) }) }
}

function fill(step: string, { tenant, script }: RootUser): string {
  return step.replaceAll(PLACEHOLDER, (_, word) =>
    word === 'script' ? oneName(script) : tenant === undefined ? NO_TENANT : oneName(tenant),
  )
}

/** Any text as one name: two texts never have the same, on disks that take `A` for `a` too. Long ones become a hash. */
function oneName(text: string): string {
  if (text === '') return EMPTY
  const written = Array.from(Buffer.from(text), writeByte).join('')
  return written.length <= NAME_CHARACTERS ? written : `~${createHash('sha256').update(text).digest('hex')}`
}

function writeByte(byte: number): string {
  const character = String.fromCharCode(byte)
  return /[a-z0-9_-]/.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`
}
