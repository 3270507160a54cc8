// A channel whose far end is the test itself.
import type { Activity } from '../../engine/runner/activity.ts'
import type { Channel, CloseFacts } from '../../engine/runner/channel.ts'
import type { FromRunner, ToRunner } from '../../engine/runner/protocol.ts'

/** What the host sent is kept; what the runner says is said by the test. */
export class FakeChannel implements Channel {
  readonly activity: Activity | undefined
  readonly sent: ToRunner[] = []
  kills = 0
  #listener: (message: FromRunner) => void = () => undefined
  #closed: (reason: string | undefined, facts?: CloseFacts) => void = () => undefined

  constructor(activity?: Activity) {
    this.activity = activity
  }

  send(message: ToRunner): void {
    this.sent.push(message)
  }

  onMessage(listener: (message: FromRunner) => void): void {
    this.#listener = listener
  }

  onClose(listener: (reason: string | undefined, facts?: CloseFacts) => void): void {
    this.#closed = listener
  }

  cpuMs(): Promise<undefined> {
    return Promise.resolve(undefined)
  }

  kill(): Promise<void> {
    this.kills++
    this.#closed(undefined)
    return Promise.resolve()
  }

  /** The runner says something. */
  say(message: FromRunner): void {
    this.#listener(message)
  }

  /** The runner ends by itself. */
  die(reason: string | undefined, facts?: CloseFacts): void {
    this.#closed(reason, facts)
  }
}
