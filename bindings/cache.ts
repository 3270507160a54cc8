// The binding `cache`: what a script would rather not compute or fetch again. In memory, a share for each script, the least recently used goes first.
import { z } from 'zod'
import { engineError } from '../engine/errors/engine-error.ts'
import type { Binding } from './binding.ts'
import { CacheShares } from './cache-shares.ts'
import { defineBinding } from './define-binding.ts'
import { ownerOf } from './owner-of.ts'
import { duration, size } from './quantities.ts'
import { readStored, writeStored } from './stored-value.ts'
import { type Clock, steadyClock } from './system-clock.ts'
import { takes } from './takes.ts'

const MiB = 1024 ** 2
const KEY_CHARACTERS = 512
const MAX_TTL_MS = 365 * 86_400_000
/** Of all scripts together, where the host says nothing. */
const DEFAULT_TOTAL_BYTES = 64 * MiB

/** What policy writes under `allow.cache`: `true` or `{ bytes, entries }`. */
const grant = z
  .strictObject({
    bytes: size.default(MiB).describe('Bytes of all entries together; 1MiB by default.'),
    entries: z.int().positive().max(1_000_000).default(1_000).describe('Number of entries; 1,000 by default.'),
  })
  .prefault({})

const key = z.string().min(1).max(KEY_CHARACTERS)
const lifetime = z.strictObject({ ttl: duration.pipe(z.number().max(MAX_TTL_MS)).optional() }).optional()

const TYPES = `{
  /** The value under a key; undefined where there is none, or no longer. */
  get<T = unknown>(key: string): Promise<T | undefined>
  /**
   * Keeps a value (JSON, Date, Map, Set, BigInt, Uint8Array) in memory until there is no room for it, its \`ttl\` is over (milliseconds, or a text such as '5m'),
   * or the application ends. Says whether it was kept: a value larger than the whole cache is not.
   *
   * @example
   * let rates = await ctx.cache.get('rates')
   * if (rates === undefined) await ctx.cache.set('rates', rates = await fetchRates(), { ttl: '10m' })
   */
  set(key: string, value: unknown, options?: { ttl?: number | string }): Promise<boolean>
  /** Removes an entry. Says whether there was one. */
  delete(key: string): Promise<boolean>
  /** Removes every entry of this script. */
  clear(): Promise<void>
}`

/** What `cache` is made from. */
export interface CacheOptions {
  /** Bytes that the caches of all scripts may hold together: a number or a size such as `64MiB`, which is the default. */
  readonly bytes?: number | string | undefined
  /** Steady milliseconds, for times to live; the system's where nothing is given. */
  readonly clock?: Clock | undefined
}

/**
 * The binding `cache`: get, set, delete, clear. Entries belong to one script of one tenant. When all scripts together hold too much, the one that has not used its cache
 * for longest loses it. Throws `BINDING_INVALID` where `bytes` is no size.
 *
 * @example
 * const engine = await createEngine({ scripts, bindings: [cache({ bytes: '128MiB' })] })
 */
export function cache({ bytes = DEFAULT_TOTAL_BYTES, clock = steadyClock }: CacheOptions = {}): Binding {
  const shares = new CacheShares(readTotal(bytes), clock)
  return defineBinding(
    'cache',
    {
      get: {
        input: z.tuple([key], takes('key')),
        output: z.unknown(),
        handler: (call, name) => {
          const text = shares.get(ownerOf(call), name)
          return text === undefined ? undefined : readStored(text)
        },
      },
      set: {
        input: z.tuple([key, z.unknown(), lifetime], takes('key, value, { ttl }?')),
        output: z.boolean(),
        handler: (call, name, value, options) => {
          if (value !== undefined) return shares.set(ownerOf(call), name, { text: writeStored(value), ttl: options?.ttl }, call.grant)
          // `get` answers undefined where there is nothing: an entry must not look like that.
          shares.delete(ownerOf(call), name)
          return false
        },
      },
      delete: { input: z.tuple([key], takes('key')), output: z.boolean(), handler: (call, name) => shares.delete(ownerOf(call), name) },
      clear: { input: z.tuple([], takes('')), output: z.void(), handler: (call) => shares.clear(ownerOf(call)) },
    },
    { grant, description: 'Entries in memory that a script can do without.', types: TYPES, close: () => shares.clearAll() },
  )
}

function readTotal(bytes: number | string): number {
  const reading = size.safeParse(bytes)
  if (!reading.success)
    throw engineError('BINDING_INVALID', ['cache', `cannot have ${JSON.stringify(bytes)} bytes; write a size such as 64MiB`])
  return reading.data
}
