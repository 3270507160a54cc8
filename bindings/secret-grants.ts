// What policy says of secrets: which ones a script may send in headers of requests, where to, and which it may read.
import { z } from 'zod'
import type { Grant, Narrowed } from '../engine/model/grant.ts'
import type { Json } from '../engine/model/json.ts'
import { completePattern, covers, type Destination, type HostPattern, intersect, readPattern, writePattern } from './http/host-pattern.ts'
import { writtenAs } from './written-as.ts'

/** `use`: in headers of any request that `http` grants. `read`: also visible to the script. A list: in headers of requests to these hosts. */
export type SecretAccess = 'use' | 'read' | readonly string[]

/** Every secret that was granted, by name. */
export type SecretGrants = { readonly [name: string]: SecretAccess }

const ACCESS = 'write use, read, or a list of hosts that it may be sent to'

const host = z.string().transform((text, context) => {
  const pattern = readPattern(text)
  if (!('flaw' in pattern)) return writePattern(completePattern(pattern))
  context.issues.push({ code: 'custom', message: `the pattern ${pattern.flaw}`, input: text })
  return z.NEVER
})

const access = z.union([z.enum(['use', 'read']), z.array(host).min(1)], { error: ACCESS })

/** The schema of `allow.secrets`: a list of names, or a table of access by name. Each name must pass `check`, which says what is wrong with it. */
export function secretGrantSchema(check: (name: string) => string | undefined) {
  return writtenAs(z.union([z.array(z.string()), z.record(z.string(), z.union([z.enum(['use', 'read']), z.array(z.string())]))]))
    .pipe(
      z.union([z.array(z.string()), z.looseObject({})], {
        error: 'write a list of names, or a table such as { HOOK_TOKEN: use, KEY: read }',
      }),
    )
    .transform((written) => (Array.isArray(written) ? Object.fromEntries(written.map((each) => [each, 'use'])) : written))
    .pipe(z.record(z.string(), access))
    .superRefine((table, context) => {
      for (const name of Object.keys(table)) {
        const flaw = check(name)
        if (flaw !== undefined) context.addIssue({ code: 'custom', message: flaw, path: [name] })
      }
    })
}

/** A list of names asks for what policy gives of each; a table asks for a certain access. */
const need = z.union([z.array(z.string()), z.record(z.string(), z.union([z.enum(['use', 'read']), z.array(z.string())]))])

/** How much of a need for secrets policy gives. Throws what the schema throws on a need that is none. */
export function narrowSecrets(written: Json, allow: Json): Narrowed {
  const asked = need.parse(written)
  const granted = allow as SecretGrants
  const value: [string, SecretAccess][] = []
  const lost: string[] = []
  for (const [name, wanted] of Array.isArray(asked) ? asked.map((each) => [each, undefined] as const) : Object.entries(asked)) {
    const allowed = accessOf(granted, name)
    const met = allowed === undefined ? undefined : meet(wanted, allowed)
    if (met !== undefined) value.push([name, met.access])
    if (met?.isWhole !== true) lost.push(wanted === undefined ? name : `${name} (${String(wanted)})`)
  }
  const isGiven = value.length > 0 || Object.keys(asked).length === 0
  return { value: Object.fromEntries(value) as Json, isGiven, lost }
}

/** What a script was granted of one secret; undefined where it is nothing. */
export function accessOf(grants: SecretGrants | undefined, name: string): SecretAccess | undefined {
  return grants !== undefined && Object.hasOwn(grants, name) ? grants[name] : undefined
}

/** What a script was granted of secrets, by a grant of all bindings. */
export function secretGrantsOf(grants: Grant): SecretGrants | undefined {
  const granted = Object.hasOwn(grants, 'secrets') ? grants['secrets'] : undefined
  return typeof granted === 'object' && granted !== null && !Array.isArray(granted) ? (granted as SecretGrants) : undefined
}

/** Whether a secret may be sent to a destination. */
export function maySend(access: SecretAccess | undefined, destination: Destination, method: string): boolean {
  if (access === undefined) return false
  if (access === 'use' || access === 'read') return true
  return access.flatMap(patternsOf).some((pattern) => covers(pattern, destination, method))
}

function meet(
  wanted: SecretAccess | undefined,
  allowed: SecretAccess,
): { readonly access: SecretAccess; readonly isWhole: boolean } | undefined {
  if (wanted === undefined || wanted === allowed) return { access: allowed, isWhole: true }
  if (wanted === 'read') return { access: allowed, isWhole: false }
  if (wanted === 'use') return { access: allowed === 'read' ? 'use' : allowed, isWhole: true }
  const common =
    typeof allowed === 'string'
      ? wanted.flatMap(patternsOf).map(writePattern)
      : wanted.flatMap((text) => allowed.flatMap((each) => intersectTexts(text, each)))
  return common.length === 0 ? undefined : { access: common, isWhole: true }
}

function intersectTexts(wanted: string, allowed: string): readonly string[] {
  const pattern = readPattern(wanted)
  if ('flaw' in pattern) return []
  return patternsOf(allowed).flatMap((each) => {
    const common = intersect(pattern, each)
    return common === undefined ? [] : [writePattern(common)]
  })
}

/** Nothing for a text that is no pattern: policy's are checked when it is read, a script's mean nothing. */
function patternsOf(text: string): readonly HostPattern[] {
  const pattern = readPattern(text)
  return 'flaw' in pattern ? [] : [completePattern(pattern)]
}
