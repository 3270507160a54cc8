// Runs images that were frozen elsewhere: in a worker thread or a process of its own, whose entry path, arguments and environment differ.
import { parentPort, workerData } from 'node:worker_threads'
import { DEFAULT_LIMITS } from '../../engine/model/limits.ts'
import { wireCodec } from '../../engine/sandbox/guest/guest-source.ts'
import type { Image } from '../../engine/sandbox/image.ts'
import { createQuickJsSandbox } from '../../engine/sandbox/quickjs/quickjs-sandbox.ts'
import type { Cell, RunEnd, RunTerms } from '../../engine/sandbox/sandbox.ts'

/** What is sent. */
export interface Luggage {
  /** Of a script that was loaded. */
  readonly image: Image
  /** Of the same script, in mid-await of its first host call. */
  readonly waiting: Image
}

/** What became of it. */
export interface Arrival {
  readonly baseHash: string
  /** Of a run of the loaded script. */
  readonly value: unknown
  /** Of the run that was begun elsewhere and ended here. */
  readonly continued: unknown
  /** Of a script that was loaded here: its image, as hex of its SHA-256. */
  readonly own: string
  readonly zone: string | undefined
}

/** The script that travels: a handler that does what state needs, and one that waits. */
export const CODE = `(define) => {
  const cache = new Map([['loaded', [1, 2, 3]]])
  class Sum { #n = 0; add(n) { this.#n += n; return this } get value() { return this.#n } }
  let runs = 0
  define({
    on: {
      sum: (list) => ({ sum: list.reduce((sum, n) => sum.add(n), new Sum()).value, cached: [...cache.get('loaded')], runs: ++runs }),
      where: () => [new Date(2026, 6, 1).getTimezoneOffset(), String(new Date(0)), new Date(Date.now()).toISOString(), new Date(2026, 0, 1, 12).toISOString()],
      wait: async (word, ctx) => { const local = [word, /w(.)it/.exec('wait')[1]]; const reply = await ctx.host.ask(word); return { local, reply, cached: cache.get('loaded').length } },
    },
  })
}`
/** What ctx carries in it. */
export const SHAPE = '{"bindings":{"host":["ask"]},"log":true}'
/** Everyone's clock. */
export const NOW_MS = Date.UTC(2026, 10, 22, 12)
const SEED = '0123456789abcdef'.repeat(3)

/** A sandbox that nobody watches. */
export function newSandbox() {
  return createQuickJsSandbox({}, { enter: () => undefined, polled: () => undefined, leave: () => undefined, logged: () => undefined })
}

/** Terms of a run. */
export function terms(event: string, payload: unknown): RunTerms {
  const wire = wireCodec.encode(payload, 1_000)
  if (!wire.ok) throw new Error('plain')
  const limits = { ...DEFAULT_LIMITS, cpuMs: 2_000, loadCpuMs: 2_000 }
  return {
    event,
    runId: 'r',
    payload: wire.text,
    limits,
    roomBytes: limits.memoryBytes,
    wallDeadline: performance.now() + 60_000,
    now: NOW_MS,
    seed: SEED,
  }
}

/** Loads the script and freezes it. */
export function loadImage(cell: Cell): Image {
  const end = cell.load({ code: CODE, touches: '', limits: terms('', 0).limits, now: NOW_MS, seed: SEED })
  if (!end.ok) throw new Error(`does not load: ${JSON.stringify(end)}`)
  return cell.freeze(SHAPE)
}

/** The value of a run that has ended. */
export function endValue(end: RunEnd | undefined): unknown {
  if (end?.status !== 'ok') throw new Error(`ended with ${JSON.stringify(end)}`)
  return wireCodec.decode(end.value ?? '')
}

/** Ends, in a cell of this place, a run that began elsewhere and waits for its first host call. */
export function continueRun(cell: Cell, { image, waiting }: Luggage, reply: string): unknown {
  cell.start(image, terms('wait', 'another word'), false) // so that the cell is in a run that waits
  cell.adopt(waiting)
  const wire = wireCodec.encode(reply, 1_000)
  return endValue(cell.settle(1, true, wire.ok ? wire.text : '', NOW_MS + 5))
}

async function arrive(luggage: Luggage): Promise<Arrival> {
  const { createHash } = await import('node:crypto')
  const sandbox = newSandbox()
  const cell = sandbox.createCell(DEFAULT_LIMITS.memoryBytes)
  const value = [
    endValue(cell.start(luggage.image, terms('sum', [1, 2, 3]), false)),
    endValue(cell.start(luggage.image, terms('where', 0), true)),
  ]
  const continued = continueRun(cell, luggage, 'an answer from here')
  const own = createHash('sha256')
    .update(loadImage(sandbox.createCell(DEFAULT_LIMITS.memoryBytes)).bytes)
    .digest('hex')
  return { baseHash: sandbox.baseHash, value, continued, own, zone: process.env['TZ'] }
}

if (parentPort !== null && workerData !== undefined) parentPort.postMessage(await arrive(workerData as Luggage))
else if (process.send !== undefined) {
  process.once('message', (luggage: Luggage) => {
    void arrive(luggage).then((arrival) => process.send?.(arrival, () => process.disconnect()))
  })
}
