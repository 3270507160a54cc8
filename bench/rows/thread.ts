// Throughput and latency through worker threads.
import { Worker } from 'node:worker_threads'
import { z } from 'zod'
import { createEngine, defineBinding, memoryStore } from '../../engine/index.ts'
import { ORDER, SCRIPT } from '../event.ts'
import { expectOk } from '../expect-ok.ts'
import { inFlight } from '../in-flight.ts'
import { pair } from '../measure.ts'
import { rawCall } from '../raw.ts'
import type { Row } from '../row.ts'

const TURNS = 6_000

/** One worker. */
export const threadThroughput: Row = {
  what: '`thread`, 1 worker, 64 in flight, isolation `event`: throughput against a raw warm single-thread loop',
  must: { at: 'least', value: 0.65 },
  measure: () => measureThroughput(1),
}

/** Two workers. */
export const twoThreadThroughput: Row = {
  what: '`thread`, 2 workers on 2 cores, host thread included: throughput against a raw warm single-thread loop',
  must: { at: 'least', value: 1.1 },
  measure: () => measureThroughput(2),
}

async function measureThroughput(workers: number) {
  await using engine = await createEngine({ scripts: memoryStore({ 'order.ts': SCRIPT }), workers })
  const raw = await rawCall()
  const { subject, baseline, ratio } = await pair(
    TURNS,
    (turns) => inFlight(engine, turns),
    (turns) => {
      for (let i = 0; i < turns; i++) raw(ORDER)
    },
  )
  return { value: 1 / ratio, unit: '×' as const, parts: { eventMicroseconds: subject, rawMicroseconds: baseline } }
}

const CALLS = 50

/** One awaited host call after another, against the same number of bare messages there and back. */
export const hostCallRoundTrip: Row = {
  what: 'host call round trip, `thread`, against a bare `postMessage` string round trip',
  must: { at: 'most', value: 1.75 },
  async measure() {
    const echo = defineBinding('echo', { back: { input: z.tuple([z.string()]), output: z.string(), handler: (_call, text) => text } })
    const script = `export default { needs: { echo: true }, on: {
      async calls(_, ctx) { for (let i = 0; i < ${CALLS}; i++) await ctx.echo.back('0123456789'); return 1 }, none() { return 1 } } }`
    const policy = { version: 1, defaults: { allow: { echo: true } } }
    await using engine = await createEngine({ scripts: memoryStore({ 'calls.ts': script }), bindings: [echo], policy, workers: 1 })
    const worker = new Worker(
      'const { parentPort } = require("node:worker_threads"); parentPort.on("message", (text) => parentPort.postMessage(text))',
      { eval: true },
    )
    const bounce = (text: string): Promise<unknown> =>
      new Promise((resolve) => {
        worker.once('message', resolve)
        worker.postMessage(text)
      })
    const overhead = await pair(
      40,
      async (turns) => {
        for (let i = 0; i < turns; i++) expectOk(await engine.emit('calls', null))
      },
      async (turns) => {
        for (let i = 0; i < turns; i++) expectOk(await engine.emit('none', null))
      },
    )
    const bare = await pair(
      40 * CALLS,
      async (turns) => {
        for (let i = 0; i < turns; i++) await bounce('["call",1,1,"echo.back"]\nJ["0123456789"]')
      },
      async () => undefined,
    )
    await worker.terminate()
    const call = (overhead.subject - overhead.baseline) / CALLS
    return { value: call / bare.subject, unit: '×', parts: { callMicroseconds: call, bareMicroseconds: bare.subject } }
  },
}
