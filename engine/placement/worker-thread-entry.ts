// What runs in a worker thread: here a placement meets a runtime. Nothing of the host is in reach: no files, no environment, one port.
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { Activity } from '../runner/activity.ts'
import type { RunnerPort } from '../runner/channel.ts'
import { decodeBatch, encodeMessage } from '../runner/codec.ts'
import type { FromRunner, ToRunner } from '../runner/protocol.ts'
import { Runner } from '../runner/runner.ts'
import { createQuickJsSandbox } from '../sandbox/quickjs/quickjs-sandbox.ts'
import { Inbox } from './inbox.ts'
import type { ThreadData } from './worker-thread.ts'

/** Results wait this long at most for others of the same batch, and so do messages that arrive while others are handled. */
const LONGEST_WAIT_MS = 1

function serve(port: MessagePort, { module, arena, activity: buffer }: ThreadData): void {
  const activity = new Activity(buffer)
  const outbox = new Outbox(port)
  const inbox = new Inbox()
  const runner = new Runner(createQuickJsSandbox({ module, arena }, activity), outbox, activity)
  const accept = (text: string): void => decodeBatch(text, (message) => inbox.add(message as ToRunner))
  port.on('message', (text: string) => {
    accept(text)
    let lookedAt = performance.now()
    for (let message = inbox.next(); message !== undefined; message = inbox.next()) {
      runner.handle(message)
      const now = performance.now()
      if (now - lookedAt < LONGEST_WAIT_MS) continue
      lookedAt = now
      outbox.flush()
      for (let more = receiveMessageOnPort(port); more !== undefined; more = receiveMessageOnPort(port)) accept(more.message as string)
    }
    outbox.flush()
  })
}

/** Messages on their way to the host, joined to one text: posting costs more than writing. */
class Outbox implements RunnerPort {
  readonly #port: MessagePort
  #texts: string[] = []

  constructor(port: MessagePort) {
    this.#port = port
  }

  send(message: FromRunner): void {
    if (message.kind !== 'frozen') {
      this.#texts.push(encodeMessage(message))
      return
    }
    this.flush()
    this.#port.postMessage(message, [message.image.bytes.buffer as ArrayBuffer])
  }

  flush(): void {
    if (this.#texts.length === 0) return
    this.#port.postMessage(this.#texts.join('\n'))
    this.#texts = []
  }
}

// Last, when the class is there.
if (parentPort !== null) serve(parentPort, workerData as ThreadData)
