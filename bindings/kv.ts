// The binding `kv`: what a script remembers between runs. Every script has entries of its own; others it shares by grant.
import { z } from 'zod'
import type { Binding } from './binding.ts'
import { defineBinding } from './define-binding.ts'
import { HostFunctionError } from './host-function-error.ts'
import { type KvCall, kvGrant, kvScope, narrowKv, sharedName } from './kv-grant.ts'
import type { KvContent, KvPage, KvScope, KvStore, Soon } from './kv-store.ts'
import { KV_TYPES } from './kv-types.ts'
import { watched, watchKv, watchOptions } from './kv-watch.ts'
import { duration } from './quantities.ts'
import { openSqliteKvStore } from './sqlite-kv-store.ts'
import { readStored, writeStored } from './stored-value.ts'
import { type Clock, systemClock } from './system-clock.ts'
import { takes } from './takes.ts'
import { Wakeups } from './wakeups.ts'

const KEY_BYTES = 512
const PAGE_ENTRIES = 100
const MAX_PAGE_ENTRIES = 1_000
/** A page of a listing ends with the entry that reaches this size, so that long values do not come by the hundred. */
const PAGE_BYTES = 256 * 1024
/** 1,000 years: anything longer is a mistake. */
const MAX_TTL_MS = 1_000 * 365 * 86_400_000

/** Whose entries: without it the script's own. */
const namespace = sharedName.optional()
const place = z.strictObject({ namespace }).prefault({})
const lifetime = z.strictObject({ namespace, ttl: duration.pipe(z.number().max(MAX_TTL_MS)).optional() }).prefault({})

const page = z
  .strictObject({
    namespace,
    prefix: z.string().default(''),
    cursor: z.string().max(1_024).optional(),
    limit: z.int().min(1).max(MAX_PAGE_ENTRIES).default(PAGE_ENTRIES),
  })
  .prefault({})

const watching = z.strictObject({ namespace, ...watchOptions }).prefault({})

const listing = z.object({ entries: z.array(z.object({ key: z.string(), value: z.unknown() })), cursor: z.string().optional() })

/** What `kv` is made from. */
export interface KvOptions {
  /** The SQLite file, made when first used; `:memory:` keeps entries in memory. Or a store: the binding closes it. */
  readonly store: string | KvStore
  /** Milliseconds since 1970, for times to live; the system's where nothing is given. */
  readonly clock?: Clock | undefined
}

/**
 * The binding `kv`: get, set, delete, list, increment, compareAndSet, watch. Entries belong to one script of one tenant, or to a namespace that scripts of one tenant
 * share by grant. Throws `KV_STORE_UNUSABLE`.
 *
 * @example
 * const engine = await createEngine({ scripts, bindings: [kv({ store: './state.sqlite' })] })
 */
export function kv({ store: where, clock = systemClock }: KvOptions): Binding {
  const store = typeof where === 'string' ? openSqliteKvStore(where) : where
  const wakeups = new Wakeups()
  const reading = (call: KvCall, options: Where): KvScope => kvScope(call, 'read', { namespace: options.namespace, now: clock() })
  /** Writes, and wakes those who wait for it. */
  const writing = async <T>(
    call: KvCall,
    { namespace: shared, key }: Where & { readonly key: string },
    write: (scope: KvScope) => Soon<T>,
  ): Promise<T> => {
    const scope = kvScope(call, 'write', { namespace: shared, now: clock() })
    checkKey(key)
    const written = await write(scope)
    wakeups.wake(scope.namespace, key)
    return written
  }
  return defineBinding(
    'kv',
    {
      get: {
        input: z.tuple([z.string(), place], takes('key, { namespace }?')),
        output: z.unknown(),
        handler: async (call, key, options) => fromStored(await store.get(reading(call, options), checkKey(key))),
      },
      set: {
        input: z.tuple([z.string(), z.unknown(), lifetime], takes('key, value, { ttl, namespace }?')),
        output: z.void(),
        handler: (call, key, value, options) =>
          writing(call, { ...options, key }, (scope) => store.set(scope, key, contentOf(scope, checkValue(value), options))),
      },
      delete: {
        input: z.tuple([z.string(), place], takes('key, { namespace }?')),
        output: z.boolean(),
        handler: (call, key, options) => writing(call, { ...options, key }, (scope) => store.delete(scope, key)),
      },
      list: {
        input: z.tuple([page], takes('{ prefix, cursor, limit, namespace }?')),
        output: listing,
        handler: async (call, options) => {
          const after = options.cursor === undefined ? '' : Buffer.from(options.cursor, 'base64url').toString()
          const range = { prefix: checkPrefix(options.prefix), after, limit: options.limit, bytes: PAGE_BYTES }
          return showPage(await store.list(reading(call, options), range))
        },
      },
      increment: {
        input: z.tuple([z.string(), z.int().default(1), lifetime], takes('key, by?, { ttl, namespace }?')),
        output: z.int(),
        handler: (call, key, by, options) =>
          writing(call, { ...options, key }, (scope) => store.increment(scope, key, by, expiryOf(scope, options))),
      },
      compareAndSet: {
        input: z.tuple([z.string(), z.unknown(), z.unknown(), lifetime], takes('key, expected, next, { ttl, namespace }?')),
        output: z.boolean(),
        handler: (call, key, ...[expected, next, options]) =>
          writing(call, { ...options, key }, (scope) => {
            const content = next === undefined ? undefined : contentOf(scope, next, options)
            return store.compareAndSet(scope, key, expected === undefined ? undefined : writeStored(expected), content)
          }),
      },
      watch: {
        input: z.tuple([watching], takes('{ prefix, since, timeout, namespace }?')),
        output: watched,
        handler: (call, options) => {
          const { since, timeout } = options
          return watchKv({ store, wakeups }, call, {
            scope: () => reading(call, options),
            prefix: checkPrefix(options.prefix),
            since,
            timeout,
          })
        },
      },
    },
    {
      grant: kvGrant,
      narrow: narrowKv,
      description: 'Entries that a script keeps between runs: its own, and those of shared namespaces, within a quota of bytes and keys.',
      types: KV_TYPES,
      close: () => store.close(),
    },
  )
}

interface Where {
  readonly namespace?: string | undefined
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

function contentOf(scope: KvScope, value: unknown, options: z.output<typeof lifetime>): KvContent {
  return { value: writeStored(value), expires: expiryOf(scope, options) }
}

function expiryOf({ now }: KvScope, { ttl }: z.output<typeof lifetime>): number | undefined {
  return ttl === undefined ? undefined : now + ttl
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
