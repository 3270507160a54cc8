// When runners of an engine came to an end, as the engine tells it: what may happen to a run depends on what happened to runners while it was under way.

/** What the engine's observer is told of a runner. */
export interface RunnerChange {
  readonly kind: string
  readonly role: string
  readonly reason?: string
}

const ENDS: ReadonlySet<string> = new Set(['closed', 'killed', 'lost'])

/** See the head of the file. */
export class RunnerEnds {
  /** Of runners that were killed or lost, in order. */
  readonly #ends: number[] = []
  /** Of harm that the soak itself did. */
  readonly #harms: number[] = []
  /** Runners that the soak has held up. */
  stops = 0
  /** Runners and loaders that have started, and not ended. */
  running = 0
  /** How often each kind of change was told, with its role: `runner killed`. */
  readonly changes: Record<string, number> = {}

  /** For `observer.runner`. */
  readonly onChange = ({ kind, role }: RunnerChange): void => {
    const name = `${role} ${kind}`
    this.changes[name] = (this.changes[name] ?? 0) + 1
    if (kind === 'started') this.running++
    if (ENDS.has(kind)) this.running--
    if (kind !== 'started' && kind !== 'closed') this.#ends.push(performance.now())
  }

  /** The soak harms a runner now; `isStop` says that it holds it up. */
  harmed(isStop: boolean): void {
    this.#harms.push(performance.now())
    if (isStop) this.stops++
  }

  /** Harm done so far. */
  get harms(): number {
    return this.#harms.length
  }

  /** Runners that ended since a moment. */
  endsSince(moment: number): number {
    return countSince(this.#ends, moment)
  }

  /** Harm done since a moment. */
  harmsSince(moment: number): number {
    return countSince(this.#harms, moment)
  }
}

function countSince(moments: readonly number[], since: number): number {
  let count = 0
  for (let at = moments.length - 1; at >= 0 && (moments[at] as number) >= since; at--) count++
  return count
}
