// Cells that serve no run at this moment, by size class. A cell is handed to the script that it served last where there is one.
import type { Cell, Sandbox } from '../sandbox/sandbox.ts'

/** What idle cells may keep of memory that runs have touched, before one is let go. */
const MOST_IDLE_BYTES = 64 * 1024 * 1024
/** The same where a cell is bound to its script: scripts that take turns must not make each other's cells anew. */
const MOST_BOUND_BYTES = 192 * 1024 * 1024

interface IdleCell {
  readonly cell: Cell
  /** The image's name; empty for a loader's. */
  readonly key: string
  readonly touchedBytes: number
  /** Counts up with every cell that is given back. */
  readonly givenAt: number
}

/** See the head of the file. */
export class CellPool {
  readonly #sandbox: Sandbox
  /** Of each class, in the order in which they were given back. */
  readonly #idle = new Map<number, IdleCell[]>()
  readonly #mostBytes: number
  #idleBytes = 0
  #given = 0

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox
    this.#mostBytes = sandbox.cells.areBound ? MOST_BOUND_BYTES : MOST_IDLE_BYTES
  }

  /** A cell for a limit. `servedSame` says that it served that key last. */
  take(memoryBytes: number, key: string): { readonly cell: Cell; readonly servedSame: boolean } {
    const cells = this.#idle.get(this.#sandbox.sizeClass(memoryBytes)) ?? []
    const same = cells.findLastIndex((idle) => idle.key === key)
    if (same === -1 && !this.#mayTakeOther(cells)) return { cell: this.#sandbox.createCell(memoryBytes), servedSame: false }
    const [taken] = cells.splice(same === -1 ? 0 : same, 1) as [IdleCell]
    this.#idleBytes -= taken.touchedBytes
    return { cell: taken.cell, servedSame: same !== -1 }
  }

  /** Takes a cell back. `usedBytes` is what its last run occupied at most. */
  give(cell: Cell, memoryBytes: number, key: string, usedBytes = 0): void {
    const sizeClass = this.#sandbox.sizeClass(memoryBytes)
    const cells = this.#idle.get(sizeClass) ?? []
    const touchedBytes = this.#sandbox.cells.idleBytes + usedBytes
    this.#idleBytes += touchedBytes
    cells.push({ cell, key, touchedBytes, givenAt: ++this.#given })
    this.#idle.set(sizeClass, cells)
    while (this.#idleBytes > this.#mostBytes) this.#letOneGo()
  }

  /** Whether another script's cell is taken sooner than a new one is made: a bound one only where there is no room for one more. */
  #mayTakeOther(cells: readonly IdleCell[]): boolean {
    const [first] = cells
    if (first === undefined) return false
    const { areBound, idleBytes } = this.#sandbox.cells
    return !areBound || first.key === '' || this.#idleBytes + idleBytes > this.#mostBytes
  }

  /** The largest, and of those that are equally large the one that has waited longest. A bound cell is worth what its script makes of it: there, only waiting counts. */
  #letOneGo(): void {
    const { areBound } = this.#sandbox.cells
    let from: IdleCell[] = []
    let chosen: IdleCell | undefined
    for (const cells of this.#idle.values()) {
      for (const idle of cells) {
        const isBetter = chosen === undefined || (areBound ? idle.givenAt < chosen.givenAt : idle.touchedBytes > chosen.touchedBytes)
        if (!isBetter) continue
        chosen = idle
        from = cells
      }
    }
    if (chosen === undefined) return
    from.splice(from.indexOf(chosen), 1)
    this.#idleBytes -= chosen.touchedBytes
    chosen.cell.dispose()
  }
}
