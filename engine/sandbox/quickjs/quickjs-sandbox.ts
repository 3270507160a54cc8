// The QuickJS runtime behind the seam: one base a process or thread, cells sized to their limits.
import type { ActivityMarker, Cell, CellTraits, Sandbox } from '../sandbox.ts'
import { type Base, makeBase } from './base.ts'
import { QuickJsCell } from './cell.ts'
import { pagesFor } from './machine.ts'

/** What the process hands to a runner's thread, so that nothing is compiled or kept twice. */
export interface QuickJsParts {
  /** A base made before, on the same thread. */
  readonly base?: Base
  /** A build compiled elsewhere in the process. */
  readonly module?: WebAssembly.Module
  /** Where images lie. */
  readonly arena?: WebAssembly.Memory
}

const CELLS: CellTraits = Object.freeze({ idleBytes: 512 * 1024, areBound: false, moveState: true })

/** Throws `QUICKJS_BUILD_UNKNOWN`. */
export function createQuickJsSandbox(parts: QuickJsParts, marker: ActivityMarker): Sandbox {
  const base = parts.base ?? makeBase(parts.module)
  const sizeClass = (memoryBytes: number): number => pagesFor(memoryBytes, base.image.end)
  return {
    runtime: 'quickjs',
    cells: CELLS,
    baseHash: base.hash,
    sizeClass,
    createCell: (memoryBytes): Cell => new QuickJsCell(base, sizeClass(memoryBytes), parts.arena, marker),
  }
}
