// Sees runners that no longer listen. It judges by what the runner itself wrote into shared memory, never by messages that have not arrived: a host that
// was blocked has missed messages, not deadlines. And by the CPU time that the runner has had: on a busy machine that is far less than the time that has passed.
import type { OutcomeStatus } from '../model/outcome.ts'
import type { ActivitySight } from '../runner/activity.ts'
import type { RequestId } from '../runner/protocol.ts'
import type { RunnerClient } from '../runner/runner-client.ts'

const LOOK_EVERY_MS = 20
/** The CPU time that native code may take, without the engine looking at the limits, once a request is overdue. */
const GRACE_CPU_MS = 100
/** The same where the CPU time cannot be had. */
const LONGEST_GRACE_MS = 2_000

/** A request that leaves no other way than to end its runner. */
export interface Stuck {
  readonly id: RequestId
  readonly status: OutcomeStatus
}

/** One stretch of silence in a request that is overdue. */
interface Suspicion {
  readonly sight: ActivitySight
  readonly seenAt: number
  /** Of the runner, when its CPU time was first asked for. */
  cpuMs: number | undefined
  isAsking: boolean
}

/** Watches runners while they have work. */
export class Watchdog {
  readonly #suspicions = new Map<RunnerClient, Suspicion | undefined>()
  readonly #onStuck: (client: RunnerClient, stuck: Stuck) => void
  #timer: NodeJS.Timeout | undefined

  constructor(onStuck: (client: RunnerClient, stuck: Stuck) => void) {
    this.#onStuck = onStuck
  }

  /** Watches until the runner is gone or unwatched. Without shared memory there is nothing to see. */
  watch(client: RunnerClient): void {
    if (client.activity === undefined) return
    this.#suspicions.set(client, undefined)
    this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY_MS).unref()
  }

  /** Stops watching. */
  unwatch(client: RunnerClient): void {
    this.#suspicions.delete(client)
    if (this.#suspicions.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #look(): void {
    for (const [client, known] of this.#suspicions) {
      const sight = client.activity?.see()
      if (sight === undefined || statusOf(client, sight) === undefined) this.#suspicions.set(client, undefined)
      else if (known !== undefined && isSame(known.sight, sight)) void this.#press(client, known)
      else {
        const suspicion = { sight, seenAt: performance.now(), cpuMs: undefined, isAsking: false }
        this.#suspicions.set(client, suspicion)
        void this.#press(client, suspicion)
      }
    }
  }

  /** Asks for the CPU time until it says enough. */
  async #press(client: RunnerClient, suspicion: Suspicion): Promise<void> {
    if (performance.now() - suspicion.seenAt > LONGEST_GRACE_MS) return this.#end(client, suspicion)
    if (suspicion.isAsking) return
    suspicion.isAsking = true
    const cpuMs = await client.cpuMs()
    suspicion.isAsking = false
    if (cpuMs === undefined) return
    suspicion.cpuMs ??= cpuMs
    if (cpuMs - suspicion.cpuMs >= GRACE_CPU_MS) this.#end(client, suspicion)
  }

  #end(client: RunnerClient, suspicion: Suspicion): void {
    const sight = client.activity?.see()
    const status = sight === undefined || !isSame(sight, suspicion.sight) ? undefined : statusOf(client, sight)
    if (status !== undefined && this.#suspicions.has(client)) this.#onStuck(client, { id: suspicion.sight.id, status })
  }
}

/** Whether nothing has happened between two looks. */
function isSame(a: ActivitySight, b: ActivitySight): boolean {
  return a.entry === b.entry && a.polledAt === b.polledAt
}

/** How a request counts that is overdue, and whose limits the engine has not looked at for a while; undefined when it is not. */
function statusOf(client: RunnerClient, { id, since, polledAt }: ActivitySight): OutcomeStatus | undefined {
  const deadlines = client.deadlines(id)
  const now = performance.timeOrigin + performance.now()
  if (deadlines === undefined || now - polledAt < LOOK_EVERY_MS) return undefined
  if (now - since > deadlines.cpuMs) return 'cpu_exceeded'
  return performance.now() > deadlines.wallDeadline ? 'wall_exceeded' : undefined
}
