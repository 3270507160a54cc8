// The host's end of a channel: sends loads and runs, hands every answer to whoever asked.
import { engineError } from '../errors/engine-error.ts'
import type { OutcomeStatus } from '../model/outcome.ts'
import type { Image } from '../sandbox/image.ts'
import type { LoadEnd, RunEnd } from '../sandbox/sandbox.ts'
import type { Activity } from './activity.ts'
import type { Channel } from './channel.ts'
import {
  type FromRunner,
  type HelloMessage,
  type LoadMessage,
  PROTOCOL_VERSION,
  type ReplyMessage,
  type RequestId,
  type RunMessage,
  type StateEnd,
} from './protocol.ts'

/** A host call as it arrives: untrusted. */
export interface ArrivedCall {
  readonly call: number
  readonly name: string
  readonly args: string
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
  /** Whether this run was what made its runner be killed, and how it counts then. */
  readonly culprit: OutcomeStatus | undefined
  /** Nobody ended the runner: it ended by itself, while it computed this run. */
  readonly wasComputing: boolean
  /** Host calls that it had made: with none, it can run again, unseen. */
  readonly hostCalls: number
  /** What it had logged, as far as it is known. */
  readonly logs: readonly string[]
}

interface PendingRun {
  readonly run: ClientRun
  readonly message: RunMessage
  readonly sentAt: number
  hostCalls: number
}

/** What the watchdog needs to know of a request. */
export interface RequestDeadlines {
  readonly cpuMs: number
  /** On the host's monotonic clock. */
  readonly wallDeadline: number
}

/** How a runner came to its end: as it should, for something in it that left no other way, or by itself. */
export type RunnerEnd = 'closed' | 'killed' | 'lost'

/** The base that the runners of an engine have in common: the first hello says which. Only then can they exchange images. */
export interface BaseFamily {
  baseHash: string | undefined
}

const GONE = 'it is gone'

/** See the head of the file. */
export class RunnerClient {
  readonly #channel: Channel
  readonly #runs = new Map<RequestId, PendingRun>()
  readonly #loads = new Map<
    RequestId,
    { readonly cpuMs: number; readonly settle: (end: LoadEnd | Image) => void; readonly fail: (error: unknown) => void }
  >()
  #lastId = 0
  #culprit: { readonly id: RequestId; readonly status: OutcomeStatus } | undefined
  #closed = false
  #isEnding = false
  #onClose: ((kind: RunnerEnd, reason: string | undefined) => void) | undefined

  private constructor(channel: Channel) {
    this.#channel = channel
  }

  /** Waits for the runner's hello. Throws `RUNNER_MISMATCH`, `RUNNER_BASE_MISMATCH`, `RUNNER_START_FAILED`. */
  static open(channel: Channel, placement: string, family: BaseFamily): Promise<RunnerClient> {
    const client = new RunnerClient(channel)
    return new Promise((resolve, reject) => {
      channel.onClose((reason) => {
        reject(engineError('RUNNER_START_FAILED', [placement, reason ?? 'it ended']))
        client.#gone(reason)
      })
      channel.onMessage((message) => {
        if (message.kind !== 'hello') return client.#handle(message)
        const mismatch = mismatchOf(message, family)
        if (mismatch === undefined) return resolve(client)
        reject(mismatch)
        void channel.kill()
      })
    })
  }

  /** Runs that have not ended. */
  get runCount(): number {
    return this.#runs.size
  }

  /** Whether the runner is gone. */
  get isClosed(): boolean {
    return this.#closed
  }

  /** What it computes; undefined where that cannot be seen. */
  get activity(): Activity | undefined {
    return this.#channel.activity
  }

  /** The CPU time that it has had, in ms; undefined where that cannot be known. */
  cpuMs(): Promise<number | undefined> {
    return this.#channel.cpuMs()
  }

  /** Called once when the runner is gone. */
  onClose(listener: (kind: RunnerEnd, reason: string | undefined) => void): void {
    this.#onClose = listener
  }

  /** Starts a run. Where the runner is gone, the run is told so right after this returns. */
  run(run: ClientRun): RequestId {
    const id = ++this.#lastId
    if (this.#closed) {
      queueMicrotask(() => run.onGone({ reason: GONE, culprit: undefined, wasComputing: false, hostCalls: 0, logs: [] }))
      return id
    }
    const message = run.message(id)
    this.#runs.set(id, { run, message, sentAt: performance.now(), hostCalls: 0 })
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
    const id = ++this.#lastId
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

  /** How long a request may compute; undefined when it is over. */
  deadlines(id: RequestId): RequestDeadlines | undefined {
    const run = this.#runs.get(id)
    if (run !== undefined) return { cpuMs: run.message.limits.cpuMs, wallDeadline: run.sentAt + run.message.wallMs }
    const load = this.#loads.get(id)
    return load === undefined ? undefined : { cpuMs: load.cpuMs, wallDeadline: Number.POSITIVE_INFINITY }
  }

  /** Ends the runner. `culprit` names the request that left no other way, and its status. */
  async kill(culprit?: { readonly id: RequestId; readonly status: OutcomeStatus }): Promise<void> {
    this.#culprit ??= culprit
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
        pending.hostCalls++
        return pending.run.onCall(message, this, message.id)
      }
      case 'ended': {
        const pending = this.#runs.get(message.id)
        if (pending === undefined) return
        this.#runs.delete(message.id)
        return pending.run.onEnd(message.end, message.state)
      }
      case 'loaded':
      case 'frozen': {
        const load = this.#loads.get(message.id)
        this.#loads.delete(message.id)
        return load?.settle(message.kind === 'loaded' ? message.end : message.image)
      }
    }
  }

  #gone(reason: string | undefined): void {
    if (this.#closed) return
    this.#closed = true
    const culprit = this.#culprit
    const kind = culprit !== undefined ? 'killed' : this.#isEnding ? 'closed' : 'lost'
    const why = kind === 'killed' ? 'another script in it could not be stopped in any other way' : (reason ?? 'it was ended')
    const computed = kind === 'lost' ? this.activity?.see()?.id : undefined
    const runs = [...this.#runs]
    this.#runs.clear()
    // First of all: whoever is told below may send something new, and not here.
    this.#onClose?.(kind, kind === 'closed' ? undefined : (reason ?? why))
    for (const [id, { run, hostCalls }] of runs) {
      const isCulprit = culprit?.id === id
      const logs = isCulprit ? (this.activity?.readLog() ?? []) : []
      run.onGone({ reason: why, culprit: isCulprit ? culprit.status : undefined, wasComputing: computed === id, hostCalls, logs })
    }
    for (const [id, { settle, fail }] of this.#loads) {
      if (culprit?.id === id) settle({ ok: false, status: culprit.status, logs: this.activity?.readLog() ?? [] })
      else fail(engineError('LOAD_RUNNER_LOST', [why]))
    }
    this.#loads.clear()
  }
}

function mismatchOf({ version, baseHash }: HelloMessage, family: BaseFamily): Error | undefined {
  if (version !== PROTOCOL_VERSION) return engineError('RUNNER_MISMATCH', [String(PROTOCOL_VERSION), String(version)])
  family.baseHash ??= baseHash
  return family.baseHash === baseHash ? undefined : engineError('RUNNER_BASE_MISMATCH', [family.baseHash, baseHash])
}
