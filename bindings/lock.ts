// The binding `lock`: only one run at a time does what a name stands for. Locks end by themselves, and each holder has a token that is greater than the last.
import { z } from 'zod'
import type { Binding, BindingCall } from './binding.ts'
import { defineBinding } from './define-binding.ts'
import { HostFunctionError } from './host-function-error.ts'
import { sharedName } from './kv-grant.ts'
import type { KvStore } from './kv-store.ts'
import { LockQueues, type LookResult } from './lock-queues.ts'
import { type HeldLock, isQuotaExceeded, type LockPlace, LockRecords } from './lock-records.ts'
import { duration } from './quantities.ts'
import { openSqliteKvStore } from './sqlite-kv-store.ts'
import { type Clock, systemClock } from './system-clock.ts'
import { takes } from './takes.ts'
import { waitOf } from './wakeups.ts'

const DEFAULT_NAMES = 1_000
const DEFAULT_TTL_MS = 30_000
const MAX_TTL_MS = 86_400_000
/** The most that a run can ever wait. */
const LONGEST_WAIT_MS = 300_000

/** What policy writes under `allow.lock`: `true` or `{ names, shared }`. */
const grant = z
  .strictObject({
    names: z.int().positive().max(100_000).default(DEFAULT_NAMES).describe('Names in use; 1,000 by default.'),
    shared: z.array(sharedName).optional().describe('Namespaces whose locks are shared with other scripts.'),
  })
  .prefault({})

type LockCall = BindingCall<z.output<typeof grant>>

const name = z.string().regex(/^[^\p{Cc}\p{Cs}]{1,128}$/u, { error: 'a name is 1 to 128 characters, none of them a control character' })
const namespace = sharedName.optional()
const token = z.int()
const ttl = duration.pipe(z.number().max(MAX_TTL_MS))
const terms = z
  .strictObject({
    namespace,
    ttl: ttl.default(DEFAULT_TTL_MS),
    wait: z.union([z.literal(0), duration.pipe(z.number().max(LONGEST_WAIT_MS))]).default(0),
    releaseAtEnd: z.boolean().default(false),
  })
  .prefault({})
const place = z.strictObject({ namespace }).prefault({})
const held = z.object({ name: z.string(), token, until: z.number() }).optional()

const TYPES = `{
  /**
   * Takes a lock for \`ttl\` (30 s by default, up to a day), unless somebody else holds it: then waits up to \`wait\` (0 by default; never beyond the run's wall clock), and
   * answers undefined when it is still held. With \`releaseAtEnd\` it is released when the run is over, however it ends. \`until\` is in ms since 1970. \`token\` is greater
   * than that of any earlier holder: keep it beside what you write, and refuse to write under a smaller one. With \`namespace\`, a lock shared with other scripts.
   *
   * @example
   * const lock = await ctx.lock.acquire('nightly report', { ttl: '1m', releaseAtEnd: true })
   * if (lock === undefined) return 'somebody else is at it'
   */
  acquire(
    name: string,
    options?: { ttl?: number | string; wait?: number | string; releaseAtEnd?: boolean; namespace?: string },
  ): Promise<{ name: string; token: number; until: number } | undefined>
  /** Holds a lock for another \`ttl\` from now. False where it is no longer yours. */
  extend(name: string, token: number, ttl: number | string, options?: { namespace?: string }): Promise<boolean>
  /** Lets go of a lock. False where it was no longer yours. */
  release(name: string, token: number, options?: { namespace?: string }): Promise<boolean>
}`

/** What `lock` is made from. */
export interface LockOptions {
  /**
   * Where locks are kept: a SQLite file, which may be that of `kv`; `:memory:` for locks of this binding alone. Or a store, which whoever made it closes.
   */
  readonly store: string | KvStore
  /** Milliseconds since 1970, for the ends of locks; the system's where nothing is given. */
  readonly clock?: Clock | undefined
}

/**
 * The binding `lock`: acquire, extend, release. Locks belong to one script of one tenant, or to a namespace that scripts of one tenant share by grant.
 * Throws `KV_STORE_UNUSABLE`.
 *
 * @example
 * const engine = await createEngine({ scripts, bindings: [lock({ store: './state.sqlite' })] })
 */
export function lock({ store: where, clock = systemClock }: LockOptions): Binding {
  const store = typeof where === 'string' ? openSqliteKvStore(where) : where
  const locks = new Locks(new LockRecords(store), clock)
  return defineBinding(
    'lock',
    {
      acquire: {
        input: z.tuple([name, terms], takes('name, { ttl, wait, releaseAtEnd, namespace }?')),
        output: held,
        handler: (call, what, options) => locks.acquire(call, what, options),
      },
      extend: {
        input: z.tuple([name, token, ttl, place], takes('name, token, ttl, { namespace }?')),
        output: z.boolean(),
        handler: (call, what, mine, ...[longer, options]) => {
          const at = locks.placeOf(call, what, options)
          return locks.hold(at, mine, at.now + longer)
        },
      },
      release: {
        input: z.tuple([name, token, place], takes('name, token, { namespace }?')),
        output: z.boolean(),
        handler: (call, what, mine, options) => locks.hold(locks.placeOf(call, what, options), mine, 0),
      },
    },
    {
      grant,
      description: 'Names that one run at a time can hold: a script’s own, and those of shared namespaces.',
      types: TYPES,
      close: () => (typeof where === 'string' ? store.close() : undefined),
    },
  )
}

interface Where {
  readonly namespace?: string | undefined
}

/** The locks of an engine, and those who wait for one. */
class Locks {
  readonly #records: LockRecords
  readonly #clock: Clock
  readonly #queues: LockQueues

  constructor(records: LockRecords, clock: Clock) {
    this.#records = records
    this.#clock = clock
    this.#queues = new LockQueues(clock)
  }

  /** Throws the script-visible `NAMESPACE_DENIED`. */
  placeOf({ tenant, script, grant: { names, shared } }: LockCall, what: string, { namespace: wanted }: Where): LockPlace {
    if (wanted !== undefined && shared?.includes(wanted) !== true) throw HostFunctionError.of('NAMESPACE_DENIED', 'lock', wanted, '')
    // Engine-made names only, and JSON quotes them. No namespace of kv is an object with this key.
    const owner = wanted === undefined ? { lock: [tenant ?? null, script] } : { sharedLock: [tenant ?? null, wanted] }
    return { owner: JSON.stringify(owner), name: what, names, now: this.#clock() }
  }

  async acquire(call: LockCall, what: string, options: z.output<typeof terms>): Promise<z.input<typeof held>> {
    const taken = await this.#queues.take(nameOf(this.placeOf(call, what, options)), {
      look: () => this.#look(this.placeOf(call, what, options), options.ttl),
      ms: waitOf(call, options.wait),
      signal: call.signal,
    })
    return taken && (await this.#give(call, { what, options, taken }))
  }

  /** Whether the lock was the token's. */
  async hold(at: LockPlace, mine: number, until: number): Promise<boolean> {
    const wasMine = await this.#records.hold(at, mine, until)
    if (wasMine && until <= at.now) this.#queues.released(nameOf(at))
    return wasMine
  }

  async #look(at: LockPlace, longest: number): Promise<LookResult> {
    try {
      return await this.#records.take(at, longest)
    } catch (thrown) {
      throw isQuotaExceeded(thrown) ? HostFunctionError.of('LOCK_QUOTA_EXCEEDED', at.names) : thrown
    }
  }

  async #give(
    call: LockCall,
    { what, options, taken }: { readonly what: string; readonly options: z.output<typeof terms>; readonly taken: HeldLock },
  ) {
    const { signal } = call
    const release = async (): Promise<void> => {
      // The store may be closed by then, or locked: the lock ends by itself.
      await this.hold(this.placeOf(call, what, options), taken.token, 0).catch(() => false)
    }
    // The run ended while its lock was taken: nobody would ever hear of it.
    if (signal.aborted) await release()
    else if (options.releaseAtEnd) signal.addEventListener('abort', () => void release(), { once: true })
    return { name: what, ...taken }
  }
}

/** One name for each lock of all owners. */
function nameOf({ owner, name: what }: LockPlace): string {
  return `${owner} ${what}`
}
