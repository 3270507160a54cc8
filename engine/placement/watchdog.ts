// Sees runners that no longer listen. It judges by what the runner itself wrote into shared memory, never by messages that have not arrived:
// a host that was blocked has missed messages, not deadlines.
import type { OutcomeStatus } from '../model/outcome.ts'
import type { ActivitySight } from '../runner/activity.ts'
import type { RequestId } from '../runner/protocol.ts'
import type { RunnerClient } from '../runner/runner-client.ts'

const LOOK_EVERY_MS = 20
/** What a run may compute beyond its limit, in native code that the engine cannot interrupt, before its runner is ended. */
const GRACE_MS = 100

/** A request that leaves no other way than to end its runner. */
export interface Stuck {
  readonly id: RequestId
  readonly status: OutcomeStatus
}

/** Watches runners while they have work. */
export class Watchdog {
  readonly #clients = new Map<RunnerClient, { suspected: number }>()
  readonly #onStuck: (client: RunnerClient, stuck: Stuck) => void
  #timer: NodeJS.Timeout | undefined

  constructor(onStuck: (client: RunnerClient, stuck: Stuck) => void) {
    this.#onStuck = onStuck
  }

  /** Watches until the runner is gone or unwatched. Without shared memory there is nothing to see. */
  watch(client: RunnerClient): void {
    if (client.activity === undefined) return
    this.#clients.set(client, { suspected: 0 })
    this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY_MS).unref()
  }

  /** Stops watching. */
  unwatch(client: RunnerClient): void {
    this.#clients.delete(client)
    if (this.#clients.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #look(): void {
    for (const [client, memory] of this.#clients) {
      const sight = client.activity?.see()
      const status = sight === undefined ? undefined : judge(client, sight)
      if (sight === undefined || status === undefined) memory.suspected = 0
      else if (memory.suspected === sight.entry) this.#onStuck(client, { id: sight.id, status })
      // Seen once is not enough: it is looked at again after the loop has turned.
      else memory.suspected = sight.entry
    }
  }
}

/**
 * How a request counts that has computed for too long; undefined when it has not. While the engine still looks at the limits, it cuts the run itself, by the
 * CPU time that the run has had: on a busy machine that is far less than the time that has passed.
 */
function judge(client: RunnerClient, { id, since, polledAt }: ActivitySight): OutcomeStatus | undefined {
  const deadlines = client.deadlines(id)
  if (deadlines === undefined) return undefined
  const now = performance.timeOrigin + performance.now()
  if (now - polledAt <= GRACE_MS) return undefined
  if (now - since > deadlines.cpuMs + GRACE_MS) return 'cpu_exceeded'
  return performance.now() > deadlines.wallDeadline + GRACE_MS ? 'wall_exceeded' : undefined
}
