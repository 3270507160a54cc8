// The binding `kv`: what a script remembers between runs. Every script has entries of its own, and a quota by grant.
import { z } from 'zod'
import type { Binding, BindingCall } from './binding.ts'
import { defineBinding } from './define-binding.ts'
import { HostFunctionError } from './host-function-error.ts'
import type { KvPage, KvScope, KvStore } from './kv-store.ts'
import { KV_TYPES } from './kv-types.ts'
import { duration, size } from './quantities.ts'
import { openSqliteKvStore } from './sqlite-kv-store.ts'
import { readStored, writeStored } from './stored-value.ts'
import { type Clock, systemClock } from './system-clock.ts'

const MiB = 1024 ** 2
const KEY_BYTES = 512
const PAGE_ENTRIES = 100
const MAX_PAGE_ENTRIES = 1_000
/** A page of a listing ends with the entry that reaches this size, so that long values do not come by the hundred. */
const PAGE_BYTES = 256 * 1024
/** 1,000 years: anything longer is a mistake. */
const MAX_TTL_MS = 1_000 * 365 * 86_400_000

/** What policy writes under `allow.kv`: `true` or `{ bytes, keys }`. */
const grant = z
  .strictObject({
    bytes: size.default(MiB).describe('Bytes of all keys and values together; 1MiB by default.'),
    keys: z.int().positive().default(1_000).describe('Number of entries; 1,000 by default.'),
  })
  .prefault({})

type KvCall = BindingCall<z.output<typeof grant>>

const lifetime = z.strictObject({ ttl: duration.pipe(z.number().max(MAX_TTL_MS)).optional() }).optional()

const page = z
  .strictObject({
    prefix: z.string().default(''),
    cursor: z.string().max(1_024).optional(),
    limit: z.int().min(1).max(MAX_PAGE_ENTRIES).default(PAGE_ENTRIES),
  })
  .prefault({})

const listing = z.object({ entries: z.array(z.object({ key: z.string(), value: z.unknown() })), cursor: z.string().optional() })

/** What is said of arguments that are too few or too many. */
const takes = (signature: string) => ({ error: `it takes (${signature})` })

/** What `kv` is made from. */
export interface KvOptions {
  /** The SQLite file, made when first used; `:memory:` keeps entries in memory. Or a store: the binding closes it. */
  readonly store: string | KvStore
  /** Milliseconds since 1970, for times to live; the system's where nothing is given. */
  readonly clock?: Clock | undefined
}

/**
 * The binding `kv`: get, set, delete, list, increment, compareAndSet. Entries belong to one script of one tenant. Throws `KV_STORE_UNUSABLE`.
 *
 * @example
 * const engine = await createEngine({ scripts, bindings: [kv({ store: './state.sqlite' })] })
 */
export function kv({ store: where, clock = systemClock }: KvOptions): Binding {
  const store = typeof where === 'string' ? openSqliteKvStore(where) : where
  const scopeOf = (call: KvCall): KvScope => ({ namespace: namespaceOf(call), quota: call.grant, now: clock() })
  return defineBinding(
    'kv',
    {
      get: {
        input: z.tuple([z.string()], takes('key')),
        output: z.unknown(),
        handler: async (call, key) => fromStored(await store.get(scopeOf(call), checkKey(key))),
      },
      set: {
        input: z.tuple([z.string(), z.unknown(), lifetime], takes('key, value, { ttl }?')),
        output: z.void(),
        handler: (call, key, value, options) => {
          const scope = scopeOf(call)
          return store.set(scope, checkKey(key), { value: writeStored(checkValue(value)), expires: expiryOf(scope, options) })
        },
      },
      delete: {
        input: z.tuple([z.string()], takes('key')),
        output: z.boolean(),
        handler: (call, key) => store.delete(scopeOf(call), checkKey(key)),
      },
      list: {
        input: z.tuple([page], takes('{ prefix, cursor, limit }?')),
        output: listing,
        handler: async (call, { prefix, cursor, limit }) => {
          const after = cursor === undefined ? '' : Buffer.from(cursor, 'base64url').toString()
          return showPage(await store.list(scopeOf(call), { prefix: checkPrefix(prefix), after, limit, bytes: PAGE_BYTES }))
        },
      },
      increment: {
        input: z.tuple([z.string(), z.int().default(1), lifetime], takes('key, by?, { ttl }?')),
        output: z.int(),
        handler: (call, key, by, options) => {
          const scope = scopeOf(call)
          return store.increment(scope, checkKey(key), by, expiryOf(scope, options))
        },
      },
      compareAndSet: {
        input: z.tuple([z.string(), z.unknown(), z.unknown(), lifetime], takes('key, expected, next, { ttl }?')),
        output: z.boolean(),
        handler: (call, key, ...[expected, next, options]) => {
          const scope = scopeOf(call)
          const content = next === undefined ? undefined : { value: writeStored(next), expires: expiryOf(scope, options) }
          return store.compareAndSet(scope, checkKey(key), expected === undefined ? undefined : writeStored(expected), content)
        },
      },
    },
    {
      grant,
      description: 'Entries that a script keeps between runs: its own, within a quota of bytes and keys.',
      types: KV_TYPES,
      close: () => store.close(),
    },
  )
}

/** Engine-made names only, and JSON quotes them: no script or tenant can be named so that two namespaces are one. */
function namespaceOf({ tenant, script }: KvCall): string {
  return JSON.stringify([tenant ?? null, script])
}

function checkKey(key: string): string {
  if (key === '') throw HostFunctionError.of('KV_KEY_INVALID', 'is empty')
  return checkPrefix(key)
}

function checkPrefix(key: string): string {
  const bytes = Buffer.byteLength(key)
  if (bytes > KEY_BYTES) throw HostFunctionError.of('KV_KEY_INVALID', `is ${bytes} bytes long; at most ${KEY_BYTES} are allowed`)
  if (key.includes('\0')) throw HostFunctionError.of('KV_KEY_INVALID', 'contains a NUL character')
  if (!key.isWellFormed()) throw HostFunctionError.of('KV_KEY_INVALID', 'contains half of a surrogate pair')
  return key
}

/** `get` answers undefined where there is no entry: an entry must not look like that. */
function checkValue(value: unknown): unknown {
  if (value === undefined) throw HostFunctionError.of('KV_VALUE_INVALID', 'undefined cannot be stored; use delete to remove an entry')
  return value
}

function expiryOf({ now }: KvScope, options: z.output<typeof lifetime>): number | undefined {
  return options?.ttl === undefined ? undefined : now + options.ttl
}

function fromStored(text: string | undefined): unknown {
  return text === undefined ? undefined : readStored(text)
}

function showPage({ entries, hasMore }: KvPage): z.input<typeof listing> {
  const last = entries.at(-1)
  return {
    entries: entries.map(({ key, value }) => ({ key, value: readStored(value) })),
    ...(hasMore && last !== undefined ? { cursor: Buffer.from(last.key).toString('base64url') } : undefined),
  }
}
