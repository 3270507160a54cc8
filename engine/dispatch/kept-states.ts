// Which states of scripts with isolation `script` should exist: so that an outcome can say that one was lost, wherever and however that happened.
import { LRUCache } from 'lru-cache'
import type { StateEnd } from '../runner/protocol.ts'

const MOST_STATES = 10_000

/** See the head of the file. */
export class KeptStates {
  readonly #known = new LRUCache<string, true>({ max: MOST_STATES })

  /** Takes note of how a run left its state. Whether a state was lost: by this run, or before it began. */
  follow(state: string, { isFresh, isKept }: StateEnd): boolean {
    const existed = this.#known.has(state)
    if (isKept) this.#known.set(state, true)
    else this.#known.delete(state)
    return !isKept || (existed && isFresh)
  }
}
