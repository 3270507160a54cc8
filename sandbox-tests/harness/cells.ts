// Scripts in real cells, without a runner: to load them, to start them, to read what came of it.
import { DEFAULT_LIMITS, type Limits } from '../../engine/model/limits.ts'
import { wireCodec } from '../../engine/sandbox/guest/guest-source.ts'
import type { Image } from '../../engine/sandbox/image.ts'
import type { Cell, RunEnd, RunTerms } from '../../engine/sandbox/sandbox.ts'

/** The guest's clock at the start of each run. */
export const NOW_MS = 1_790_000_000_000
/** The seed of each run that says nothing else. */
export const SEED = '0123456789abcdef'.repeat(3)
/** A busy machine must not make a test fail. */
export const PATIENT: Limits = Object.freeze({ ...DEFAULT_LIMITS, cpuMs: 2_000, loadCpuMs: 2_000, wallMs: 60_000 })
/** What ctx carries: a log and one binding. */
export const SHAPE = '{"bindings":{"host":["ask"]},"log":true}'

/** Terms of a run of the event `go`. */
export function terms(payload: unknown = null, changes: Partial<RunTerms> = {}): RunTerms {
  const wire = wireCodec.encode(payload, 1024 * 1024)
  if (!wire.ok) throw new Error(`The payload cannot cross: ${wire.path} is ${wire.what}`)
  const limits = changes.limits ?? PATIENT
  return {
    event: 'go',
    runId: 'run',
    payload: wire.text,
    limits,
    roomBytes: limits.memoryBytes,
    wallDeadline: performance.now() + limits.wallMs,
    now: NOW_MS,
    seed: SEED,
    ...changes,
  }
}

/** Loads a script, whose handler has `body` (`event` and `ctx` are in its scope), and freezes it. */
export function loadImage(cell: Cell, body: string, top = ''): Image {
  const code = `(define) => { ${top}\n; define(async (event, ctx) => { ${body}\n }) }`
  const end = cell.load({ code, touches: '', limits: PATIENT, now: NOW_MS, seed: SEED })
  if (!end.ok) throw new Error(`The script did not load: ${JSON.stringify(end)}`)
  return cell.freeze(SHAPE)
}

/** The value of a run that ended well. */
export function valueOf(end: RunEnd | undefined): unknown {
  if (end?.status !== 'ok') throw new Error(`The run ended with ${JSON.stringify(end)}`)
  return wireCodec.decode(end.value ?? '')
}

/** A value as it crosses the wall. */
export function wire(value: unknown): string {
  const text = wireCodec.encode(value, 1024 * 1024)
  if (!text.ok) throw new Error(`The value cannot cross: ${text.path} is ${text.what}`)
  return text.text
}
