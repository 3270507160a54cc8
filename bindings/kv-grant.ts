// What policy can grant of `kv`: a script's own entries, and namespaces that scripts of one tenant share. And whose entries a call works on.
import { z } from 'zod'
import type { Narrowed } from '../engine/model/grant.ts'
import type { Json } from '../engine/model/json.ts'
import type { BindingCall } from './binding.ts'
import { HostFunctionError } from './host-function-error.ts'
import type { KvScope } from './kv-store.ts'
import { ownerOf } from './owner-of.ts'
import { size } from './quantities.ts'

const DEFAULT_QUOTA = Object.freeze({ bytes: 1024 ** 2, keys: 1_000 })

const NAME_RULE = 'a namespace is a letter or digit, then up to 63 letters, digits or any of _ . : -'

/** A name that scripts share something under. */
export const sharedName = z.string().regex(/^[A-Za-z0-9][\w.:-]{0,63}$/, { error: NAME_RULE })

const keys = z.int().positive()
const access = z.enum(['read', 'read-write'], { error: 'write read or read-write' })

/** `read`, `read-write`, or with a quota. Kept as lists of rights, which meet in what they have in common. */
const share = z
  .union([access.transform((all) => ({ access: all })), z.strictObject({ access, bytes: size.optional(), keys: keys.optional() })], {
    error: 'write read, read-write or { access, bytes, keys }',
  })
  .transform(({ access: granted, ...quota }) => ({ may: granted === 'read' ? ['read'] : ['read', 'write'], ...quota }))

/** What policy writes under `allow.kv`: `true` or `{ bytes, keys, shared }`. */
export const kvGrant = z
  .strictObject({
    bytes: size.default(DEFAULT_QUOTA.bytes).describe('Bytes of all keys and values together; 1MiB by default.'),
    keys: keys.default(DEFAULT_QUOTA.keys).describe('Number of entries; 1,000 by default.'),
    shared: z
      .record(sharedName, share, {
        error: ({ code }) => (code === 'invalid_key' ? NAME_RULE : 'write a table: name → read, read-write or { access, bytes, keys }'),
      })
      .optional()
      .describe('Namespaces shared with other scripts: name → read, read-write, or { access, bytes, keys }.'),
  })
  .prefault({})

type Grant = z.output<typeof kvGrant>

/** A call of `kv`. */
export type KvCall = BindingCall<Grant>

/** Of a need that names namespaces those alone are given, of its numbers the smaller. Throws where the need is not written as policy is. */
export function narrowKv(need: Json, allow: Json): Narrowed {
  const asked = kvGrant.parse(need)
  const written = need as Partial<Grant>
  const allowed = allow as Grant
  const lost: string[] = []
  for (const name of ['bytes', 'keys'] as const)
    if (written[name] !== undefined && asked[name] > allowed[name]) lost.push(`${name} ${asked[name]}`)
  const shared: Record<string, z.output<typeof share>> = {}
  for (const [name, wanted] of Object.entries(asked.shared ?? {})) {
    const given = sharedBy(allowed, name)
    const may = wanted.may.filter((right) => given?.may.includes(right))
    if (may.length < wanted.may.length) lost.push(`shared.${name}: ${may.length === 0 ? 'read' : 'read-write'}`)
    if (given !== undefined && may.length > 0) shared[name] = { ...given, may }
  }
  const value = {
    bytes: written.bytes === undefined ? allowed.bytes : Math.min(asked.bytes, allowed.bytes),
    keys: written.keys === undefined ? allowed.keys : Math.min(asked.keys, allowed.keys),
    ...(Object.keys(shared).length === 0 ? undefined : { shared }),
  }
  const isAboutOwn = Object.keys(written).some((key) => key !== 'shared') || Object.keys(asked.shared ?? {}).length === 0
  return { value: value as Json, isGiven: isAboutOwn || value.shared !== undefined, lost }
}

/** Whose entries a call works on: the script's own, or those of a shared namespace. Throws the script-visible `NAMESPACE_DENIED`. */
export function kvScope(
  call: KvCall,
  right: 'read' | 'write',
  { namespace, now }: { readonly namespace: string | undefined; readonly now: number },
): KvScope {
  const { tenant, grant } = call
  if (namespace === undefined) return { namespace: ownerOf(call), quota: grant, now }
  const given = sharedBy(grant, namespace)
  if (given?.may.includes(right) !== true)
    throw HostFunctionError.of('NAMESPACE_DENIED', 'kv', namespace, given === undefined ? '' : ' for writing')
  const { bytes = DEFAULT_QUOTA.bytes, keys: most = DEFAULT_QUOTA.keys } = given
  // No owner is written as an object, and JSON quotes: no script, tenant or namespace can be named so that two of these are one.
  return { namespace: JSON.stringify({ shared: [tenant ?? null, namespace] }), quota: { bytes, keys: most }, now }
}

function sharedBy({ shared }: Grant, name: string): z.output<typeof share> | undefined {
  return shared !== undefined && Object.hasOwn(shared, name) ? shared[name] : undefined
}
