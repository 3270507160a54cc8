// Answers of a run, given again: to the same calls, in the same order, at the same moments.
import type { HostCall, HostReply } from '../../engine/model/host-call.ts'
import type { FinishedRun } from '../test/test-host.ts'

/** The host's side of a run that is run again. */
export class Replay {
  readonly #replies: FinishedRun['replies']
  readonly #waiting = new Map<number, (reply: HostReply) => void>()
  #made = 0
  #given = 0
  #now: number

  constructor({ replies, now }: Pick<FinishedRun, 'replies' | 'now'>) {
    this.#replies = replies
    this.#now = now
  }

  readonly clock = (): number => this.#now

  /** Answers when its turn comes; never, where the first run had no answer either. */
  readonly handle = (_call: HostCall): Promise<HostReply> => {
    const number = this.#made++
    return new Promise((resolve) => {
      this.#waiting.set(number, resolve)
      this.#give()
    })
  }

  #give(): void {
    for (let next = this.#replies[this.#given]; next !== undefined; next = this.#replies[this.#given]) {
      const waiting = this.#waiting.get(next.call)
      if (waiting === undefined) return
      this.#given++
      this.#now = next.now
      waiting(next.reply)
    }
  }
}
