// Sees runners that no longer listen. It judges by what the runner itself wrote where its host can read it, never by messages that have not arrived: a host that
// was blocked has missed messages, not deadlines. And by the CPU time that the runner has had: on a busy machine that is far less than the time that has passed.
import type { OutcomeStatus } from '../model/outcome.ts'
import type { ActivitySight, Named } from '../runner/activity.ts'
import type { RunnerClient } from '../runner/runner-client.ts'

const LOOK_EVERY_MS = 20
/** The CPU time that native code may take, without the engine looking at the limits, once a request is overdue. */
const GRACE_CPU_MS = 60
/** After so much of it the end is likely: an engine that cuts by itself has done so by then. */
const DOUBT_CPU_MS = 45
/** The end comes after so long in any case: where the CPU time cannot be had, or where the machine gives it none. */
const LONGEST_GRACE_MS = 2_000

/** Told of runners. */
export interface WatchdogListener {
  /** A runner has to be ended: for a request in it, or because of what it is as a whole. */
  onStuck(client: RunnerClient, why: Stuck | string): void
  /** A runner may have to be ended soon, or not any more. */
  onDoubt?(client: RunnerClient, isDoubtful: boolean): void
}

/** Why a runner is ended where no request in it is known to be to blame. */
export const TOO_LARGE = 'it had grown too large'
/** The same. */
export const MUTE = 'it no longer answered'

/** A request that leaves no other way than to end its runner. */
export interface Stuck extends Named {
  readonly status: OutcomeStatus
  /** CPU time that it has had, in ms, as far as it is known. */
  readonly cpuMs?: number
}

/** One stretch of silence in a request that is overdue. */
interface Suspicion {
  readonly sight: ActivitySight
  readonly seenAt: number
  /** Of the runner, when its CPU time was first asked for. */
  cpuMs: number | undefined
  isAsking: boolean
  isDoubtful: boolean
}

/** Watches runners while they have work. */
export class Watchdog {
  readonly #suspicions = new Map<RunnerClient, Suspicion | undefined>()
  readonly #listener: WatchdogListener
  #timer: NodeJS.Timeout | undefined

  constructor(listener: WatchdogListener) {
    this.#listener = listener
  }

  /** Watches until the runner is gone or unwatched. Where its activity is not told there is nothing to see. */
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
      const sight = this.#see(client)
      if (client.isOverweight)
        this.#listener.onStuck(client, sight === undefined ? TOO_LARGE : { ...nameOf(sight), status: 'memory_exceeded' })
      else if (sight === undefined && client.isMute) this.#listener.onStuck(client, MUTE)
      else if (sight === undefined || statusOf(client, sight) === undefined) this.#suspect(client, undefined)
      else if (known !== undefined && isSame(known.sight, sight)) void this.#press(client, known)
      else
        void this.#press(
          client,
          this.#suspect(client, { sight, seenAt: performance.now(), cpuMs: undefined, isAsking: false, isDoubtful: false }),
        )
    }
  }

  /** What it computes of what it was asked for. */
  #see(client: RunnerClient): ActivitySight | undefined {
    const sight = client.activity?.see()
    return sight === undefined || client.deadlines(sight) === undefined ? undefined : sight
  }

  #suspect<S extends Suspicion | undefined>(client: RunnerClient, suspicion: S): S {
    const isDoubtful = this.#suspicions.get(client)?.isDoubtful === true
    this.#suspicions.set(client, suspicion)
    if (isDoubtful) this.#listener.onDoubt?.(client, false)
    return suspicion
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
    const usedMs = cpuMs - suspicion.cpuMs
    if (usedMs >= GRACE_CPU_MS) this.#end(client, suspicion, usedMs)
    else if (usedMs >= DOUBT_CPU_MS && !suspicion.isDoubtful) this.#doubt(client, suspicion)
  }

  #doubt(client: RunnerClient, suspicion: Suspicion): void {
    if (this.#suspicions.get(client) !== suspicion) return
    suspicion.isDoubtful = true
    this.#listener.onDoubt?.(client, true)
  }

  /** `usedMs` is the CPU time that it has had since it is overdue. */
  #end(client: RunnerClient, suspicion: Suspicion, usedMs = 0): void {
    const sight = this.#see(client)
    const status = sight === undefined || !isSame(sight, suspicion.sight) ? undefined : statusOf(client, sight)
    if (status === undefined || !this.#suspicions.has(client)) return
    const limitMs = client.deadlines(suspicion.sight)?.cpuMs
    const cpu = status === 'cpu_exceeded' && limitMs !== undefined ? { cpuMs: limitMs + usedMs } : {}
    this.#listener.onStuck(client, { ...nameOf(suspicion.sight), status, ...cpu })
  }
}

/** Ends a runner as the watchdog says. */
export function endBy(client: RunnerClient, why: Stuck | string): Promise<void> {
  return typeof why === 'string' ? client.kill(undefined, why) : client.kill(why)
}

function nameOf({ id, orSibling }: ActivitySight): Named {
  return orSibling === true ? { id, orSibling } : { id }
}

/** Whether nothing has happened between two looks. */
function isSame(a: ActivitySight, b: ActivitySight): boolean {
  return a.entry === b.entry && a.polledAt === b.polledAt
}

/** How a request counts that is overdue, and whose limits the engine has not looked at for a while; undefined when it is not. */
function statusOf(client: RunnerClient, sight: ActivitySight): OutcomeStatus | undefined {
  const { since, polledAt } = sight
  const deadlines = client.deadlines(sight)
  const now = performance.timeOrigin + performance.now()
  if (deadlines === undefined || now - polledAt < LOOK_EVERY_MS) return undefined
  if (now - since > deadlines.cpuMs) return 'cpu_exceeded'
  return performance.now() > deadlines.wallDeadline ? 'wall_exceeded' : undefined
}
