// What a runner has said and not sent yet is lost when it is killed. Most of it does no harm: the host runs it again, unseen. What a run did through the host, or
// left in a state, cannot be had a second time; so it goes out before another script gets the chance to have the runner killed.
import type { FromRunner } from '../runner/protocol.ts'

/** See the head of the file. */
export class Undelivered {
  #isUnrepeatable = false
  #lastKey = ''

  /** A message waits to be sent. */
  add(message: FromRunner): void {
    if (message.kind === 'ended' && (message.state.isKept || message.end.usage.hostCalls > 0)) this.#isUnrepeatable = true
  }

  /** Everything was sent. */
  clear(): void {
    this.#isUnrepeatable = false
  }

  /** Guest code is about to run, of the script whose image has this key. Whether what waits must be sent first. */
  mustGo(key: string): boolean {
    const isOther = key !== this.#lastKey
    this.#lastKey = key
    return isOther && this.#isUnrepeatable
  }
}
