// The one host function, seen from QuickJS: how its arguments are read and its answer is given. What each operation does is said in ../host-ops.ts.
import { packSource } from '../guest/packs.ts'
import { doHostOp, type HostOpCell, type HostOpRuntime } from '../host-ops.ts'
import type { Base } from './base.ts'
import { PLACES, type Pointer, STRIP_SOURCE, STRIP_SOURCE_AND_PLACES } from './build.ts'
import type { Machine } from './machine.ts'

/** What the operations need of a cell. */
export interface HostOpTarget extends HostOpCell {
  readonly machine: Machine
  readonly base: Base
  /** Ends the run on the spot when its time is up: between two operations, native work may have gone unnoticed. */
  checkTime(): void
}

const QUICKJS: HostOpRuntime<HostOpTarget, Pointer> = {
  readText: (cell, text, mostBytes) => cell.machine.readText(cell.base.layout.context, text, mostBytes),
  /** What a pack is compiled to carries neither its text nor its places: they would be half of its memory. What a script compiles keeps its places. */
  openPack(cell, name) {
    const source = packSource(name)
    const flags = source === undefined ? STRIP_SOURCE : STRIP_SOURCE_AND_PLACES
    cell.machine.setByte(cell.base.layout.runtime + PLACES.stripFlagsInRuntime, flags)
    return source
  },
}

/** Runs one operation; answers with a new guest string, or 0 for undefined. */
export function runHostOp(cell: HostOpTarget, argc: number, argv: Pointer): Pointer {
  cell.checkTime()
  // What has settled is over: jobs that are still running ask in vain.
  if (argc !== 2 || cell.run.isSettled) return 0
  const { exports } = cell.machine
  const { context } = cell.base.layout
  const answer = doHostOp(QUICKJS, cell, exports.getFloat64(context, exports.argument(argv, 0)), exports.argument(argv, 1))
  return answer === undefined ? 0 : cell.machine.newString(context, answer)
}
