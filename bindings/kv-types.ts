// The TypeScript type of `ctx.kv`, for the editors of people who write scripts. `namespace` names entries that are shared with other scripts, as policy grants.

/** An object type, as text. */
export const KV_TYPES = `{
  /**
   * The value under a key; undefined where there is none. With \`namespace\`, here and below, entries that are shared with other scripts: where policy grants it,
   * for reading or for reading and writing; otherwise the code is NAMESPACE_DENIED.
   */
  get<T = unknown>(key: string, options?: { namespace?: string }): Promise<T | undefined>
  /**
   * Stores a value: JSON, Date, Map, Set, BigInt, Uint8Array. Keys are texts of 1 to 512 bytes.
   * With \`ttl\` (milliseconds, or a text such as '5m'; units ms, s, m, h, d) the entry disappears after that time; without, it stays.
   * Rejects with the code KV_QUOTA_EXCEEDED where it does not fit.
   */
  set(key: string, value: unknown, options?: { ttl?: number | string; namespace?: string }): Promise<void>
  /** Removes an entry. Says whether there was one. */
  delete(key: string, options?: { namespace?: string }): Promise<boolean>
  /**
   * Entries in the order of their keys, a page at a time: at most \`limit\` (100 by default, up to 1,000), fewer where values are long.
   * While the answer has a \`cursor\`, pass it on for the next page.
   */
  list<T = unknown>(options?: { prefix?: string; cursor?: string; limit?: number; namespace?: string }): Promise<{
    entries: { key: string; value: T }[]
    cursor?: string
  }>
  /**
   * Adds to an integer at once, also when several runs do; a missing entry counts as 0. Returns the sum.
   * \`ttl\` is for the entry that this call makes; one that exists keeps its time.
   */
  increment(key: string, by?: number, options?: { ttl?: number | string; namespace?: string }): Promise<number>
  /**
   * Stores \`next\` only if the entry still has the value \`expected\`, compared by content. Says whether it did.
   * undefined stands for no entry: as \`expected\` it must not exist yet, as \`next\` it is removed.
   */
  compareAndSet(key: string, expected: unknown, next: unknown, options?: { ttl?: number | string; namespace?: string }): Promise<boolean>
  /**
   * Waits for changes of keys that start with \`prefix\`, and answers with each key once and its value now (undefined: it was deleted). Without \`since\` it waits for
   * what comes next; pass the \`cursor\` of an answer as \`since\` to be told of all that came after it, also in a later run. It answers with no changes after
   * \`timeout\` (0 asks without waiting), and in any case before the run's wall clock ends. \`missed\` says that there were more changes than are kept: list anew.
   *
   * @example
   * const { changes, cursor } = await ctx.kv.watch({ prefix: 'jobs/', since: await ctx.kv.get('cursor'), timeout: 0 })
   * await ctx.kv.set('cursor', cursor)
   */
  watch<T = unknown>(options?: { prefix?: string; since?: string; timeout?: number | string; namespace?: string }): Promise<{
    changes: { key: string; value: T | undefined }[]
    cursor: string
    missed?: true
  }>
}`
