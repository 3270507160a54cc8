// Runs jobs on runners: starts runners as they are needed, ends those that no longer listen, and gives every job exactly one end.
// The ladder: the engine's interrupt and the runner's own clock come first; here a silent runner is killed and what was in it is sorted out.
import { LRUCache } from 'lru-cache'
import type { EngineObserver } from '../observe/observer.ts'
import type { BaseFamily } from '../runner/base-family.ts'
import type { RequestId } from '../runner/protocol.ts'
import type { GoneRun, RunnerClient } from '../runner/runner-client.ts'
import type { Job, JobHandle } from './job.ts'
import type { Placement } from './placement.ts'
import { RunnerSupply } from './runner-supply.ts'
import { Shares } from './shares.ts'
import { WaitingJobs } from './waiting-jobs.ts'

export type { Job, JobHandle } from './job.ts'

/** What a supervisor is made of. */
export interface SupervisorOptions {
  readonly placement: Placement
  /** Runners that serve events, at most. */
  readonly runners: number
  readonly family: BaseFamily
  readonly clock: () => number
  readonly observer: EngineObserver
}

/** Runs that one runner may hold at once: each has a cell while it waits. */
const RUNS_A_RUNNER = 128
/** A bystander is run again this often before it counts as lost. */
const MOST_ATTEMPTS = 3
const MOST_HOMES = 10_000
const CLOSED = 'the engine was closed'

interface Entry {
  readonly job: Job
  attempts: number
  isCancelled: boolean
  at: { readonly client: RunnerClient; readonly id: RequestId } | undefined
}

/** See the head of the file. */
export class Supervisor {
  readonly #options: SupervisorOptions
  readonly #supply: RunnerSupply
  readonly #clients = new Set<RunnerClient>()
  /** Those of them that may have to be ended soon. */
  readonly #doubtful = new Set<RunnerClient>()
  readonly #waiting = new WaitingJobs<Entry>()
  readonly #waitingAlone = new WaitingJobs<Entry>()
  /** State name → the runner that holds it. */
  readonly #homes = new LRUCache<string, RunnerClient>({ max: MOST_HOMES })
  readonly #shares = new Shares()
  #alone: RunnerClient | undefined
  #starting = 0
  #startingAlone = false
  #closed = false

  constructor(options: SupervisorOptions) {
    this.#options = options
    this.#supply = new RunnerSupply({
      ...options,
      onEnding: (client) => this.#leaveOut(client),
      onDoubt: (client, isDoubtful) => this.#doubt(client, isDoubtful),
    })
  }

  /** Starts the first runner before it is needed. */
  warm(): void {
    if (this.#clients.size + this.#starting === 0) this.#start()
  }

  /** Runs a job now, or as soon as a runner is free. */
  run(job: Job): JobHandle {
    const entry: Entry = { job, attempts: 0, isCancelled: false, at: undefined }
    this.#place(entry)
    return { cancel: (reason) => this.#cancel(entry, reason) }
  }

  /** Ends every runner. Jobs under way end as lost. */
  async close(): Promise<void> {
    this.#closed = true
    for (const { job } of [...this.#waiting.takeAll(), ...this.#waitingAlone.takeAll()]) job.onLost(CLOSED)
    await this.#supply.close()
  }

  #place(entry: Entry): void {
    const { job } = entry
    if (this.#closed) return job.onLost(CLOSED)
    const { standing } = job
    if (standing === 'refused') return job.onRefused()
    const client = standing === 'alone' ? this.#freeAlone() : this.#hasShare(job) ? this.#free(job.state) : undefined
    if (client !== undefined) return this.#send(entry, client)
    if (standing === 'alone') {
      this.#waitingAlone.add(entry)
      this.#startAlone()
    } else {
      this.#waiting.add(entry)
      this.#grow()
    }
  }

  #hasShare({ script }: Job): boolean {
    let free = this.#options.runners * RUNS_A_RUNNER
    for (const client of this.#clients) free -= client.runCount
    return this.#shares.mayTake(script, free)
  }

  /** A runner with room: for a state, the one that holds it; otherwise the one with the least to do. */
  #free(state: string): RunnerClient | undefined {
    const home = state === '' ? undefined : this.#homes.get(state)
    if (home !== undefined && !home.isClosed) return home.runCount < RUNS_A_RUNNER ? home : undefined
    let best: RunnerClient | undefined
    for (const client of this.#clients) {
      if ((best === undefined || client.runCount < best.runCount) && !this.#doubtful.has(client)) best = client
    }
    if (best === undefined || best.runCount >= RUNS_A_RUNNER) return undefined
    if (best.runCount > 0) this.#grow()
    if (state !== '') this.#homes.set(state, best)
    return best
  }

  #freeAlone(): RunnerClient | undefined {
    return this.#alone !== undefined && this.#alone.runCount === 0 ? this.#alone : undefined
  }

  #send(entry: Entry, client: RunnerClient): void {
    const { job } = entry
    const wallMs = Math.ceil(job.wallDeadline - performance.now())
    if (wallMs <= 0) return job.onExpired()
    entry.attempts++
    const isShared = client !== this.#alone
    if (isShared) this.#shares.take(job.script)
    const id = client.run({
      message: (request) => job.message(request, wallMs, this.#options.clock()),
      onCall: (call, from, request) => job.onCall(call, from, request),
      onEnd: (end, state) => {
        if (isShared) this.#shares.giveBack(job.script)
        this.#pull(client)
        job.onEnd(end, state)
      },
      onGone: (gone) => {
        if (isShared) this.#shares.giveBack(job.script)
        this.#sortOut(entry, gone)
      },
    })
    entry.at = { client, id }
  }

  /** A runner is gone: its culprit has an end, its bystanders run again unless the host has already heard of them. */
  #sortOut(entry: Entry, gone: GoneRun): void {
    const { job } = entry
    if (gone.culprit !== undefined) return job.onKilled(gone.culprit, gone)
    if (this.#closed) return job.onLost(CLOSED)
    if (gone.suspicion !== undefined) job.onSuspected(gone.suspicion)
    if (entry.isCancelled) return job.onCancelled()
    if (gone.hostCalls > 0 || entry.attempts >= MOST_ATTEMPTS) return job.onLost(gone.reason)
    entry.at = undefined
    // Placed once the dead runner has left the pool.
    setImmediate(() => (entry.isCancelled ? undefined : this.#place(entry)))
  }

  #cancel(entry: Entry, reason: string): boolean {
    entry.isCancelled = true
    if (entry.at !== undefined) {
      entry.at.client.cancel(entry.at.id, reason, this.#options.clock())
      return false
    }
    this.#waiting.remove(entry)
    this.#waitingAlone.remove(entry)
    return true
  }

  /** A run ended: whoever waits for its runner goes next. */
  #pull(client: RunnerClient): void {
    if (client === this.#alone) {
      while (client.runCount === 0) {
        const next = this.#waitingAlone.take(() => true)
        if (next === undefined) return
        this.#sendOrPlace(next, client, 'alone')
      }
      return
    }
    while (this.#clients.has(client) && client.runCount < RUNS_A_RUNNER) {
      const next = this.#waiting.take(({ job }) => this.#hasShare(job) && this.#mayRunOn(job.state, client))
      if (next === undefined) return this.#retireSurplus(client)
      if (next.job.state !== '') this.#homes.set(next.job.state, client)
      this.#sendOrPlace(next, client, 'shared')
    }
  }

  /** Its script's standing may have changed while it waited. */
  #sendOrPlace(entry: Entry, client: RunnerClient, standing: Job['standing']): void {
    if (entry.job.standing === standing) this.#send(entry, client)
    else this.#place(entry)
  }

  #mayRunOn(state: string, client: RunnerClient): boolean {
    if (state === '') return true
    const home = this.#homes.get(state)
    return home === undefined || home.isClosed || home === client
  }

  /** Starts one more runner when there is work for it. Those that may be ended soon do not count. */
  #grow(): void {
    const count = this.#clients.size - this.#doubtful.size
    if (this.#starting > 0 || this.#closed || count >= this.#options.runners) return
    const { refusal } = this.#supply
    if (refusal === undefined) this.#start()
    else if (this.#clients.size === 0) for (const { job } of this.#waiting.takeAll()) job.onLost(refusal)
  }

  #start(): void {
    this.#starting++
    this.#supply.open({
      onOpen: (client) => {
        this.#starting--
        this.#clients.add(client)
        this.#pull(client)
      },
      onFailed: () => {
        this.#starting--
        if (this.#waiting.size > 0) this.#grow()
      },
      onClose: (client) => {
        this.#leaveOut(client)
        for (const [state, home] of this.#homes) if (home === client) this.#homes.delete(state)
        if (this.#waiting.size > 0 || (this.#options.placement.startsSlowly === true && this.#supply.isCalm)) this.#grow()
      },
    })
  }

  #startAlone(): void {
    if (this.#alone !== undefined || this.#startingAlone || this.#closed) return
    const { refusal } = this.#supply
    if (refusal !== undefined) {
      for (const { job } of this.#waitingAlone.takeAll()) job.onLost(refusal)
      return
    }
    this.#startingAlone = true
    this.#supply.open({
      onOpen: (client) => {
        this.#startingAlone = false
        this.#alone = client
        this.#pull(client)
      },
      onFailed: () => {
        this.#startingAlone = false
        if (this.#waitingAlone.size > 0) this.#startAlone()
      },
      onClose: () => {
        this.#alone = undefined
        if (this.#waitingAlone.size > 0) this.#startAlone()
      },
    })
  }

  /** Where starting takes long, the one that takes a runner's place is there when it has to be ended. */
  #doubt(client: RunnerClient, isDoubtful: boolean): void {
    if (this.#options.placement.startsSlowly !== true || !this.#clients.has(client)) return
    if (!isDoubtful) {
      this.#doubtful.delete(client)
      this.#pull(client)
    } else {
      this.#doubtful.add(client)
      this.#grow()
    }
  }

  /** One that is not needed after all goes when it has nothing to do and nothing to lose. */
  #retireSurplus(client: RunnerClient): void {
    const isSurplus = this.#clients.size - this.#doubtful.size > this.#options.runners
    if (!isSurplus || client.runCount > 0 || [...this.#homes.values()].includes(client)) return
    this.#leaveOut(client)
    this.#supply.retire(client)
  }

  /** Nothing more is sent to it. */
  #leaveOut(client: RunnerClient): void {
    this.#clients.delete(client)
    this.#doubtful.delete(client)
  }
}
