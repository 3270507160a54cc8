// The bindings that come with vivarium, in one call.
import type { Binding } from './binding.ts'
import { kv } from './kv.ts'
import type { KvStore } from './kv-store.ts'
import { type Logger, log } from './log.ts'
import type { Clock } from './system-clock.ts'

const DEFAULT_FILE = './vivarium.sqlite'

/** What the standard bindings are made from; everything has a default. */
export interface StandardBindingsOptions {
  /** Where `kv` keeps entries: a SQLite file (`./vivarium.sqlite` by default, made when first used), `:memory:`, or a store of the host's. */
  readonly kv?: string | KvStore | undefined
  /** Gets the entries of `ctx.log` when a run ends. */
  readonly logger?: Logger | undefined
  /** Milliseconds since 1970; the system's where nothing is given. */
  readonly clock?: Clock | undefined
}

/** `log` and `kv`. None is reachable for a script that policy does not grant it. Throws `KV_STORE_UNUSABLE`. */
export function standardBindings({ kv: store = DEFAULT_FILE, logger, clock }: StandardBindingsOptions = {}): readonly Binding[] {
  return [log({ logger }), kv({ store, clock })]
}
