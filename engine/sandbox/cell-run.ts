// What is true of one run (or load) in a cell, and of none before or after it: its terms, what it has asked for, how it ended.
// It lives on the host's side, so nothing in it can be written by the guest.
import type { Limits } from '../model/limits.ts'
import type { CutSite, GuestFault, OutcomeStatus } from '../model/outcome.ts'
import { RandomStream } from './random-stream.ts'
import { RunLog } from './run-log.ts'
import type { GuestCall } from './sandbox.ts'

/** What a run begins with. */
export interface RunStart {
  readonly limits: Limits
  readonly runId: string
  /** ms since 1970, on the clock that the guest sees. */
  readonly now: number
  readonly seed: string
  /** On the runner's monotonic clock. */
  readonly wallDeadline: number
  readonly isLoading: boolean
}

interface Timer {
  /** On the runner's monotonic clock. */
  readonly due: number
  readonly repeatMs: number | undefined
}

const NO_CALLS: readonly GuestCall[] = Object.freeze([])

/** See the head of the file. */
export class CellRun {
  readonly start: RunStart
  readonly beganAt: number
  readonly log: RunLog
  #now: number
  hostCalls = 0
  pendingCalls = 0
  #timers: Map<number, Timer> | undefined
  #calls: GuestCall[] | undefined
  #random: RandomStream | undefined
  #cutBy: OutcomeStatus | undefined
  #cutAt: CutSite | undefined
  #unawaited: GuestFault | undefined
  #answer: string | undefined
  #isAnswerTooLong = false

  /** `beganAt` is on the runner's monotonic clock. */
  constructor(start: RunStart, beganAt: number) {
    this.start = start
    this.beganAt = beganAt
    this.#now = start.now
    this.log = new RunLog(start.limits.logBytes)
  }

  /** The guest's clock, in ms since 1970. */
  get now(): number {
    return this.#now
  }

  /** Moves the guest's clock: never backwards, though host replies tell the host's clock and timers the runner's. */
  moveTo(now: number): void {
    if (now > this.#now) this.#now = now
  }

  /** Why the run was cut; the first reason stands. */
  get cutBy(): OutcomeStatus | undefined {
    return this.#cutBy
  }

  /** Whether the handler has settled. */
  get isSettled(): boolean {
    return this.#answer !== undefined || this.#isAnswerTooLong
  }

  /** What the handler came to; undefined when that is longer than any result may be. */
  get answer(): string | undefined {
    return this.#answer
  }

  /** The run's own stream for `crypto`. */
  get random(): RandomStream {
    this.#random ??= new RandomStream(this.start.seed.slice(16))
    return this.#random
  }

  /** Timers that are set. */
  get timerCount(): number {
    return this.#timers?.size ?? 0
  }

  /** When the next timer is due: none is once the run is over. */
  get nextDue(): number | undefined {
    if (this.#cutBy !== undefined || this.isSettled) return undefined
    let next: number | undefined
    for (const { due } of this.#timers?.values() ?? []) if (next === undefined || due < next) next = due
    return next
  }

  /** Ends the run with a status. */
  cut(status: OutcomeStatus): void {
    this.#cutBy ??= status
  }

  /** Where the run was when it was cut, as far as that is known. */
  get cutAt(): CutSite | undefined {
    return this.#cutAt
  }

  /** Takes down where the run was when it was cut. The first word stands. */
  locate(site: CutSite): void {
    this.#cutAt ??= site
  }

  /** A rejection that nobody awaited, if there was one. */
  get unawaited(): GuestFault | undefined {
    return this.#unawaited
  }

  /** Takes down a rejection that nobody awaited. The first one stands. */
  leaveUnawaited(reason: GuestFault): void {
    this.#unawaited ??= reason
  }

  /** Takes down what the handler came to. The first word stands. */
  settle(answer: string | undefined): void {
    if (answer === undefined) this.#isAnswerTooLong = true
    else this.#answer ??= answer
  }

  /** Queues a host call. */
  queue(call: GuestCall): void {
    this.#calls ??= []
    this.#calls.push(call)
    this.hostCalls++
    this.pendingCalls++
  }

  /** Host calls since the last call of this. */
  takeCalls(): readonly GuestCall[] {
    const calls = this.#calls ?? NO_CALLS
    this.#calls = undefined
    return calls
  }

  /** Sets a timer. */
  setTimer(id: number, timer: Timer): void {
    this.#timers ??= new Map()
    this.#timers.set(id, timer)
  }

  /** Forgets a timer. */
  clearTimer(id: number): void {
    this.#timers?.delete(id)
  }

  /** The timers that are due, earliest first. One may be cleared before its turn: `expireTimer` tells. */
  dueTimers(moment: number): number[] {
    const due = [...(this.#timers ?? [])].filter(([, timer]) => timer.due <= moment)
    return due.sort(([, a], [, b]) => a.due - b.due).map(([id]) => id)
  }

  /** Takes a timer out, or sets it again when it repeats. Whether it was still set. */
  expireTimer(id: number, moment: number): boolean {
    const timer = this.#timers?.get(id)
    if (timer === undefined) return false
    if (timer.repeatMs === undefined) this.#timers?.delete(id)
    else this.#timers?.set(id, { due: moment + timer.repeatMs, repeatMs: timer.repeatMs })
    return true
  }
}
