// Locks as entries of a kv store: so they hold between all engines and processes that use the store, and outlive each of them.
import { randomInt } from 'node:crypto'
import { isHostFunctionError } from './host-function-error.ts'
import type { KvContent, KvScope, KvStore } from './kv-store.ts'
import { readStored, writeStored } from './stored-value.ts'

/** A record stays after its lock has ended, so that the next token is greater than the last one, however fast locks change hands. */
const LINGER_MS = 10 * 60_000
/** For a name and what is said of it. */
const RECORD_BYTES = 1_024
/** Tokens of one millisecond. With more, they would leave the range of exact numbers within this century. */
const STEPS_A_MS = 2_048
/** When others write at the same moment. */
const MOST_TRIES = 20

/** A lock that somebody holds. */
export interface HeldLock {
  /** Greater than the token of whoever held the lock before. */
  readonly token: number
  /** Milliseconds since 1970. */
  readonly until: number
}

/** Which lock, and when. */
export interface LockPlace {
  /** Locks of different owners never meet. */
  readonly owner: string
  readonly name: string
  /** How many names the owner may use. */
  readonly names: number
  /** Milliseconds since 1970. */
  readonly now: number
}

/** See the head of the file. */
export class LockRecords {
  readonly #store: KvStore

  constructor(store: KvStore) {
    this.#store = store
  }

  /** Takes a lock for `ttl` milliseconds. Where it is held, says until when. Throws the store's `KV_QUOTA_EXCEEDED`. */
  async take(place: LockPlace, ttl: number): Promise<{ readonly taken: HeldLock } | { readonly heldUntil: number }> {
    for (let tries = 1; ; tries++) {
      const text = await this.#read(place)
      const last = text === undefined ? undefined : (readStored(text) as HeldLock)
      if (last !== undefined && (last.until > place.now || tries > MOST_TRIES)) return { heldUntil: last.until }
      // A name that was forgotten goes on from the clock: its tokens were never that far. Whoever knows the time does not know the token.
      const least = Math.max((last?.token ?? 0) + 1, place.now * STEPS_A_MS)
      const taken = { token: least + randomInt(STEPS_A_MS), until: place.now + ttl }
      if (await this.#replace(place, text, taken)) return { taken }
    }
  }

  /** Changes until when a lock is held; `until` of 0 or before `now` frees it. False where the token is not the holder's, or no longer. */
  async hold(place: LockPlace, token: number, until: number): Promise<boolean> {
    const text = await this.#read(place)
    const last = text === undefined ? undefined : (readStored(text) as HeldLock)
    if (last === undefined || last.token !== token || last.until <= place.now) return false
    return await this.#replace(place, text, { token, until })
  }

  async #read(place: LockPlace): Promise<string | undefined> {
    return await this.#store.get(scopeOf(place), place.name)
  }

  async #replace(place: LockPlace, text: string | undefined, lock: HeldLock): Promise<boolean> {
    const content: KvContent = { value: writeStored(lock), expires: Math.max(lock.until, place.now) + LINGER_MS }
    return await this.#store.compareAndSet(scopeOf(place), place.name, text, content)
  }
}

/** Whether a store refused for want of room. */
export function isQuotaExceeded(thrown: unknown): boolean {
  return isHostFunctionError(thrown) && thrown.code === 'KV_QUOTA_EXCEEDED'
}

function scopeOf({ owner, names, now }: LockPlace): KvScope {
  return { namespace: owner, quota: { bytes: names * RECORD_BYTES, keys: names }, now }
}
