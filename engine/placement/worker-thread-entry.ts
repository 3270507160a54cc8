// What runs in a worker thread: here a placement meets a runtime. Nothing of the host is in reach: no files, no environment, one port.
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { Activity } from '../runner/activity.ts'
import type { RunnerPort } from '../runner/channel.ts'
import { Decoder, Encoder } from '../runner/codec.ts'
import type { FromRunner, ToRunner } from '../runner/protocol.ts'
import { Runner } from '../runner/runner.ts'
import { createQuickJsSandbox } from '../sandbox/quickjs/quickjs-sandbox.ts'
import { Inbox } from './inbox.ts'
import { Lookout } from './lookout.ts'
import { Undelivered } from './undelivered.ts'
import type { ThreadData } from './worker-thread.ts'

/** Results wait this long at most for others of the same batch, and so do messages that arrive while others are handled. */
const LONGEST_WAIT_MS = 1
/** After this the event loop turns, whatever is left to do: timers of runs are due too. */
const LONGEST_TURN_MS = 4

/** Takes messages off the port and does them, in turns. */
class Turns {
  readonly #port: MessagePort
  readonly #outbox: Outbox
  readonly #runner: Runner
  readonly #decoder = new Decoder()
  readonly #inbox = new Inbox()
  readonly #lookout = new Lookout()
  #isDue = false

  constructor(port: MessagePort, { module, arena, activity: buffer }: ThreadData) {
    const activity = new Activity(buffer)
    this.#port = port
    this.#outbox = new Outbox(port)
    this.#runner = new Runner(createQuickJsSandbox({ module, arena }, activity), this.#outbox, activity)
  }

  /** Does what a text says, and what follows from it. */
  take(text: string): void {
    this.#accept(text)
    if (!this.#isDue) this.#turn()
  }

  #turn(): void {
    this.#isDue = false
    const until = performance.now() + LONGEST_TURN_MS
    do this.#work(until)
    while (this.#hears(until))
    if (this.#inbox.isEmpty && !this.#runner.isDue) return
    this.#isDue = true
    setImmediate(() => this.#turn())
  }

  /** Does what was received, until nothing is left or the turn is over. */
  #work(until: number): void {
    let lookedAt = performance.now()
    for (let now = lookedAt; now < until && this.#step(); now = performance.now()) {
      if (now - lookedAt < LONGEST_WAIT_MS && !this.#inbox.isHalfDone(this.#outbox.waiting)) continue
      lookedAt = now
      this.#outbox.flush()
      for (let more = this.#receive(); more !== undefined; more = this.#receive()) this.#accept(more)
    }
    this.#outbox.flush()
  }

  /** One message, and one run that waited for its state. Whether there was anything. */
  #step(): boolean {
    const message = this.#inbox.next()
    if (message !== undefined) this.#runner.handle(message)
    return this.#runner.proceed() || message !== undefined
  }

  /** Whether the host answers at once what it was just asked. */
  #hears(until: number): boolean {
    if (!this.#outbox.tookCalls() || performance.now() >= until) return false
    const text = this.#lookout.await(() => this.#receive())
    if (text !== undefined) this.#accept(text)
    return text !== undefined
  }

  #receive(): string | undefined {
    return receiveMessageOnPort(this.#port)?.message as string | undefined
  }

  #accept(text: string): void {
    this.#decoder.decode(text, (message) => this.#inbox.add(message as ToRunner))
  }
}

/** Messages on their way to the host, joined to one text: posting costs more than writing. */
class Outbox implements RunnerPort {
  readonly #port: MessagePort
  readonly #encoder = new Encoder()
  #texts: string[] = []
  #hasCalls = false
  readonly #undelivered = new Undelivered()

  constructor(port: MessagePort) {
    this.#port = port
  }

  send(message: FromRunner): void {
    if (message.kind === 'call') this.#hasCalls = true
    this.#undelivered.add(message)
    if (message.kind !== 'frozen') {
      this.#texts.push(this.#encoder.encode(message))
      return
    }
    this.flush()
    this.#port.postMessage(message, [message.image.bytes.buffer as ArrayBuffer])
  }

  /** Messages that wait to be sent. */
  get waiting(): number {
    return this.#texts.length
  }

  flush(): void {
    if (this.#texts.length === 0) return
    this.#port.postMessage(this.#texts.join('\n'))
    this.#texts = []
    this.#undelivered.clear()
  }

  secure(key: string): void {
    if (this.#undelivered.mustGo(key)) this.flush()
  }

  /** Whether the host was asked anything since this was called last. */
  tookCalls(): boolean {
    const hasCalls = this.#hasCalls
    this.#hasCalls = false
    return hasCalls
  }
}

function serve(port: MessagePort, data: ThreadData): void {
  const turns = new Turns(port, data)
  port.on('message', (text: string) => turns.take(text))
}

// Last, when the classes are there.
if (parentPort !== null) serve(parentPort, workerData as ThreadData)
