// What runs in a worker thread: here a placement meets a runtime. Nothing of the host is in reach: no files, no environment, one port.
import { parentPort, workerData } from 'node:worker_threads'
import { Activity } from '../runner/activity.ts'
import { decodeBatch, encodeMessage } from '../runner/codec.ts'
import type { FromRunner, ToRunner } from '../runner/protocol.ts'
import { Runner } from '../runner/runner.ts'
import { createQuickJsSandbox } from '../sandbox/quickjs/quickjs-sandbox.ts'
import type { ThreadData } from './worker-thread.ts'

/** Results wait this long at most for others of the same batch. */
const LONGEST_WAIT_MS = 1

const { module, arena, activity: buffer } = workerData as ThreadData
const port = parentPort
if (port !== null) {
  const activity = new Activity(buffer)
  let outbox: string[] = []
  let since = 0
  const flush = (): void => {
    if (outbox.length === 0) return
    port.postMessage(outbox.join('\n'))
    outbox = []
  }
  const send = (message: FromRunner): void => {
    if (message.kind === 'frozen') {
      flush()
      port.postMessage(message, [message.image.bytes.buffer as ArrayBuffer])
      return
    }
    if (outbox.push(encodeMessage(message)) === 1) since = performance.now()
    else if (performance.now() - since > LONGEST_WAIT_MS) flush()
  }
  const runner = new Runner(createQuickJsSandbox({ module, arena }, activity), { send, flush }, activity)
  port.on('message', (text: string) => {
    decodeBatch(text, (message) => {
      runner.handle(message as ToRunner)
      if (outbox.length > 0 && performance.now() - since > LONGEST_WAIT_MS) flush()
    })
    flush()
  })
}
