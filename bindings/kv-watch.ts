// How a script learns of changes in `kv`: it asks what has changed since a point that it was told, and waits when nothing has.
import { z } from 'zod'
import type { KvCall } from './kv-grant.ts'
import type { KvChanges, KvScope, KvStore } from './kv-store.ts'
import { duration } from './quantities.ts'
import { readStored } from './stored-value.ts'
import { steadyClock } from './system-clock.ts'
import { type Wakeups, waitOf } from './wakeups.ts'

/** The most that a run can ever wait. */
const LONGEST_MS = 300_000
/** How often a watcher looks for what other processes have written. */
const LOOK_EVERY_MS = 500
const PAGE = { limit: 100, bytes: 256 * 1024 }

/** What `watch` takes beside the namespace. */
export const watchOptions = {
  prefix: z.string().default(''),
  since: z
    .string()
    .regex(/^\d{1,15}$/, { error: 'it must be the cursor that an earlier watch returned' })
    .transform(Number)
    .optional(),
  timeout: z.union([z.literal(0), duration.pipe(z.number().max(LONGEST_MS))]).default(LONGEST_MS),
}

/** What `watch` answers. */
export const watched = z.object({
  changes: z.array(z.object({ key: z.string(), value: z.unknown() })),
  cursor: z.string(),
  missed: z.literal(true).optional(),
})

/** What is watched, and for how long. */
export interface Watch {
  readonly scope: () => KvScope
  readonly prefix: string
  /** The point since when; undefined for now. */
  readonly since: number | undefined
  /** In milliseconds. */
  readonly timeout: number
}

/** Where changes are found, and who tells of them. */
interface Watched {
  readonly store: KvStore
  readonly wakeups: Wakeups
}

/** Answers with the changes since a point; waits for one where there is none. Writes of this process wake it, others it finds when it looks. */
export async function watchKv(
  { store, wakeups }: Watched,
  call: KvCall,
  { scope, prefix, since, timeout }: Watch,
): Promise<z.input<typeof watched>> {
  const deadline = steadyClock() + waitOf(call, timeout)
  const { namespace } = scope()
  let point = since
  for (;;) {
    // Before the look: a write that comes while a store of the host's is asked must not be slept through.
    const rest = new AbortController()
    const stop = AbortSignal.any([call.signal, rest.signal])
    const left = deadline - steadyClock()
    const woken = wakeups.wait(namespace, { ms: Math.min(left, LOOK_EVERY_MS), signal: stop, wants: (key) => key.startsWith(prefix) })
    const found = await store.changes(scope(), { ...PAGE, prefix, since: point })
    if (found.entries.length > 0 || found.isGap || left <= 0 || call.signal.aborted) {
      rest.abort()
      return show(found)
    }
    point = found.at
    await woken
    if (call.signal.aborted) return show(found)
  }
}

function show({ entries, at, isGap }: KvChanges): z.input<typeof watched> {
  return {
    changes: entries.map(({ key, value }) => ({ key, value: value === undefined ? undefined : readStored(value) })),
    cursor: String(at),
    ...(isGap ? { missed: true } : undefined),
  }
}
