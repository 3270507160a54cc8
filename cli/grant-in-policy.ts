// What a new script needs and policy does not grant it yet: found, shown as lines, and written into the file beside what stands there, with all its comments.
import { readFile } from 'node:fs/promises'
import { Document, isMap, isScalar, parseDocument } from 'yaml'
import type { BindingSurface } from '../engine/model/host-call.ts'
import type { Json } from '../engine/model/json.ts'
import { readPolicy } from '../engine/policy/load.ts'
import { resolvePolicy } from '../engine/policy/resolve.ts'
import { UsageError } from './usage-error.ts'

/** Binding → what stands under `allow`. */
export type Allowances = { readonly [binding: string]: Json }

/** Policy text without anything in it. */
const EMPTY = '# What the scripts in this directory may do, and how much of it.\nversion: 1\n'
const WIDTH = 140

/** Reads a policy's text; that of an empty one where there is no file. Throws a `UsageError` when it cannot be read. */
export async function readPolicyOf(file: string | undefined): Promise<string> {
  if (file === undefined) return EMPTY
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new UsageError(`The policy ${JSON.stringify(file)} cannot be read: ${(error as NodeJS.ErrnoException).code}.`)
  }
}

/** What of this a policy does not grant a script; all of it where the policy is not valid: `check` says why. */
export function findMissing(text: string, script: string, allow: Allowances, surfaces: readonly BindingSurface[]): Allowances {
  const reading = readPolicy({ text, file: 'policy.yaml' }, surfaces)
  if (!reading.ok) return allow
  const granted = resolvePolicy(reading.revision, script).allow
  return Object.fromEntries(Object.entries(allow).filter(([binding]) => !(binding in granted)))
}

/** The lines that an admin would add. */
export function grantLines(script: string, allow: Allowances): string {
  const document = new Document({ scripts: {} })
  addGrant(document, script, allow)
  return document.toString({ lineWidth: WIDTH }).trimEnd()
}

/** The policy with the grant added, everything else as it was; undefined where there is no place to add it for this script alone, or the policy would not be valid. */
export function withGrant(text: string, script: string, allow: Allowances, surfaces: readonly BindingSurface[]): string | undefined {
  const document = parseDocument(text)
  if (document.errors.length > 0 || !isMap(document.contents)) return undefined
  const scripts: unknown = document.get('scripts', true)
  // An empty list of scripts is none; with a comment it is somebody's reminder.
  if (isScalar(scripts) && scripts.value === null && scripts.comment === undefined) document.delete('scripts')
  if (![['scripts'], ['scripts', script], ['scripts', script, 'allow']].every((path) => isOpen(document, path))) return undefined
  addGrant(document, script, allow)
  const written = document.toString({ lineWidth: WIDTH })
  return readPolicy({ text: written, file: 'policy.yaml' }, surfaces).ok ? written : undefined
}

/** Whether something can be added there: nothing is there yet, or a map that no other entry shares. */
function isOpen(document: Document, path: readonly string[]): boolean {
  const node: unknown = document.getIn(path, true)
  return node === undefined || (isMap(node) && node.anchor === undefined)
}

function addGrant(document: Document, script: string, allow: Allowances): void {
  for (const [binding, value] of Object.entries(allow))
    document.setIn(['scripts', script, 'allow', binding], document.createNode(value, { flow: true }))
}
