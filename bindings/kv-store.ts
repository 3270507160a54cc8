// The seam between the `kv` binding and wherever entries are kept. Values are texts here; what they mean is the binding's business.

/** What a script may keep. */
export interface KvQuota {
  /** Bytes of all keys and values together, as stored. */
  readonly bytes: number
  /** Number of entries. */
  readonly keys: number
}

/** On whose entries an operation works, and when. */
export interface KvScope {
  /** Entries of different namespaces never meet. */
  readonly namespace: string
  readonly quota: KvQuota
  /** Milliseconds since 1970. Entries whose time has come by then are not there, and count for nothing. */
  readonly now: number
}

/** Some of the keys of a namespace. */
export interface KvRange {
  /** What the keys start with, taken literally. */
  readonly prefix: string
  /** Only keys that come after this one. */
  readonly after: string
  readonly limit: number
  /** The page ends with the entry that reaches this many bytes. */
  readonly bytes: number
}

/** One page of a listing, in the order of the keys' UTF-8 bytes. */
export interface KvPage {
  readonly entries: readonly { readonly key: string; readonly value: string }[]
  /** Whether there may be more after the last entry. */
  readonly hasMore: boolean
}

/** What to tell of the changes in a namespace. */
export interface KvWatch {
  /** What the keys start with, taken literally. */
  readonly prefix: string
  /** Only changes that came after this point; undefined for none, but to be told where the namespace stands. */
  readonly since: number | undefined
  readonly limit: number
  /** The answer ends with the entry that reaches this many bytes. */
  readonly bytes: number
}

/** What has changed. */
export interface KvChanges {
  /** Each key once, in the order of the last changes, with what is there now; undefined where nothing is. */
  readonly entries: readonly { readonly key: string; readonly value: string | undefined }[]
  /** The point up to which this tells: 0 or more, growing with each change. */
  readonly at: number
  /** What happened since then is not known any more: `entries` is empty, and all keys must be looked at. */
  readonly isGap: boolean
}

/** What an entry is to hold. */
export interface KvContent {
  readonly value: string
  /** Milliseconds since 1970, when the entry ends; undefined for never. */
  readonly expires: number | undefined
}

/** Now where the store can, later where it has to wait. */
export type Soon<T> = T | Promise<T>

/**
 * A store of entries, shared by all scripts of an engine. Each operation is atomic, also between processes; once a write is answered, it survives the
 * end of the process. Writes throw the script-visible `KV_QUOTA_EXCEEDED` rather than grow a namespace over its quota.
 */
export interface KvStore {
  get(scope: KvScope, key: string): Soon<string | undefined>
  set(scope: KvScope, key: string, content: KvContent): Soon<void>
  /** Whether there was an entry. */
  delete(scope: KvScope, key: string): Soon<boolean>
  list(scope: KvScope, range: KvRange): Soon<KvPage>
  /**
   * Adds to an integer, which is 0 and gets `expires` where there is no entry; an entry that is there keeps its time. Throws the script-visible
   * `KV_VALUE_INVALID` where the entry, or the sum, is not a safe integer.
   */
  increment(scope: KvScope, key: string, by: number, expires: number | undefined): Soon<number>
  /** Writes `next` if the entry's text is `expected`; undefined stands for no entry, on both sides. Says whether it did. */
  compareAndSet(scope: KvScope, key: string, expected: string | undefined, next: KvContent | undefined): Soon<boolean>
  /**
   * What has changed in a namespace. A store keeps at least the last 1,000 changes from the first call on. That an entry has reached its end is no change.
   */
  changes(scope: KvScope, watch: KvWatch): Soon<KvChanges>
  /** Lets go of the store; later calls throw. */
  close(): Soon<void>
}
