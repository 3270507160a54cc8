// A real sandbox whose cells are counted: how many were made, how many were disposed of.
import { createQuickJsSandbox } from '../../engine/sandbox/quickjs/quickjs-sandbox.ts'
import type { Cell, CellTraits, Sandbox } from '../../engine/sandbox/sandbox.ts'

const marker = { enter: () => undefined, polled: () => undefined, leave: () => undefined, logged: () => undefined }
const real = createQuickJsSandbox({}, marker)

/** A sandbox that counts. */
export class CountedSandbox implements Sandbox {
  readonly runtime = real.runtime
  readonly baseHash = real.baseHash
  readonly cells: CellTraits
  readonly made: Cell[] = []
  readonly disposed: Cell[] = []

  constructor(cells: CellTraits = real.cells) {
    this.cells = cells
  }

  sizeClass(memoryBytes: number): number {
    return real.sizeClass(memoryBytes)
  }

  createCell(memoryBytes: number): Cell {
    const cell = real.createCell(memoryBytes)
    const dispose = cell.dispose.bind(cell)
    cell.dispose = () => {
      this.disposed.push(cell)
      dispose()
    }
    this.made.push(cell)
    return cell
  }
}
