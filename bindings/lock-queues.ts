// Waiting for locks: for each lock those who want it stand in the order of arrival, and the first of them looks for all.
import type { HeldLock } from './lock-records.ts'
import type { Clock } from './system-clock.ts'

/** How often a lock is looked at that another process may have let go of. */
const LOOK_EVERY_MS = 100

/** What comes of a look: the lock is taken now, or held by somebody else. */
export type LookResult = { readonly taken: HeldLock } | { readonly heldUntil: number }

/** Somebody who wants a lock. */
export interface LockWish {
  /** Takes the lock where it is free. */
  readonly look: () => Promise<LookResult>
  /** How long to wait for it, in milliseconds; at 0 it is looked at once. */
  readonly ms: number
  /** Ends the waiting when it is aborted. */
  readonly signal: AbortSignal
}

interface Waiter {
  readonly look: () => Promise<LookResult>
  readonly answer: (taken: HeldLock | undefined) => void
  readonly fail: (error: unknown) => void
  /** Waits no longer: is answered by the next look, whatever comes of it. */
  isOver: boolean
}

interface Queue {
  readonly waiting: Set<Waiter>
  /** For whom a look is under way. */
  looking: Waiter | undefined
  /** Ends the pause between two looks; undefined while there is none. */
  wake: (() => void) | undefined
  /** Something has happened since the last look began. */
  isStale: boolean
}

/** See the head of the file. Locks have names here that differ for different owners. */
export class LockQueues {
  readonly #clock: Clock
  readonly #queues = new Map<string, Queue>()

  /** `clock` gives milliseconds since 1970, as locks' ends are told. */
  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The lock, once it is free and everybody who came before had it; undefined when the wait is over first. Rejects with what a look throws. */
  async take(name: string, { look, ms, signal }: LockWish): Promise<HeldLock | undefined> {
    if (signal.aborted) return undefined
    const { promise, resolve, reject } = Promise.withResolvers<HeldLock | undefined>()
    const waiter: Waiter = { look, answer: resolve, fail: reject, isOver: ms <= 0 }
    const queue = this.#enter(name, waiter)
    const onAbort = (): void => forsake(queue, waiter)
    const timer = waiter.isOver ? undefined : setTimeout(() => lookForTheLastTime(queue, waiter), ms)
    signal.addEventListener('abort', onAbort)
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
    }
  }

  /** The lock was released here: whoever is first looks at once. */
  released(name: string): void {
    const queue = this.#queues.get(name)
    if (queue !== undefined) wake(queue)
  }

  #enter(name: string, waiter: Waiter): Queue {
    const known = this.#queues.get(name)
    const queue = known ?? { waiting: new Set(), looking: undefined, wake: undefined, isStale: false }
    queue.waiting.add(waiter)
    if (known === undefined) void this.#serve(name, queue)
    else if (waiter.isOver) wake(queue)
    return queue
  }

  async #serve(name: string, queue: Queue): Promise<void> {
    this.#queues.set(name, queue)
    for (let [first] = queue.waiting; first !== undefined; [first] = queue.waiting) {
      const present = [...queue.waiting]
      queue.isStale = false
      queue.looking = first
      try {
        const result = await first.look()
        queue.looking = undefined
        if ('taken' in result) leave(queue, first, result.taken)
        for (const waiter of present) if (waiter.isOver) leave(queue, waiter, undefined)
        const until = 'taken' in result ? result.taken.until : result.heldUntil
        await this.#pause(queue, until - this.#clock())
      } catch (error) {
        queue.waiting.delete(first)
        first.fail(error)
      }
    }
    this.#queues.delete(name)
  }

  /** Until the lock ends or is released, or somebody asks; and no longer than another process may keep it unseen. */
  async #pause(queue: Queue, left: number): Promise<void> {
    if (queue.isStale || queue.waiting.size === 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, Math.max(1, Math.min(left, LOOK_EVERY_MS)))
    queue.wake = resolve
    await promise
    queue.wake = undefined
    clearTimeout(timer)
  }
}

/** Its time is over: what a look finds now is the answer. */
function lookForTheLastTime(queue: Queue, waiter: Waiter): void {
  waiter.isOver = true
  wake(queue)
}

/** Nobody is there any more to be answered. In the midst of a look the lock may be taken by now: whoever gets it must let go of it. */
function forsake(queue: Queue, waiter: Waiter): void {
  waiter.isOver = true
  if (queue.looking === waiter) return
  leave(queue, waiter, undefined)
  if (queue.waiting.size === 0) wake(queue)
}

function wake(queue: Queue): void {
  queue.isStale = true
  queue.wake?.()
}

/** Answers somebody, unless that was done. */
function leave({ waiting }: Queue, waiter: Waiter, taken: HeldLock | undefined): void {
  if (waiting.delete(waiter)) waiter.answer(taken)
}
