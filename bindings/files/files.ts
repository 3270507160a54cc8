// The binding `files`: text, bytes and JSON below folders that the host names and policy grants. Nothing leads out of them.
import { z } from 'zod'
import type { Binding } from '../binding.ts'
import { defineBinding } from '../define-binding.ts'
import { HostFunctionError } from '../host-function-error.ts'
import { takes } from '../takes.ts'
import { FileDesk, type FilesCall } from './file-desk.ts'
import { type FileRoots, readRoots } from './file-roots.ts'
import { filesGrant, narrowFiles } from './files-grant.ts'
import { FILES_TYPES } from './files-types.ts'
import type { OpenBase } from './folder-tree.ts'
import { writeJsonText } from './json-text.ts'
import { factsOf, listFolder } from './list-folder.ts'
import { asJson, asText, readBytes, type Slice } from './read-file.ts'
import { appendToFile, remove, replaceFile } from './write-file.ts'

const PAGE_ENTRIES = 100
const MAX_PAGE_ENTRIES = 1_000
const CURSOR_CHARACTERS = 1_024

const content = z.union([z.string(), z.instanceof(Uint8Array)], { error: 'expected text or bytes' })
const part = z.strictObject({ offset: z.int().min(0).default(0), length: z.int().min(1).optional() }).optional()
const page = z
  .strictObject({ cursor: z.string().max(CURSOR_CHARACTERS).optional(), limit: z.int().min(1).max(MAX_PAGE_ENTRIES).default(PAGE_ENTRIES) })
  .prefault({})

const facts = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('file'), bytes: z.int(), modified: z.date() }),
  z.object({ kind: z.literal('folder'), modified: z.date() }),
])
const listing = z.object({ entries: z.array(z.intersection(z.object({ name: z.string() }), facts)), cursor: z.string().optional() })

/** What `files` is made from. */
export interface FilesOptions {
  /** The folders that policy can grant, by the name that scripts begin their paths with. Made when first written to. */
  readonly roots: FileRoots
}

/**
 * The binding `files`: readText, readJson, readBytes, write, writeJson, append, list, stat, remove. Throws `BINDING_INVALID`, `FILES_ROOT_UNUSABLE`.
 *
 * @example
 * files({ roots: { data: './data', templates: { path: './templates', readOnly: true }, own: './state/{tenant}/{script}' } })
 */
export function files({ roots }: FilesOptions): Binding {
  return makeFiles(roots)
}

/** The same, with the way in which folders are held; the best that the system has where nothing is said. */
export function makeFiles(written: FileRoots, openBase?: OpenBase): Binding {
  const roots = readRoots(written)
  const desk = new FileDesk(roots, openBase)
  return defineBinding(
    'files',
    {
      readText: {
        input: z.tuple([z.string()], takes('path')),
        output: z.string(),
        handler: async (call, path) => asText(path, await read(desk, call, path)),
      },
      readJson: {
        input: z.tuple([z.string()], takes('path')),
        output: z.unknown(),
        handler: async (call, path) => asJson(path, asText(path, await read(desk, call, path))),
      },
      readBytes: {
        input: z.tuple([z.string(), part], takes('path, { offset, length }?')),
        output: z.instanceof(Uint8Array),
        handler: (call, path, slice) => read(desk, call, path, slice),
      },
      write: {
        input: z.tuple([z.string(), content], takes('path, text or bytes')),
        output: z.void(),
        handler: (call, path, text) => desk.change(call, path, () => checked(path, text), replaceFile),
      },
      writeJson: {
        input: z.tuple([z.string(), z.unknown()], takes('path, value')),
        output: z.void(),
        handler: (call, path, value) => desk.change(call, path, (fileBytes) => writeJsonText(path, value, fileBytes), replaceFile),
      },
      append: {
        input: z.tuple([z.string(), content], takes('path, text or bytes')),
        output: z.void(),
        handler: (call, path, text) => desk.change(call, path, () => checked(path, text), appendToFile),
      },
      list: {
        input: z.tuple([z.string(), page], takes('path, { cursor, limit }?')),
        output: listing,
        handler: (call, path, range) => list(desk, call, path, range),
      },
      stat: {
        input: z.tuple([z.string()], takes('path')),
        output: facts.optional(),
        handler: (call, path) => stat(desk, call, path),
      },
      remove: {
        input: z.tuple([z.string()], takes('path')),
        output: z.boolean(),
        handler: (call, path) => desk.change(call, path, () => '', remove),
      },
    },
    {
      grant: filesGrant(roots),
      narrow: narrowFiles,
      description: `Files below the folders that the application names (${[...roots.keys()].join(', ')}), for reading or writing, within a quota.`,
      types: FILES_TYPES,
    },
  )
}

async function read(desk: FileDesk, call: FilesCall, path: string, slice?: z.output<typeof part>): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await desk.inParent(call, path, (folder, name, { fileBytes }) => {
    const wanted: Slice | undefined = slice && { offset: slice.offset, length: Math.min(slice.length ?? fileBytes, fileBytes) }
    return readBytes(folder, name, fileBytes, wanted)
  })
  if (bytes === undefined) throw HostFunctionError.of('FILE_NOT_FOUND', path)
  return bytes
}

async function list(
  desk: FileDesk,
  call: FilesCall,
  path: string,
  { cursor, limit }: z.output<typeof page>,
): Promise<z.input<typeof listing>> {
  const after = cursor === undefined ? '' : Buffer.from(cursor, 'base64url').toString()
  const { entries, next } = await desk.inFolder(call, path, async (folder, isRoot) => {
    if (folder !== undefined) return listFolder(folder, { after, limit })
    if (!isRoot) throw HostFunctionError.of('FILE_NOT_FOUND', path)
    return { entries: [], next: undefined }
  })
  return { entries: [...entries], ...(next === undefined ? undefined : { cursor: Buffer.from(next).toString('base64url') }) }
}

function stat(desk: FileDesk, call: FilesCall, path: string): Promise<z.input<typeof facts> | undefined> {
  if (path.includes('/')) return desk.inParent(call, path, factsOf)
  return desk.inFolder(call, path, async (root) => root && factsOf(root, '.'))
}

/** Text that UTF-8 cannot hold would come back as something else. */
function checked(path: string, written: string | Uint8Array): string | Uint8Array {
  if (typeof written !== 'string' || written.isWellFormed()) return written
  throw HostFunctionError.of('FILE_CONTENT_INVALID', path, 'cannot hold half of a surrogate pair')
}
