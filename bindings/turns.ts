// Who works when: never more than so many at once, nor more than so many on the same thing. Whoever must wait has a turn before those who had one since.

/** What ends a turn; called again, it does nothing. */
export type Leave = () => void

/** What somebody wants to work on. */
export interface Turn {
  /** Whose turn it is: many that wait for one owner hold up no other. */
  readonly owner: string
  /** What is worked on. */
  readonly key: string
  /** How many may work on it at once. */
  readonly max: number
  /** Ends the waiting when it is aborted. */
  readonly signal: AbortSignal
}

interface Waiting {
  readonly max: number
  readonly start: () => void
}

/** What one owner waits for, in the order of arrival. */
interface Lane {
  readonly owner: string
  readonly key: string
  readonly waiting: Set<Waiting>
}

/** See the head of the file. */
export class Turns {
  readonly #max: number
  #active = 0
  readonly #activeOn = new Map<string, number>()
  readonly #lanes = new Map<string, Lane>()
  /** Of owners, while anybody waits: when they last had a turn, by a count of turns. */
  readonly #servedAt = new Map<string, number>()
  #served = 0

  /** At most `max` at once in all. */
  constructor(max: number) {
    this.#max = max
  }

  /** Does the work when its turn has come. Rejects with the signal's reason when that is aborted first: the work is not begun then. */
  async take<T>(turn: Turn, work: () => Promise<T>): Promise<T> {
    const leave = await this.enter(turn)
    try {
      return await work()
    } finally {
      leave()
    }
  }

  /**
   * A turn that lasts until the caller leaves, whatever becomes of the signal: for work that goes on when nobody waits for it any more. Rejects with the signal's
   * reason when that is aborted before the turn has come.
   */
  async enter(turn: Turn): Promise<Leave> {
    turn.signal.throwIfAborted()
    if (this.#hasPlace(turn.key, turn.max)) this.#start(turn.key)
    else await this.#wait(turn)
    let hasLeft = false
    return () => {
      if (hasLeft) return
      hasLeft = true
      this.#end(turn.key)
    }
  }

  #wait({ owner, key, max, signal }: Turn): Promise<void> {
    const name = JSON.stringify([owner, key])
    const lane = this.#lanes.get(name) ?? { owner, key, waiting: new Set() }
    this.#lanes.set(name, lane)
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        max,
        start: () => {
          signal.removeEventListener('abort', onAbort)
          resolve()
        },
      }
      const onAbort = (): void => {
        this.#forget(name, lane, waiting)
        reject(signal.reason)
      }
      signal.addEventListener('abort', onAbort, { once: true })
      lane.waiting.add(waiting)
    })
  }

  #forget(name: string, lane: Lane, waiting: Waiting): void {
    lane.waiting.delete(waiting)
    if (lane.waiting.size === 0) this.#lanes.delete(name)
    if (this.#lanes.size === 0) this.#servedAt.clear()
  }

  #hasPlace(key: string, max: number): boolean {
    return this.#active < this.#max && (this.#activeOn.get(key) ?? 0) < max
  }

  #start(key: string): void {
    this.#active++
    this.#activeOn.set(key, (this.#activeOn.get(key) ?? 0) + 1)
  }

  #end(key: string): void {
    this.#active--
    const left = (this.#activeOn.get(key) ?? 1) - 1
    if (left === 0) this.#activeOn.delete(key)
    else this.#activeOn.set(key, left)
    for (let hasStarted = true; hasStarted && this.#active < this.#max; ) hasStarted = this.#startNext()
  }

  /** Says whether there was anybody who could start. */
  #startNext(): boolean {
    let best: { readonly name: string; readonly lane: Lane; readonly first: Waiting; readonly servedAt: number } | undefined
    for (const [name, lane] of this.#lanes) {
      const [first] = lane.waiting
      const servedAt = this.#servedAt.get(lane.owner) ?? 0
      if (first === undefined || !this.#hasPlace(lane.key, first.max)) continue
      if (best === undefined || servedAt < best.servedAt) best = { name, lane, first, servedAt }
    }
    if (best === undefined) return false
    const { name, lane, first } = best
    this.#start(lane.key)
    this.#servedAt.set(lane.owner, ++this.#served)
    // Behind the owner's other lanes, which it would hold up otherwise.
    this.#lanes.delete(name)
    this.#lanes.set(name, lane)
    this.#forget(name, lane, first)
    first.start()
    return true
  }
}
