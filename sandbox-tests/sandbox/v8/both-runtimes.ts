// One cell of each runtime in this process, to hold what scripts find on one against what they find on the other.
import { DEFAULT_LIMITS, type Limits } from '../../../engine/model/limits.ts'
import { createQuickJsSandbox } from '../../../engine/sandbox/quickjs/quickjs-sandbox.ts'
import type { Cell, RunEnd } from '../../../engine/sandbox/sandbox.ts'
import { createV8Sandbox } from '../../../engine/sandbox/v8/v8-sandbox.ts'
import { loadImage, PATIENT, terms, valueOf } from '../../harness/cells.ts'

const marker = { enter: () => undefined, polled: () => undefined, leave: () => undefined, logged: () => undefined }
const MEMORY_BYTES = 64 * 1024 * 1024

/** A cell of each. */
export const CELLS: Readonly<Record<'quickjs' | 'v8', Cell>> = {
  quickjs: createQuickJsSandbox({}, marker).createCell(MEMORY_BYTES),
  v8: createV8Sandbox({}, marker).createCell(MEMORY_BYTES),
}

/** Limits of a busy machine. */
export const ROOMY: Limits = Object.freeze({ ...PATIENT, memoryBytes: MEMORY_BYTES, outputBytes: DEFAULT_LIMITS.outputBytes * 16 })

/** What came of the body of a handler, on one runtime. */
export function endOn(runtime: keyof typeof CELLS, body: string, payload: unknown = null, seed?: string): RunEnd | undefined {
  const cell = CELLS[runtime]
  const changes = seed === undefined ? {} : { seed }
  return cell.start(loadImage(cell, body), terms(payload, { limits: ROOMY, ...changes }), false)
}

/** The value of the body of a handler, on both. */
export function onBoth(body: string, payload: unknown = null, seed?: string): { readonly quickjs: unknown; readonly v8: unknown } {
  return { quickjs: valueOf(endOn('quickjs', body, payload, seed)), v8: valueOf(endOn('v8', body, payload, seed)) }
}
