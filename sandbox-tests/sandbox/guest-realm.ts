// Runs snippets in a real sandbox, with an image in an arena as in production, and gives back what came of them.
import { DEFAULT_LIMITS, type Limits } from '../../engine/model/limits.ts'
import type { GuestFault, LogEntry, OutcomeStatus } from '../../engine/model/outcome.ts'
import { wireCodec } from '../../engine/sandbox/guest/guest-source.ts'
import type { ImageRef } from '../../engine/sandbox/image.ts'
import { ImageArena } from '../../engine/sandbox/image-arena.ts'
import { createQuickJsSandbox } from '../../engine/sandbox/quickjs/quickjs-sandbox.ts'
import { readLogs } from '../../engine/sandbox/run-log.ts'
import type { Cell, RunEnd } from '../../engine/sandbox/sandbox.ts'
import { createV8Sandbox } from '../../engine/sandbox/v8/v8-sandbox.ts'

/** What came of a snippet. */
export interface GuestEnd {
  readonly status: OutcomeStatus
  readonly value?: unknown
  readonly fault?: GuestFault
  /** Where the value cannot cross, and why. */
  readonly notPlain?: { readonly path: string; readonly what: string }
  readonly logs: readonly LogEntry[]
  readonly memoryBytes: number
}

/** How a snippet is loaded. */
export interface GuestOptions {
  /** Lazy globals to make before the script is evaluated. */
  readonly touches?: readonly string[]
  /** Evaluated at the script's top level. */
  readonly top?: string
  readonly limits?: Partial<Limits>
  /** Hex digits: 16 for `Math.random`, 32 for `crypto`. */
  readonly seed?: string
}

/** A script with one handler, frozen: each run has a brand-new sandbox. */
export interface GuestScript {
  /** Bytes of its image. */
  readonly imageBytes: number
  /** Runs it; throws when it waits for a timer. */
  run(payload?: unknown): GuestEnd
  /** Runs it and fires its timers until it ends. */
  runToEnd(payload?: unknown): Promise<GuestEnd>
  /** Runs it until it waits, then cancels it. */
  cancel(reason: string): GuestEnd
}

const NOW_MS = 1_790_000_000_000
const SEED = '0123456789abcdef'.repeat(3)
const marker = { enter: () => undefined, polled: () => undefined, leave: () => undefined, logged: () => undefined }
const arena = new ImageArena()
/** The suites that use this run on QuickJS; `v8/same-suites.test.ts` runs them again, each in a process of its own. */
export const runtime = process.env['SANDBOX_RUNTIME'] === 'v8' ? 'v8' : 'quickjs'
const sandbox = (runtime === 'v8' ? createV8Sandbox : createQuickJsSandbox)({ arena: arena.memory }, marker)
const cells = new Map<number, Cell>()

/** Freezes a script whose handler has `body`; `event` (the payload) and `ctx` are in its scope. Throws when it does not load. */
export function loadGuest(body: string, options: GuestOptions = {}): GuestScript {
  const limits = { ...DEFAULT_LIMITS, cpuMs: 2_000, outputBytes: 8 * 1024 * 1024, ...options.limits }
  const seed = options.seed ?? SEED
  const code = `(define) => { ${options.top ?? ''}\n; define(async (event, ctx) => { ${body}\n }) }`
  const cell = cellFor(limits.memoryBytes)
  const touches = (options.touches ?? []).join(' ')
  const end = cell.load({ code, touches, limits: { ...limits, loadCpuMs: 2_000 }, now: NOW_MS, seed })
  if (!end.ok) throw new Error(`The snippet did not load: ${JSON.stringify(end)}`)
  const image = arena.place(cell.freeze('{"bindings":{},"log":true}'))
  const start = (payload: unknown): RunEnd | undefined => startRun(cell, image, { payload, limits, seed })
  return {
    imageBytes: image.length,
    run(payload) {
      const end = start(payload)
      if (end === undefined) throw new Error('The snippet waits.')
      return readEnd(end)
    },
    async runToEnd(payload) {
      let end = start(payload)
      while (end === undefined) {
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, (cell.nextDue ?? 0) - performance.now())))
        end = cell.fireDue(NOW_MS)
      }
      return readEnd(end)
    },
    cancel(reason) {
      const end = start(undefined)
      return readEnd(end ?? cell.cancel(reason, NOW_MS))
    },
  }
}

/** The value of a snippet (the body of a function), in a sandbox of its own. Throws when it has none. */
export function guestValue(body: string, options: GuestOptions = {}): unknown {
  const script = loadGuest(body, options)
  const end = script.run()
  if (end.status !== 'ok') throw new Error(`The snippet ended with ${JSON.stringify(end)}`)
  return end.value
}

/** The value of the same snippet in Node. */
export async function nodeValue(body: string, payload?: unknown): Promise<unknown> {
  const run = new Function('event', `return (async () => { ${body}\n })()`) as (event: unknown) => Promise<unknown>
  return await run(payload)
}

/** The base image's size in bytes and hash: what every script starts from. */
export const baseHash = sandbox.baseHash

function cellFor(memoryBytes: number): Cell {
  const size = sandbox.sizeClass(memoryBytes)
  const cell = cells.get(size) ?? sandbox.createCell(memoryBytes)
  cells.set(size, cell)
  return cell
}

interface Start {
  readonly payload: unknown
  readonly limits: Limits
  readonly seed: string
}

function startRun(cell: Cell, image: ImageRef, { payload, limits, seed }: Start): RunEnd | undefined {
  const wire = wireCodec.encode(payload, limits.inputBytes)
  if (!wire.ok) throw new Error(`The payload cannot cross: ${wire.path} is ${wire.what}`)
  const wallDeadline = performance.now() + limits.wallMs
  return cell.start(
    image,
    { event: 'test', runId: 'run', payload: wire.text, limits, roomBytes: limits.memoryBytes, wallDeadline, now: NOW_MS, seed },
    false,
  )
}

function readEnd(end: RunEnd): GuestEnd {
  return {
    status: end.status,
    ...(end.value === undefined ? {} : { value: wireCodec.decode(end.value) }),
    ...(end.fault === undefined ? {} : { fault: end.fault }),
    ...(end.notPlain === undefined ? {} : { notPlain: end.notPlain }),
    logs: readLogs(end.logs),
    memoryBytes: end.usage.memoryBytes,
  }
}
