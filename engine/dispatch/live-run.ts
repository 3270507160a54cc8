// A run between admission and outcome: its turn, its image, its runner, its host calls. Nothing that a script does makes it throw.
import { codeFault } from '../errors/code-fault.ts'
import type { Outcome, ScriptFault } from '../model/outcome.ts'
import type { Job, JobHandle } from '../placement/supervisor.ts'
import type { ImageClaim } from '../registry/image-store.ts'
import type { ReadyScript } from '../registry/script-record.ts'
import type { RunMessage } from '../runner/protocol.ts'
import { Entrance, type Entrant } from './entrance.ts'
import { RunHostCalls } from './host-calls.ts'
import type { Lane } from './lane.ts'
import { type FaultMapper, failedOutcome, killedOutcome, outcomeOf, type RunIdentity, toMicroseconds } from './outcomes.ts'
import { crowdsOf, type RunOrder, type RunTools } from './run-order.ts'

/** What is said of one run alone. */
export interface LiveRunFacts {
  readonly order: RunOrder
  readonly identity: RunIdentity
  readonly lane: Lane
  readonly end: (outcome: Outcome) => void
}

/** A run between admission and outcome. Each of its ends goes through `#finish`, once. */
export class LiveRun implements Job, Entrant {
  readonly #options: RunTools
  readonly #record: ReadyScript
  readonly #facts: LiveRunFacts
  readonly state: string
  readonly script: string
  readonly #acceptedAt = performance.now()
  readonly wallDeadline: number
  #calls: RunHostCalls | undefined
  #claim: ImageClaim | undefined
  #handle: JobHandle | undefined
  #isOver = false
  #isInState = false
  /** Ends the run in time while it waits for its turn or its image. */
  #wallTimer: NodeJS.Timeout | undefined
  #lostState = false
  /** Why it is cancelled, where a later run takes its place. */
  #replaced: ScriptFault | undefined
  readonly #entrance: Entrance
  readonly #onAbort = (): void => this.#cancel()

  constructor(options: RunTools, record: ReadyScript, facts: LiveRunFacts) {
    const { order, identity } = facts
    this.#options = options
    this.#record = record
    this.#facts = facts
    this.script = identity.script
    this.state = record.policy.isolation === 'script' ? JSON.stringify([identity.script, order.tenant, record.imageKey]) : ''
    this.wallDeadline = this.#acceptedAt + order.limits.wallMs
    order.signal?.addEventListener('abort', this.#onAbort)
    const { atOnce, waiting } = record.overlap
    this.#entrance = new Entrance({ script: this.script, lane: facts.lane, crowds: crowdsOf(order, record), atOnce, waiting }, this)
  }

  message(id: number, wallMs: number, now: number): RunMessage {
    const { order, identity } = this.#facts
    const { ref: image } = this.#claim as ImageClaim // a job is placed only with its image
    const { event, payload, limits } = order
    const { runId } = identity
    return {
      kind: 'run',
      id,
      key: this.#record.imageKey,
      image,
      event,
      runId,
      payload,
      limits,
      wallMs,
      now: order.surroundings?.clock() ?? now,
      seed: order.surroundings?.seed ?? this.#options.seed(),
      // A state is sized for all of its runs; a limit that a call lowers holds within that room.
      roomBytes: this.state === '' ? limits.memoryBytes : this.#record.policy.limits.memoryBytes,
      state: this.state,
    }
  }

  get standing(): Job['standing'] {
    const { hash } = this.#record.bundle
    if (!this.#facts.lane.isSolitary(hash)) return 'shared'
    return this.#facts.lane.isQuarantined(hash) ? 'refused' : 'alone'
  }

  /** Has a place in its lane: goes for its state, its image, a runner. */
  begin(): void {
    if (this.state === '') this.#fetchImage()
    else this.#facts.lane.enterState(this.state, this.#beginInState)
  }

  readonly #beginInState = (): void => {
    this.#isInState = true
    this.#fetchImage()
  }

  /** Goes for a place in its lane. The wall clock is kept in mind here for as long as no runner does. */
  enter(): void {
    this.#entrance.enter()
    if (this.#isOver || this.#handle !== undefined) return
    this.#wallTimer = setTimeout(() => this.onExpired(), this.wallDeadline - performance.now())
  }

  onCall(call: Parameters<Job['onCall']>[0], client: Parameters<Job['onCall']>[1], id: number): void {
    const { order, identity } = this.#facts
    this.#calls ??= new RunHostCalls(
      { ...this.#options.door, ...order.surroundings },
      {
        ...identity,
        tenant: order.tenant,
        cause: order.cause,
        grant: this.#record.permissions.grant,
        limits: order.limits,
        wallDeadline: this.wallDeadline,
      },
    )
    void this.#calls.answer(call, client, id)
  }

  onEnd(end: Parameters<Job['onEnd']>[0], state: Parameters<Job['onEnd']>[1]): void {
    const { order, identity } = this.#facts
    if (this.state !== '') this.#lostState = this.#options.states.follow(this.state, state)
    const outcome = outcomeOf(identity, end, order.limits, { wallMs: this.#wallMs(), mapperOf: () => this.#mapper() })
    if (outcome.status !== 'cancelled') return this.#finish(outcome)
    this.#finish({ ...outcome, error: this.#cancelFault() })
  }

  onKilled(status: Parameters<Job['onKilled']>[0], gone: Parameters<Job['onKilled']>[1]): void {
    const { order, identity, lane } = this.#facts
    lane.killed(this.#record.bundle.hash)
    this.#loseState()
    this.#finish(killedOutcome(identity, status, gone, { limits: order.limits, wallMs: this.#wallMs(), mapper: this.#mapper() }))
  }

  onLost(reason: string): void {
    this.#loseState()
    this.#finish(failedOutcome(this.#facts.identity, 'runner_lost', codeFault('RUNNER_LOST', reason), this.#spent()))
  }

  onExpired(): void {
    this.#finish(
      failedOutcome(this.#facts.identity, 'wall_exceeded', codeFault('WALL_EXCEEDED', this.#facts.order.limits.wallMs), this.#spent()),
    )
  }

  onCancelled(): void {
    this.#finish(failedOutcome(this.#facts.identity, 'cancelled', this.#cancelFault(), this.#spent()))
  }

  onTurnedAway(fault: ScriptFault): void {
    this.#finish(failedOutcome(this.#facts.identity, 'queue_full', fault, this.#spent()))
  }

  onReplaced(fault: ScriptFault): void {
    this.#replaced ??= fault
    this.#cancel()
  }

  onRefused(): void {
    const { identity, lane } = this.#facts
    const fault = codeFault('QUARANTINED', identity.script, lane.killsOf(this.#record.bundle.hash))
    this.#finish(failedOutcome(identity, 'quarantined', fault, this.#spent()))
  }

  onSuspected(suspicion: Parameters<Job['onSuspected']>[0]): void {
    const { lane } = this.#facts
    const { hash } = this.#record.bundle
    if (suspicion === 'computing') lane.killed(hash)
    else lane.suspect(hash)
  }

  #fetchImage(): void {
    const claim = this.#options.claimImage(this.#record)
    if (!(claim instanceof Promise)) return this.#place(claim)
    claim.then(
      (made) => this.#place(made),
      (error: unknown) => {
        const message = error instanceof Error ? error.message : String(error)
        this.#finish(
          failedOutcome(this.#facts.identity, 'load_failed', codeFault('LOAD_FAILED', this.#facts.identity.script, message), this.#spent()),
        )
      },
    )
  }

  #place(claim: ImageClaim): void {
    this.#claim = claim
    if (this.#isOver) return this.#release()
    if (this.wallDeadline <= performance.now()) return this.onExpired()
    clearTimeout(this.#wallTimer)
    this.#handle = this.#options.supervisorOf(this.#record).run(this)
  }

  #cancel(): void {
    if (this.#handle !== undefined && !this.#handle.cancel(this.#replaced?.message ?? reasonOf(this.#facts.order.signal))) return // the runner answers
    this.onCancelled()
  }

  #cancelFault(): ScriptFault {
    return this.#replaced ?? codeFault('CANCELLED', reasonOf(this.#facts.order.signal))
  }

  #finish(outcome: Outcome): void {
    if (this.#isOver) return
    this.#isOver = true
    clearTimeout(this.#wallTimer)
    this.#calls?.end()
    this.#facts.order.signal?.removeEventListener('abort', this.#onAbort)
    this.#facts.end(this.#lostState ? { ...outcome, stateLost: true } : outcome)
    this.#release() // after that: the run that follows may end at once, and outcomes of one state are told in order
  }

  #release(): void {
    this.#claim?.release()
    this.#claim = undefined
    const { lane } = this.#facts
    const wasInState = this.#isInState
    this.#isInState = false
    if (wasInState) lane.leaveState(this.state)
    else if (this.state !== '') lane.withdrawState(this.state, this.#beginInState)
    this.#entrance.leave()
  }

  #loseState(): void {
    if (this.state !== '') this.#lostState = this.#options.states.follow(this.state, { isFresh: false, isKept: false })
  }

  #mapper(): FaultMapper {
    return this.#options.mapperOf(this.#record, this.#facts.identity.event)
  }

  #wallMs(): number {
    return toMicroseconds(performance.now() - this.#acceptedAt)
  }

  #spent() {
    return { usage: { cpuMs: 0, wallMs: this.#wallMs(), memoryBytes: 0, hostCalls: 0, logBytes: 0, outputBytes: 0 } }
  }
}

/** Why the host cancelled, in its own words. */
export function reasonOf(signal: AbortSignal | undefined): string {
  const reason: unknown = signal?.reason
  return reason instanceof Error ? reason.message : String(reason)
}
