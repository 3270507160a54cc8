// The V8 runtime behind the seam. It can take its process down (isolated-vm says so itself), so it belongs into a process of its own.
import type { ActivityMarker, Cell, Sandbox } from '../sandbox.ts'
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

/** Throws `V8_UNAVAILABLE`. Changes switches of the whole process: see `makeV8Base`. */
export function createV8Sandbox(parts: V8Parts, marker: ActivityMarker): Sandbox {
  const base = parts.base ?? makeV8Base()
  return {
    runtime: 'v8',
    baseHash: base.hash,
    sizeClass: isolateMiB,
    createCell: (memoryBytes): Cell => new V8Cell(base, memoryBytes, parts.arena, marker),
  }
}
