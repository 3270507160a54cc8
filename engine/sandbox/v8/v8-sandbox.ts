// The V8 runtime behind the seam. It can take its process down (isolated-vm says so itself), so it belongs into a process of its own.
import type { ActivityMarker, Cell, CellTraits, Sandbox } from '../sandbox.ts'
import { makeV8Base, type V8Base } from './base.ts'
import { V8Cell } from './cell.ts'
import { isolateMiB } from './isolate.ts'

/** What the process hands to its runner. */
export interface V8Parts {
  /** A base made before, in the same process. */
  readonly base?: V8Base
  /** Where images lie. */
  readonly arena?: WebAssembly.Memory
}

/** An isolate with one context and a small script; another costs some milliseconds. */
const CELLS: CellTraits = Object.freeze({ idleBytes: 3 * 1024 * 1024, areBound: true, moveState: false })

/** Throws `V8_UNAVAILABLE`. Changes switches of the whole process: see `makeV8Base`. */
export function createV8Sandbox(parts: V8Parts, marker: ActivityMarker): Sandbox {
  const base = parts.base ?? makeV8Base()
  return {
    runtime: 'v8',
    cells: CELLS,
    baseHash: base.hash,
    sizeClass: isolateMiB,
    createCell: (memoryBytes): Cell => new V8Cell(base, memoryBytes, parts.arena, marker),
  }
}
