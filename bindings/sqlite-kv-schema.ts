// The tables behind the SQLite store, and how a file is opened, checked and brought into shape.
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { engineError } from '../engine/errors/engine-error.ts'
import { steadyClock } from './system-clock.ts'

/** Keeps entries in memory instead of a file: gone when the store is closed. */
export const IN_MEMORY = ':memory:'

const VERSION = 2
/** How long, in milliseconds, the host's start waits for another process that keeps the file locked, and how often it looks. */
const START_WAIT_MS = 5_000
const LOOK_EVERY_MS = 20

// WAL with NORMAL: a committed write is in the file system's hands, so it survives the death of the process at any point; after a power cut the last
// writes may be missing, but the file is intact.
const SETTINGS = 'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;'

// A namespace has a feed from the first time that somebody watches it: until then its changes are of no interest to anybody. Of each key the last change is kept.
const FEEDS = `
  CREATE TABLE kv_feeds (namespace TEXT NOT NULL PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE kv_changes (namespace TEXT NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (namespace, key)) STRICT, WITHOUT ROWID;
  CREATE INDEX kv_changes_by_time ON kv_changes (namespace, at);
  PRAGMA user_version = ${VERSION};`

// `bytes` and `expires` stand before `value`, so that SQLite need not walk through long values for them. Triggers keep the sums, whatever writes.
const TABLES = `
  CREATE TABLE kv_entries (
    namespace TEXT NOT NULL, key TEXT NOT NULL, bytes INTEGER NOT NULL, expires INTEGER, value TEXT NOT NULL,
    PRIMARY KEY (namespace, key)
  ) STRICT;
  CREATE INDEX kv_entries_by_expiry ON kv_entries (expires, namespace) WHERE expires IS NOT NULL;
  CREATE TABLE kv_usage (namespace TEXT NOT NULL PRIMARY KEY, bytes INTEGER NOT NULL, keys INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TRIGGER kv_entry_added AFTER INSERT ON kv_entries BEGIN
    INSERT INTO kv_usage (namespace, bytes, keys) VALUES (NEW.namespace, NEW.bytes, 1)
      ON CONFLICT (namespace) DO UPDATE SET bytes = bytes + excluded.bytes, keys = keys + 1;
  END;
  CREATE TRIGGER kv_entry_changed AFTER UPDATE OF bytes ON kv_entries BEGIN
    UPDATE kv_usage SET bytes = bytes + NEW.bytes - OLD.bytes WHERE namespace = NEW.namespace;
  END;
  CREATE TRIGGER kv_entry_removed AFTER DELETE ON kv_entries BEGIN
    UPDATE kv_usage SET bytes = bytes - OLD.bytes, keys = keys - 1 WHERE namespace = OLD.namespace;
  END;`

/** Throws `KV_STORE_UNUSABLE` where the file could not be made or is not a store, without making it. */
export function checkKvFile(path: string): void {
  if (path === IN_MEMORY) return
  if (existsSync(path)) openOnceUnlocked(path).close()
  else if (!existsSync(dirname(path))) throw engineError('KV_STORE_UNUSABLE', [path, 'its directory does not exist'])
}

/** Opens the file, making it where there is none. The caller closes it. Throws `KV_STORE_UNUSABLE`, and SQLite's errors as they are. Nothing waits for locks. */
export function openKvDatabase(path: string): DatabaseSync {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { timeout: 0 })
    database.exec(SETTINGS)
    const problem = prepareTables(database)
    if (problem !== undefined) throw engineError('KV_STORE_UNUSABLE', [path, problem])
    return database
  } catch (thrown) {
    database?.close()
    throw thrown
  }
}

/** The error of a store for one of SQLite; others stay as they are. */
export function storeError(path: string, thrown: unknown): unknown {
  return sqliteCode(thrown) === undefined ? thrown : engineError('KV_STORE_UNUSABLE', [path, describeSqlite(thrown)], { cause: thrown })
}

/** Whether another process holds the lock. */
export function isLocked(thrown: unknown): boolean {
  const code = sqliteCode(thrown)
  return code === 5 || code === 6
}

/** Blocks: to be called where the host starts. */
function openOnceUnlocked(path: string): DatabaseSync {
  const deadline = steadyClock() + START_WAIT_MS
  const pause = new Int32Array(new SharedArrayBuffer(4))
  for (;;) {
    try {
      return openKvDatabase(path)
    } catch (thrown) {
      if (!isLocked(thrown) || steadyClock() >= deadline) throw storeError(path, thrown)
      Atomics.wait(pause, 0, 0, LOOK_EVERY_MS)
    }
  }
}

/** Makes the tables in an empty file. Says what is wrong where the file holds something else. */
function prepareTables(database: DatabaseSync): string | undefined {
  database.exec('BEGIN IMMEDIATE')
  try {
    const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'])
    const tables = Number(database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()?.['tables'])
    const isNew = version === 0 && tables === 0
    if (isNew) database.exec(TABLES)
    if (isNew || version === 1) database.exec(FEEDS)
    database.exec('COMMIT')
    if (isNew || version === 1 || version === VERSION) return undefined
    return version > VERSION ? 'it was made by a newer version of vivarium' : 'it is a database of something else'
  } catch (thrown) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw thrown
  }
}

function describeSqlite(thrown: unknown): string {
  const code = sqliteCode(thrown)
  if (code === 26) return 'it is not a SQLite database'
  if (code === 11) return 'the file is damaged; restore it from a backup, or move it away to start empty'
  if (code === 14) return 'it cannot be opened; check that the directory exists and may be written'
  if (isLocked(thrown)) return 'another process keeps it locked'
  return thrown instanceof Error ? thrown.message : String(thrown)
}

/** SQLite's primary result code. */
function sqliteCode(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('errcode' in thrown) || typeof thrown.errcode !== 'number') return undefined
  return thrown.errcode & 0xff
}
