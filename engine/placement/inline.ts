// Runners on the host's own thread, for scripts that the host trusts. The channel speaks the real protocol; messages are passed on as they are.

import type { Channel } from '../runner/channel.ts'
import type { FromRunner, ToRunner } from '../runner/protocol.ts'
import { Runner } from '../runner/runner.ts'
import type { ActivityMarker, Sandbox } from '../sandbox/sandbox.ts'
import type { Placement } from './placement.ts'

/** Nobody can watch a thread from that thread. */
const UNSEEN: ActivityMarker = Object.freeze({
  enter: () => undefined,
  polled: () => undefined,
  leave: () => undefined,
  logged: () => undefined,
})

/** `createSandbox` makes the runtime of a runner. */
export function inlinePlacement(createSandbox: (marker: ActivityMarker) => Sandbox): Placement {
  return { name: 'inline', start: () => new InlineChannel(createSandbox(UNSEEN)) }
}

/** Both ends of a pipe on one thread. A message that is sent while another is handled waits its turn, so that the stack stays flat. */
class InlineChannel implements Channel {
  readonly activity = undefined
  readonly #inbox: ToRunner[] = []
  #runner: Runner | undefined
  #listener: (message: FromRunner) => void = () => undefined
  #closed: (reason: string | undefined) => void = () => undefined
  #isDraining = false

  constructor(sandbox: Sandbox) {
    // The hello must not arrive before somebody listens.
    queueMicrotask(() => {
      this.#runner = new Runner(sandbox, { send: (message) => this.#deliver(message), flush: () => undefined }, undefined)
      this.#drain()
    })
  }

  send(message: ToRunner): void {
    this.#inbox.push(message)
    this.#drain()
  }

  onMessage(listener: (message: FromRunner) => void): void {
    this.#listener = listener
  }

  onClose(listener: (reason: string | undefined) => void): void {
    this.#closed = listener
  }

  cpuMs(): Promise<undefined> {
    return Promise.resolve(undefined)
  }

  kill(): Promise<void> {
    this.#listener = () => undefined
    this.#runner?.close()
    this.#runner = undefined
    this.#closed(undefined)
    return Promise.resolve()
  }

  /** What a timer of the runner makes it say is told to its end as well, before the answer to it is handled. */
  #deliver(message: FromRunner): void {
    if (this.#isDraining) return this.#listener(message)
    this.#isDraining = true
    try {
      this.#listener(message)
    } finally {
      this.#isDraining = false
    }
    if (this.#inbox.length > 0) queueMicrotask(() => this.#drain())
  }

  #drain(): void {
    if (this.#isDraining) return
    this.#isDraining = true
    try {
      for (let message = this.#next(); message !== undefined || this.#runner?.proceed() === true; message = this.#next())
        if (message !== undefined) this.#runner?.handle(message)
    } finally {
      this.#isDraining = false
    }
  }

  #next(): ToRunner | undefined {
    return this.#runner === undefined ? undefined : this.#inbox.shift()
  }
}
