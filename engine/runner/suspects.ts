// Of which runs it may be one that a runner says to compute. Runs of one image that begin right after one another are told of as one.
import type { Named } from './activity.ts'
import type { RequestId, RunMessage } from './protocol.ts'
import type { Requests } from './requests.ts'

/**
 * What a run has to do with the end of its runner, where it is not said to be to blame. `computing`: the runner ended by itself while it computed this run.
 * `sibling`: the runner ended, or had to be ended, for this run or another one of the same image, and which of them is not known.
 */
export type Suspicion = 'computing' | 'sibling'

/** What is known of a run under way. */
interface Suspect {
  readonly message: RunMessage
  /** On the host's monotonic clock. */
  readonly sentAt: number
  readonly hostCalls: number
}

/** What the watchdog needs to know of a request. */
export interface RequestDeadlines {
  readonly cpuMs: number
  /** On the host's monotonic clock. */
  readonly wallDeadline: number
}

/** Which runs may be the one that is named. A sibling is one of which the host has heard nothing: what it has heard of was written down by itself. How much CPU time they have is the same for all. */
export function suspectsOf({ id, orSibling }: Named, runs: Requests<Suspect>): readonly RequestId[] {
  const run = runs.get(id)
  if (run === undefined) return []
  if (orSibling !== true) return [id]
  if (run.hostCalls > 0) return []
  const { key, limits } = run.message
  return runs.filter(({ message, hostCalls }) => hostCalls === 0 && message.key === key && message.limits.cpuMs === limits.cpuMs)
}

/** How long a run may compute that is named, whichever of its siblings it is; undefined when it is over. */
export function deadlinesOf(named: Named, runs: Requests<Suspect>): RequestDeadlines | undefined {
  const suspects = suspectsOf(named, runs).flatMap((id) => runs.get(id) ?? [])
  const [first] = suspects
  if (first === undefined) return undefined
  return { cpuMs: first.message.limits.cpuMs, wallDeadline: Math.max(...suspects.map(({ message, sentAt }) => sentAt + message.wallMs)) }
}
