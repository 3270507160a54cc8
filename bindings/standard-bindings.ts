// The bindings that come with vivarium, in one call.
import type { Binding } from './binding.ts'
import { cache } from './cache.ts'
import { crypto } from './crypto.ts'
import { events } from './events/events.ts'
import type { FileRoots } from './files/file-roots.ts'
import { files } from './files/files.ts'
import { type HttpOptions, http } from './http/http.ts'
import { kv } from './kv.ts'
import type { KvStore } from './kv-store.ts'
import { lock } from './lock.ts'
import { type Logger, log } from './log.ts'
import { script } from './script.ts'
import { secrets } from './secrets.ts'
import { SecretStore, type Secrets } from './secrets-store.ts'
import { openSqliteKvStore } from './sqlite-kv-store.ts'
import type { Clock } from './system-clock.ts'

const DEFAULT_FILE = './vivarium.sqlite'

/** What the standard bindings are made from; everything has a default. */
export interface StandardBindingsOptions {
  /** The folders that `files` works below, by the name that policy grants them under: `{ data: './data' }`. Without it there is no `files`. */
  readonly files?: FileRoots | undefined
  /** Bytes that `cache` may hold in memory for all scripts together, such as `64MiB`, which is the default. */
  readonly cache?: number | string | undefined
  /** Where `kv` and `lock` keep entries: a SQLite file (`./vivarium.sqlite` by default, made when first used), `:memory:`, or a store of the host's. */
  readonly kv?: string | KvStore | undefined
  /** How `http` finds and reaches hosts, where that is not the system's way. */
  readonly http?: Omit<HttpOptions, 'secrets'> | undefined
  /** Values by name, or functions that find them: for `secrets`, and for `{{secret:NAME}}` in headers of `http`. Without it there is no `secrets`. */
  readonly secrets?: Secrets | SecretStore | undefined
  /** Gets the entries of `ctx.log` when a run ends. */
  readonly logger?: Logger | undefined
  /** Milliseconds since 1970; the system's where nothing is given. */
  readonly clock?: Clock | undefined
}

/** `log`, `kv`, `lock`, `cache`, `crypto`, `script`, `events`, `http`; `files` where it has roots, `secrets` where there are any. None is reachable for a script that policy does not grant it. Throws `KV_STORE_UNUSABLE`, `FILES_ROOT_UNUSABLE`, `OPTIONS_INVALID`. */
export function standardBindings({
  files: roots,
  cache: cacheBytes,
  kv: where = DEFAULT_FILE,
  http: network,
  secrets: given,
  logger,
  clock,
}: StandardBindingsOptions = {}): readonly Binding[] {
  const secretStore = given === undefined || given instanceof SecretStore ? given : new SecretStore(given)
  const configured = [
    ...(roots === undefined ? [] : [files({ roots })]),
    ...(secretStore === undefined ? [] : [secrets({ secrets: secretStore })]),
  ]
  // One store for both; kv closes it.
  const store = typeof where === 'string' ? openSqliteKvStore(where) : where
  const always = [
    log({ logger }),
    kv({ store, clock }),
    lock({ store, clock }),
    cache({ bytes: cacheBytes }),
    crypto({ secrets: secretStore }),
    script(),
    events(),
    http({ ...network, secrets: secretStore }),
  ]
  return [...always, ...configured]
}
