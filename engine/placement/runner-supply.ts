// Starts runners and sees them end: pauses between starts that fail, the stop of a crash loop, the watchdog, the end of all.
import { describe } from '../errors/codes.ts'
import { isEngineError } from '../errors/engine-error.ts'
import type { EngineObserver } from '../observe/observer.ts'
import type { BaseFamily } from '../runner/base-family.ts'
import { RunnerClient, type RunnerEnd, type RunnerEndFacts } from '../runner/runner-client.ts'
import type { Placement } from './placement.ts'
import { Restarts, type Stop } from './restarts.ts'
import { changeOf } from './runner-change.ts'
import { endBy, type Stuck, Watchdog } from './watchdog.ts'

/** What a supply is made of. */
export interface SupplyOptions {
  readonly placement: Placement
  readonly family: BaseFamily
  readonly observer: EngineObserver
  /** A runner is about to be ended: nothing more must be sent to it. */
  readonly onEnding: (client: RunnerClient) => void
  /** A runner may have to be ended soon, or not any more. */
  readonly onDoubt: (client: RunnerClient, isDoubtful: boolean) => void
}

/** Who asked for a runner. Either `onFailed` is called, or `onOpen` and, unless the supply is closed, `onClose`. */
export interface RunnerTaker {
  onOpen(client: RunnerClient): void
  onFailed(): void
  onClose(client: RunnerClient): void
}

const ROLE = 'runner'
const NOT_STARTED = 'it could not be started'

/** See the head of the file. */
export class RunnerSupply {
  readonly #options: SupplyOptions
  readonly #watchdog: Watchdog
  readonly #restarts = new Restarts()
  readonly #clients = new Set<RunnerClient>()
  readonly #pauses = new Set<NodeJS.Timeout>()
  /** Runners that are being ended. */
  readonly #ending = new Set<Promise<void>>()
  #refusal: string | undefined
  #isClosed = false

  constructor(options: SupplyOptions) {
    this.#options = options
    this.#watchdog = new Watchdog({
      onStuck: (client, why) => this.#end(client, why),
      onDoubt: (client, isDoubtful) => options.onDoubt(client, isDoubtful),
    })
  }

  /** Why no runner is started at this moment; undefined when one is. */
  get refusal(): string | undefined {
    return this.#restarts.isStopped ? this.#refusal : undefined
  }

  /** Whether a runner that is started now starts at once: too many have not ended of late. */
  get isCalm(): boolean {
    return this.#restarts.pauseMs === 0 && !this.#restarts.isStopped
  }

  /** Starts a runner, after a pause where others ended too soon. */
  open(taker: RunnerTaker): void {
    const pauseMs = this.#restarts.pauseMs
    if (pauseMs === 0) return void this.#start(taker)
    const pause = setTimeout(() => {
      this.#pauses.delete(pause)
      void this.#start(taker)
    }, pauseMs)
    this.#pauses.add(pause)
  }

  /** Ends a runner that is not needed any more. */
  retire(client: RunnerClient): void {
    this.#watchdog.unwatch(client)
    this.#track(client.kill())
  }

  /** Ends every runner, also those that are being started. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const pause of this.#pauses) clearTimeout(pause)
    this.#pauses.clear()
    await Promise.all([...[...this.#clients].map((client) => client.kill()), ...this.#ending])
  }

  async #start(taker: RunnerTaker): Promise<void> {
    const { placement, family, observer } = this.#options
    let started: RunnerClient | undefined
    try {
      const { client, opened } = RunnerClient.start(placement.start('runner'), placement.name, family)
      started = client
      this.#clients.add(client)
      await opened
      client.onClose((kind, facts) => this.#closed(client, kind, facts, taker))
      observer.runner?.({ kind: 'started', role: ROLE })
      this.#watchdog.watch(client)
      taker.onOpen(client)
    } catch (error) {
      if (started !== undefined) {
        this.#clients.delete(started)
        this.#track(started.kill())
      }
      if (this.#isClosed) return
      this.#failed(error)
      taker.onFailed()
    }
  }

  /** What another start would not change ends the trying at once. */
  #failed(error: unknown): void {
    this.#options.observer.runner?.({ kind: 'lost', role: ROLE, ...toldOf(error) })
    const isFinal = isEngineError(error) && error.code !== 'RUNNER_START_FAILED'
    const stop = isFinal ? this.#restarts.stop() : this.#restarts.lost(true)
    if (stop === undefined) return
    const { reason, detail } = toldOf(error)
    if (isFinal) this.#stop(reason, detail)
    else this.#stop(this.#loopOf(stop, NOT_STARTED), detail)
  }

  #closed(client: RunnerClient, kind: RunnerEnd, facts: RunnerEndFacts, taker: RunnerTaker): void {
    this.#watchdog.unwatch(client)
    this.#clients.delete(client)
    this.#options.observer.runner?.(changeOf(ROLE, kind, facts))
    if ([client, ...this.#clients].some((each) => each.hasServed)) this.#restarts.served()
    const isLost = kind === 'lost' && !facts.hasCulprit && !this.#isClosed
    const stop = isLost ? this.#restarts.lost(!client.hasServed && !facts.wasIdle) : undefined
    if (stop !== undefined) this.#stop(this.#loopOf(stop, facts.reason ?? 'it ended'), facts.detail)
    if (!this.#isClosed) taker.onClose(client)
  }

  #loopOf({ failures, seconds }: Stop, why: string): string {
    return describe('RUNNER_CRASH_LOOP', this.#options.placement.name, failures, seconds, why)
  }

  #stop(reason: string, detail: string | undefined): void {
    this.#refusal = reason
    this.#options.observer.runner?.({ kind: 'stopped', role: ROLE, reason, ...(detail === undefined ? {} : { detail }) })
  }

  #end(client: RunnerClient, why: Stuck | string): void {
    this.#watchdog.unwatch(client)
    this.#options.onEnding(client)
    this.#track(endBy(client, why))
  }

  #track(ending: Promise<void>): void {
    this.#ending.add(ending)
    void ending.finally(() => this.#ending.delete(ending))
  }
}

/** An error of a start, for an observer. */
function toldOf(error: unknown): { readonly reason: string; readonly detail?: string } {
  const reason = error instanceof Error ? error.message : String(error)
  const cause = error instanceof Error ? error.cause : undefined
  return typeof cause === 'string' ? { reason, detail: cause } : { reason }
}
