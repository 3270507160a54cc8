// The host's end of a channel: sends loads and runs, hands every answer to whoever asked.
import { engineError } from '../errors/engine-error.ts'
import type { OutcomeStatus } from '../model/outcome.ts'
import type { Image } from '../sandbox/image.ts'
import type { LoadEnd, RunEnd } from '../sandbox/sandbox.ts'
import type { Named } from './activity.ts'
import { type BaseFamily, mismatchOf } from './base-family.ts'
import type { ActivityView, Channel, CloseFacts } from './channel.ts'
import type { FromRunner, HelloMessage, LoadMessage, ReplyMessage, RequestId, RunMessage, StateEnd } from './protocol.ts'
import { Requests } from './requests.ts'
import { deadlinesOf, type RequestDeadlines, type Suspicion, suspectsOf } from './suspects.ts'

/** A host call as it arrives: untrusted. */
export interface ArrivedCall {
  readonly call: number
  readonly name: string
  readonly args: string
  /** Milliseconds that the run had computed by then, as the runner says. */
  readonly cpuMs: number
}

/** A run to be sent, and told of. Exactly one of `onEnd` and `onGone` is called, once. */
export interface ClientRun {
  /** The message that starts it. */
  message(id: RequestId): RunMessage
  onCall(call: ArrivedCall, client: RunnerClient, id: RequestId): void
  onEnd(end: RunEnd, state: StateEnd): void
  /** The runner is gone, and this run was in it. */
  onGone(gone: GoneRun): void
}

/** A run whose runner is gone. */
export interface GoneRun {
  readonly reason: string
  /** Whether this run was what made its runner be killed or break down, and how it counts then. */
  readonly culprit: OutcomeStatus | undefined
  /** Whether its script is under suspicion: see {@link Suspicion}. */
  readonly suspicion: Suspicion | undefined
  /** Host calls that it had made: with none, it can run again, unseen. */
  readonly hostCalls: number
  /** What it had logged, as far as it is known. */
  readonly logs: readonly string[]
  /** CPU time that the culprit had, in ms, where it is known. */
  readonly cpuMs?: number
}

/** The request that left no other way than to end its runner, how it counts, and the CPU time that it had, in ms, where that is known. */
interface Culprit extends Named {
  readonly status: OutcomeStatus
  readonly cpuMs?: number
}

interface PendingRun {
  readonly run: ClientRun
  readonly message: RunMessage
  readonly sentAt: number
  hostCalls: number
}

/** A load, or the freezing of what was loaded. */
interface PendingLoad {
  readonly cpuMs: number
  readonly settle: (end: LoadEnd | Image) => void
  readonly fail: (error: unknown) => void
}

/** How a runner came to its end: as it should, for something in it that left no other way, or by itself. */
export type RunnerEnd = 'closed' | 'killed' | 'lost'

/** What is known of a runner's end beside its kind. */
export interface RunnerEndFacts {
  readonly reason: string | undefined
  /** The last that it wrote about itself: for logs. */
  readonly detail: string | undefined
  /** Nothing was under way in it. */
  readonly wasIdle: boolean
  /** It was the end that a request in it brought about. */
  readonly hasCulprit: boolean
}

const GONE = 'it is gone'
const LIAR = 'it asked for more host calls than a run may make'
const UNSTOPPABLE = 'another script in it could not be stopped in any other way'

/** See the head of the file. */
export class RunnerClient {
  readonly #channel: Channel
  readonly #runs = new Requests<PendingRun>()
  /** Few: their numbers, which are odd, are never used again. */
  readonly #loads = new Map<RequestId, PendingLoad>()
  #lastLoad = -1
  #culprit: Culprit | undefined
  #because: string | undefined
  #closed = false
  #isEnding = false
  #hasServed = false
  #onClose: ((kind: RunnerEnd, facts: RunnerEndFacts) => void) | undefined

  private constructor(channel: Channel) {
    this.#channel = channel
  }

  /** Waits for the runner's hello. Throws `RUNNER_MISMATCH`, `RUNNER_BASE_MISMATCH`, `RUNNER_START_FAILED`, and what the runner says that it cannot do. */
  static open(channel: Channel, placement: string, family: BaseFamily): Promise<RunnerClient> {
    return RunnerClient.start(channel, placement, family).opened
  }

  /** The same for those who may give up waiting: they kill `client`, and `opened` rejects. */
  static start(
    channel: Channel,
    placement: string,
    family: BaseFamily,
  ): { readonly client: RunnerClient; readonly opened: Promise<RunnerClient> } {
    const client = new RunnerClient(channel)
    const opened = new Promise<RunnerClient>((resolve, reject) => {
      channel.onClose((reason, facts = {}) => {
        reject(facts.error ?? engineError('RUNNER_START_FAILED', [placement, reason ?? 'it ended'], { cause: facts.detail }))
        client.#gone(reason, facts)
      })
      channel.onMessage((message) => {
        if (message.kind !== 'hello') return client.#handle(message)
        const mismatch = mismatchOf(message, family)
        if (mismatch === undefined) return resolve(client)
        reject(mismatch)
        void channel.kill()
      })
    })
    return { client, opened }
  }

  /** Runs that have not ended. */
  get runCount(): number {
    return this.#runs.size
  }

  /** Whether the runner is gone. */
  get isClosed(): boolean {
    return this.#closed
  }

  /** Whether a run or a load has come to its end in it. */
  get hasServed(): boolean {
    return this.#hasServed
  }

  /** What it computes; undefined where that cannot be seen. */
  get activity(): ActivityView | undefined {
    return this.#channel.activity
  }

  /** Whether it works, and has grown beyond all measure. */
  get isOverweight(): boolean {
    return this.#runs.size + this.#loads.size > 0 && this.#channel.isOverweight?.() === true
  }

  /** The CPU time that it has had, in ms; undefined where that cannot be known. */
  cpuMs(): Promise<number | undefined> {
    return this.#channel.cpuMs()
  }

  /** Whether it has work, and does not answer. Not to be asked while it computes. */
  get isMute(): boolean {
    return this.#runs.size + this.#loads.size > 0 && this.#channel.isMute?.() === true
  }

  /** Called once when the runner is gone. */
  onClose(listener: (kind: RunnerEnd, facts: RunnerEndFacts) => void): void {
    this.#onClose = listener
  }

  /** Starts a run. Where the runner is gone, the run is told so right after this returns. */
  run(run: ClientRun): RequestId {
    const id = this.#runs.nextId
    if (this.#closed) {
      queueMicrotask(() => run.onGone({ reason: GONE, culprit: undefined, suspicion: undefined, hostCalls: 0, logs: [] }))
      return id
    }
    const message = run.message(id)
    this.#runs.add({ run, message, sentAt: performance.now(), hostCalls: 0 })
    this.#channel.send(message)
    return id
  }

  /** Answers a host call; nothing happens when the run is over. */
  reply(reply: Omit<ReplyMessage, 'kind'>): void {
    if (this.#runs.has(reply.id)) this.#channel.send({ kind: 'reply', ...reply })
  }

  /** Asks the runner to cancel a run. */
  cancel(id: RequestId, reason: string, now: number): void {
    if (this.#runs.has(id)) this.#channel.send({ kind: 'cancel', id, reason, now })
  }

  /** Evaluates a script. What was loaded stays until `freeze` or `unload` of the id. Rejects when the runner is lost. */
  load(message: Omit<LoadMessage, 'kind' | 'id'>): { readonly id: RequestId; readonly end: Promise<LoadEnd> } {
    this.#lastLoad += 2
    const id = this.#lastLoad
    const end = this.#ask(id, message.limits.loadCpuMs) as Promise<LoadEnd>
    this.#channel.send({ kind: 'load', id, ...message })
    return { id, end }
  }

  /** Freezes what was loaded under an id; answers with the image, or with why there is none. Rejects when the runner is lost. */
  freeze(id: RequestId, shape: string, cpuMs: number): Promise<Image | LoadEnd> {
    const frozen = this.#ask(id, cpuMs)
    this.#channel.send({ kind: 'freeze', id, shape })
    return frozen
  }

  /** Forgets what was loaded under an id. */
  unload(id: RequestId): void {
    this.#channel.send({ kind: 'unload', id })
  }

  /** How long a request may compute, whichever of its siblings it is; undefined when it is over. */
  deadlines(named: Named): RequestDeadlines | undefined {
    const load = this.#loads.get(named.id)
    if (load !== undefined) return { cpuMs: load.cpuMs, wallDeadline: Number.POSITIVE_INFINITY }
    return deadlinesOf(named, this.#runs)
  }

  /** Ends the runner. `culprit` names the request that left no other way, and its status; without one `because` may say why. */
  async kill(culprit?: Culprit, because?: string): Promise<void> {
    this.#culprit ??= culprit
    this.#because ??= because
    this.#isEnding = true
    await this.#channel.kill()
  }

  #ask(id: RequestId, cpuMs: number): Promise<LoadEnd | Image> {
    return new Promise((settle, fail) => {
      if (this.#closed) fail(engineError('LOAD_RUNNER_LOST', [GONE]))
      else this.#loads.set(id, { cpuMs, settle, fail })
    })
  }

  #handle(message: Exclude<FromRunner, HelloMessage>): void {
    switch (message.kind) {
      case 'call': {
        const pending = this.#runs.get(message.id)
        if (pending === undefined) return
        // The cell has cut a run by then, unless somebody else speaks from there.
        if (pending.hostCalls >= pending.message.limits.hostCalls) return void this.kill(undefined, LIAR)
        pending.hostCalls++
        return pending.run.onCall(message, this, message.id)
      }
      case 'ended': {
        const pending = this.#runs.take(message.id)
        if (pending === undefined) return
        this.#hasServed = true
        return pending.run.onEnd(message.end, message.state)
      }
      case 'loaded':
      case 'frozen': {
        const load = this.#loads.get(message.id)
        this.#loads.delete(message.id)
        this.#hasServed = true
        return load?.settle(message.kind === 'loaded' ? message.end : message.image)
      }
    }
  }

  #gone(reason: string | undefined, { blame, detail, isFromOutside }: CloseFacts): void {
    if (this.#closed) return
    this.#closed = true
    const kind = this.#culprit !== undefined || this.#because !== undefined ? 'killed' : this.#isEnding ? 'closed' : 'lost'
    const computed = kind === 'lost' && isFromOutside !== true ? this.activity?.see() : undefined
    const suspects = this.#suspects(this.#culprit ?? computed)
    const status = suspects.length === 0 ? undefined : (this.#culprit?.status ?? blame)
    const culprit = suspects.length === 1 && status !== undefined ? { id: suspects[0], status, cpuMs: this.#culprit?.cpuMs } : undefined
    const suspicion = suspects.length === 1 ? 'computing' : 'sibling'
    const logs = culprit === undefined ? [] : (this.activity?.readLog() ?? [])
    const why = this.#culprit !== undefined ? UNSTOPPABLE : (this.#because ?? reason ?? 'it was ended')
    const runs = this.#runs.takeAll()
    const loads = [...this.#loads]
    this.#loads.clear()
    // First of all: whoever is told below may send something new, and not here.
    const wasIdle = runs.length + loads.length === 0
    this.#onClose?.(kind, { reason: kind === 'closed' ? undefined : (reason ?? why), detail, wasIdle, hasCulprit: status !== undefined })
    for (const [id, { run, hostCalls }] of runs) {
      if (culprit?.id === id) {
        const cpu = culprit.cpuMs === undefined ? {} : { cpuMs: culprit.cpuMs }
        run.onGone({ reason: why, culprit: culprit.status, suspicion: undefined, hostCalls, logs, ...cpu })
      } else run.onGone({ reason: why, culprit: undefined, suspicion: suspects.includes(id) ? suspicion : undefined, hostCalls, logs: [] })
    }
    for (const [id, { settle, fail }] of loads) {
      if (culprit?.id === id && culprit.status !== 'runner_lost') settle({ ok: false, status: culprit.status, logs })
      else fail(engineError('LOAD_RUNNER_LOST', [why]))
    }
  }

  #suspects(named: Named | undefined): readonly RequestId[] {
    if (named === undefined) return []
    return this.#loads.has(named.id) ? [named.id] : suspectsOf(named, this.#runs)
  }
}
