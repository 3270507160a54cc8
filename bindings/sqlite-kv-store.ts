// Entries of `kv` in an embedded SQLite file, or in memory. Several engines and processes may share a file.
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { engineError } from '../engine/errors/engine-error.ts'
import { HostFunctionError } from './host-function-error.ts'
import type { KvChanges, KvContent, KvPage, KvQuota, KvRange, KvScope, KvStore, KvWatch, Soon } from './kv-store.ts'
import { checkKvFile, isLocked, openKvDatabase, storeError } from './sqlite-kv-schema.ts'
import { steadyClock } from './system-clock.ts'

/** Expired entries that a write clears away, of any namespace: enough that they cannot pile up, few enough not to be noticed. */
const PURGED_PER_WRITE = 32
/** Changes of a namespace that watchers can still be told of. */
const KEPT_CHANGES = 1_000
/** How long, in milliseconds, an operation waits for another process that is writing, and how often it looks. It does not block the host meanwhile. */
const WAIT_MS = 5_000
const LOOK_EVERY_MS = 10

const SQL = {
  begin: 'BEGIN IMMEDIATE',
  commit: 'COMMIT',
  rollback: 'ROLLBACK',
  get: 'SELECT value FROM kv_entries WHERE namespace = ? AND key = ? AND (expires IS NULL OR expires > ?)',
  set: `INSERT INTO kv_entries (namespace, key, value, bytes, expires) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (namespace, key) DO UPDATE SET value = excluded.value, bytes = excluded.bytes, expires = excluded.expires`,
  delete: 'DELETE FROM kv_entries WHERE namespace = ? AND key = ?',
  list: `SELECT key, value, bytes FROM kv_entries
    WHERE namespace = ? AND key >= ? AND key < CAST(? AS TEXT) AND key > ? AND (expires IS NULL OR expires > ?) ORDER BY key LIMIT ?`,
  entry: 'SELECT bytes, expires, value FROM kv_entries WHERE namespace = ? AND key = ?',
  usage: 'SELECT bytes, keys FROM kv_usage WHERE namespace = ?',
  purge: `DELETE FROM kv_entries WHERE rowid IN (SELECT rowid FROM kv_entries WHERE expires <= ? LIMIT ${PURGED_PER_WRITE})`,
  feed: 'SELECT at FROM kv_feeds WHERE namespace = ?',
  openFeed: 'INSERT INTO kv_feeds (namespace, at) VALUES (?, 0) ON CONFLICT (namespace) DO NOTHING',
  advance: 'UPDATE kv_feeds SET at = at + 1 WHERE namespace = ? RETURNING at',
  note: 'INSERT INTO kv_changes (namespace, key, at) VALUES (?, ?, ?) ON CONFLICT (namespace, key) DO UPDATE SET at = excluded.at',
  forget: 'DELETE FROM kv_changes WHERE namespace = ? AND at <= ?',
  changes: `SELECT changed.key, changed.at, entry.value, entry.bytes FROM kv_changes AS changed
    LEFT JOIN kv_entries AS entry
      ON entry.namespace = changed.namespace AND entry.key = changed.key AND (entry.expires IS NULL OR entry.expires > ?)
    WHERE changed.namespace = ? AND changed.at > ? AND changed.key >= ? AND changed.key < CAST(? AS TEXT) ORDER BY changed.at LIMIT ?`,
  purgeNamespace: 'DELETE FROM kv_entries WHERE expires <= ? AND namespace = ?',
} as const

type Statements = { readonly [name in keyof typeof SQL]: StatementSync }

/** A store in the SQLite file at `path`, made when first used; `:memory:` keeps entries in memory. The caller closes it. Throws `KV_STORE_UNUSABLE`. */
export function openSqliteKvStore(path: string): KvStore {
  checkKvFile(path)
  return new SqliteKvStore(path)
}

class SqliteKvStore implements KvStore {
  readonly #path: string
  #database: DatabaseSync | undefined
  #statements: Statements | undefined
  #isClosed = false

  constructor(path: string) {
    this.#path = path
  }

  get(scope: KvScope, key: string): Soon<string | undefined> {
    return this.#attempt((sql) => asText(sql.get.get(scope.namespace, key, scope.now)?.['value']))
  }

  set(scope: KvScope, key: string, content: KvContent): Soon<void> {
    return this.#write(scope, (sql) => write(sql, scope, key, content))
  }

  delete(scope: KvScope, key: string): Soon<boolean> {
    return this.#write(scope, (sql) => remove(sql, scope, key))
  }

  list(scope: KvScope, range: KvRange): Soon<KvPage> {
    return this.#attempt((sql) => readPage(sql, scope, range))
  }

  increment(scope: KvScope, key: string, by: number, expires: number | undefined): Soon<number> {
    return this.#write(scope, (sql) => {
      const entry = readEntry(sql, scope, key)
      const sum = add(entry?.value, by)
      write(sql, scope, key, { value: String(sum), expires: entry === undefined ? expires : entry.expires })
      return sum
    })
  }

  compareAndSet(scope: KvScope, key: string, expected: string | undefined, next: KvContent | undefined): Soon<boolean> {
    return this.#write(scope, (sql) => {
      if (readEntry(sql, scope, key)?.value !== expected) return false
      if (next === undefined) remove(sql, scope, key)
      else write(sql, scope, key, next)
      return true
    })
  }

  changes(scope: KvScope, watch: KvWatch): Soon<KvChanges> {
    const { namespace } = scope
    return this.#attempt((sql) => {
      const known = sql.feed.get(namespace)
      if (known !== undefined) return readChanges(sql, scope, watch, Number(known['at']))
      sql.openFeed.run(namespace)
      return { entries: [], at: 0, isGap: watch.since !== undefined }
    })
  }

  close(): void {
    this.#isClosed = true
    this.#database?.close()
    this.#database = undefined
    this.#statements = undefined
  }

  /** Checks and writes as one. The lock is taken at the start: a read that turns into a write can fail halfway. */
  #write<T>(scope: KvScope, work: (sql: Statements) => T): Soon<T> {
    return this.#attempt((sql, database) => {
      sql.begin.run()
      try {
        sql.purge.run(scope.now)
        const result = work(sql)
        sql.commit.run()
        return result
      } catch (thrown) {
        if (database.isTransaction) sql.rollback.run()
        throw thrown
      }
    })
  }

  /** At once where nobody else holds the lock: always, for an engine that has the file to itself. */
  #attempt<T>(work: (sql: Statements, database: DatabaseSync) => T): Soon<T> {
    try {
      return this.#try(work)
    } catch (thrown) {
      if (isLocked(thrown)) return this.#retry(work)
      throw storeError(this.#path, thrown)
    }
  }

  async #retry<T>(work: (sql: Statements, database: DatabaseSync) => T): Promise<T> {
    const deadline = steadyClock() + WAIT_MS
    for (;;) {
      await delay(LOOK_EVERY_MS)
      try {
        return this.#try(work)
      } catch (thrown) {
        if (!isLocked(thrown) || steadyClock() >= deadline) throw storeError(this.#path, thrown)
      }
    }
  }

  #try<T>(work: (sql: Statements, database: DatabaseSync) => T): T {
    if (this.#isClosed) throw engineError('DISPOSED', [`The kv store "${this.#path}"`])
    this.#database ??= openKvDatabase(this.#path)
    this.#statements ??= prepare(this.#database)
    return work(this.#statements, this.#database)
  }
}

function prepare(database: DatabaseSync): Statements {
  return Object.fromEntries(Object.entries(SQL).map(([name, sql]) => [name, database.prepare(sql)])) as unknown as Statements
}

/** The entry that is there now; one whose time has come is not. */
function readEntry(sql: Statements, { namespace, now }: KvScope, key: string): KvContent | undefined {
  const row = sql.entry.get(namespace, key)
  if (row === undefined) return undefined
  const expires = row['expires'] === null ? undefined : Number(row['expires'])
  return expires !== undefined && expires <= now ? undefined : { value: String(row['value']), expires }
}

function remove(sql: Statements, scope: KvScope, key: string): boolean {
  const wasThere = readEntry(sql, scope, key) !== undefined
  sql.delete.run(scope.namespace, key)
  if (wasThere) note(sql, scope, key)
  return wasThere
}

function write(sql: Statements, scope: KvScope, key: string, { value, expires }: KvContent): void {
  const bytes = Buffer.byteLength(key) + Buffer.byteLength(value)
  if (fitOf(sql, scope, key, bytes).excess !== undefined) {
    // Only what is still there counts: expired entries make room before anything is refused.
    sql.purgeNamespace.run(scope.now, scope.namespace)
    const { excess, isGrowth } = fitOf(sql, scope, key, bytes)
    // An entry that gets smaller may be written even above the quota: a quota that was lowered locks nobody in.
    if (excess !== undefined && isGrowth) throw HostFunctionError.of('KV_QUOTA_EXCEEDED', excess)
  }
  sql.set.run(scope.namespace, key, value, bytes, expires ?? null)
  note(sql, scope, key)
}

/** Takes down a change, where anybody watches. */
function note(sql: Statements, { namespace }: KvScope, key: string): void {
  const feed = sql.advance.get(namespace)
  if (feed === undefined) return
  const at = Number(feed['at'])
  sql.note.run(namespace, key, at)
  sql.forget.run(namespace, at - KEPT_CHANGES)
}

/** How an entry of that size would fit beside the others: by how much it is too much, in words, and whether it adds anything. */
function fitOf(
  sql: Statements,
  { namespace, quota }: KvScope,
  key: string,
  bytes: number,
): { excess: string | undefined; isGrowth: boolean } {
  const used = readUsage(sql, namespace)
  const present = sql.entry.get(namespace, key)
  const total = used.bytes + bytes - (present === undefined ? 0 : Number(present['bytes']))
  const isGrowth = present === undefined || total > used.bytes
  if (total > quota.bytes) {
    return { excess: `${used.bytes} of ${quota.bytes} bytes are used, and this entry would make it ${total}`, isGrowth }
  }
  const isOneTooMany = present === undefined && used.keys >= quota.keys
  return { excess: isOneTooMany ? `${used.keys} of ${quota.keys} keys are used` : undefined, isGrowth }
}

function readUsage(sql: Statements, namespace: string): KvQuota {
  const row = sql.usage.get(namespace)
  return row === undefined ? { bytes: 0, keys: 0 } : { bytes: Number(row['bytes']), keys: Number(row['keys']) }
}

function readPage(sql: Statements, { namespace, now }: KvScope, { prefix, after, limit, bytes }: KvRange): KvPage {
  const end = endOf(prefix)
  const entries: { key: string; value: string }[] = []
  let filled = 0
  for (const row of sql.list.iterate(namespace, prefix, end, after, now, limit + 1)) {
    if (entries.length === limit || filled >= bytes) return { entries, hasMore: true }
    filled += Number(row['bytes'])
    entries.push({ key: String(row['key']), value: String(row['value']) })
  }
  return { entries, hasMore: false }
}

/** `now` is read before: what another process writes in between is told twice rather than never. */
function readChanges(
  sql: Statements,
  { namespace, now: moment }: KvScope,
  { prefix, since, limit, bytes }: KvWatch,
  now: number,
): KvChanges {
  if (since === undefined || since > now || since < now - KEPT_CHANGES) return { entries: [], at: now, isGap: since !== undefined }
  const end = endOf(prefix)
  const entries: { key: string; value: string | undefined }[] = []
  let filled = 0
  let at = since
  for (const row of sql.changes.iterate(moment, namespace, since, prefix, end, limit + 1)) {
    if (entries.length === limit || filled >= bytes) return { entries, at, isGap: false }
    filled += Number(row['bytes'] ?? 0)
    at = Number(row['at'])
    entries.push({ key: String(row['key']), value: asText(row['value']) })
  }
  return { entries, at: Math.max(at, now), isGap: false }
}

/** No UTF-8 text has the byte 0xFF, so this bound lies right behind every key that starts with the prefix. */
function endOf(prefix: string): Buffer {
  return Buffer.concat([Buffer.from(prefix), Buffer.of(0xff)])
}

function add(stored: string | undefined, by: number): number {
  const value = stored === undefined ? 0 : /^-?\d{1,16}$/.test(stored) ? Number(stored) : Number.NaN
  if (!Number.isSafeInteger(value))
    throw HostFunctionError.of('KV_VALUE_INVALID', 'increment needs an integer, and the entry holds something else')
  const sum = value + by
  if (!Number.isSafeInteger(sum)) throw HostFunctionError.of('KV_VALUE_INVALID', `increment by ${by} leaves the range of safe integers`)
  return sum
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
