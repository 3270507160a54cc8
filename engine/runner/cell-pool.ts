// Cells that serve no run at this moment, by size class. A cell is handed to the script that it served last where there is one.
import type { Cell, Sandbox } from '../sandbox/sandbox.ts'

/** What idle cells may keep of memory that runs have touched, before the largest is let go. */
const MOST_IDLE_BYTES = 64 * 1024 * 1024
/** What a cell costs that has run nothing. */
const EMPTY_CELL_BYTES = 512 * 1024

interface IdleCell {
  readonly cell: Cell
  /** The image's name; empty for a loader's. */
  readonly key: string
  readonly touchedBytes: number
}

/** See the head of the file. */
export class CellPool {
  readonly #sandbox: Sandbox
  readonly #idle = new Map<number, IdleCell[]>()
  #idleBytes = 0

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox
  }

  /** A cell for a limit. `servedSame` says that it served that key last. */
  take(memoryBytes: number, key: string): { readonly cell: Cell; readonly servedSame: boolean } {
    const cells = this.#idle.get(this.#sandbox.sizeClass(memoryBytes))
    if (cells === undefined || cells.length === 0) return { cell: this.#sandbox.createCell(memoryBytes), servedSame: false }
    const same = cells.findLastIndex((idle) => idle.key === key)
    const [taken] = cells.splice(same === -1 ? 0 : same, 1) as [IdleCell]
    this.#idleBytes -= taken.touchedBytes
    return { cell: taken.cell, servedSame: same !== -1 }
  }

  /** Takes a cell back. `usedBytes` is what its last run occupied at most. */
  give(cell: Cell, memoryBytes: number, key: string, usedBytes = 0): void {
    const sizeClass = this.#sandbox.sizeClass(memoryBytes)
    const cells = this.#idle.get(sizeClass) ?? []
    const touchedBytes = EMPTY_CELL_BYTES + usedBytes
    this.#idleBytes += touchedBytes
    cells.push({ cell, key, touchedBytes })
    this.#idle.set(sizeClass, cells)
    while (this.#idleBytes > MOST_IDLE_BYTES) this.#letLargestGo()
  }

  /** Of those that are equally large, the one that has waited longest. */
  #letLargestGo(): void {
    let from: IdleCell[] = []
    let largest: IdleCell | undefined
    for (const cells of this.#idle.values()) {
      for (const idle of cells) {
        if (largest !== undefined && idle.touchedBytes <= largest.touchedBytes) continue
        largest = idle
        from = cells
      }
    }
    if (largest === undefined) return
    from.splice(from.indexOf(largest), 1)
    this.#idleBytes -= largest.touchedBytes
    largest.cell.dispose()
  }
}
