// Jobs that wait for a runner, first come, first served. Those whose wall clock runs out while they wait are told in time.
import { Line } from '../model/line.ts'

/** What waits. */
export interface WaitingJob {
  readonly job: {
    /** On the host's monotonic clock. */
    readonly wallDeadline: number
    onExpired(): void
  }
}

/** See the head of the file. */
export class WaitingJobs<J extends WaitingJob> {
  readonly #waiting = new Line<J>()
  #timer: NodeJS.Timeout | undefined
  #timerAt = Number.POSITIVE_INFINITY

  /** How many wait. */
  get size(): number {
    return this.#waiting.size
  }

  /** Adds one at the end. */
  add(waiting: J): void {
    this.#waiting.add(waiting)
    this.#arm(waiting.job.wallDeadline)
  }

  /** Takes one out; nothing happens when it does not wait. */
  remove(waiting: J): void {
    this.#waiting.remove(waiting) // the timer stays: it finds nothing, and the next one to wait needs it again
  }

  /** Takes out the first that fits. */
  take(fits: (waiting: J) => boolean): J | undefined {
    return this.#waiting.take(fits)
  }

  /** Takes out all. */
  takeAll(): readonly J[] {
    this.#disarm()
    return this.#waiting.takeAll()
  }

  #arm(deadline: number): void {
    if (deadline >= this.#timerAt) return
    this.#disarm()
    this.#timerAt = deadline
    // Unreferenced: the runners that the job waits for keep the process alive.
    this.#timer = setTimeout(() => this.#expire(), Math.max(1, deadline - performance.now())).unref()
  }

  #disarm(): void {
    clearTimeout(this.#timer)
    this.#timerAt = Number.POSITIVE_INFINITY
  }

  #expire(): void {
    this.#timerAt = Number.POSITIVE_INFINITY
    const moment = performance.now()
    const expired = this.#waiting.all.filter(({ job }) => job.wallDeadline <= moment)
    for (const waiting of expired) this.#waiting.remove(waiting)
    for (const { job } of this.#waiting.all) this.#arm(job.wallDeadline)
    for (const { job } of expired) job.onExpired()
  }
}
