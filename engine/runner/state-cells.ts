// Cells of scripts with isolation `script`: each keeps its module state from run to run. Beyond a few, the state waits as an image.
import { LRUCache } from 'lru-cache'
import type { Image } from '../sandbox/image.ts'
import type { Cell } from '../sandbox/sandbox.ts'
import type { CellPool } from './cell-pool.ts'

const MOST_CELLS = 8
const MOST_IMAGE_BYTES = 64 * 1024 * 1024

interface KeptCell {
  readonly cell: Cell
  readonly memoryBytes: number
}

/** See the head of the file. */
export class StateCells {
  readonly #pool: CellPool
  /** In order of last use. */
  readonly #cells = new Map<string, KeptCell>()
  readonly #images = new LRUCache<string, Image>({ maxSize: MOST_IMAGE_BYTES, sizeCalculation: (image) => image.bytes.length })

  constructor(pool: CellPool) {
    this.#pool = pool
  }

  /** The cell that holds a state, or undefined where there is no such state (any more). */
  take(state: string, memoryBytes: number): Cell | undefined {
    const kept = this.#cells.get(state)
    if (kept !== undefined) {
      this.#cells.delete(state)
      if (kept.memoryBytes === memoryBytes) return kept.cell
      return this.#revive(kept.cell.snapshot(), memoryBytes)
    }
    const image = this.#images.get(state)
    if (image === undefined) return undefined
    this.#images.delete(state)
    return this.#revive(image, memoryBytes)
  }

  /** Keeps a cell with the state that a run left in it. */
  keep(state: string, cell: Cell, memoryBytes: number): void {
    this.#cells.set(state, { cell, memoryBytes })
    if (this.#cells.size <= MOST_CELLS) return
    const [oldest, kept] = this.#cells.entries().next().value as [string, KeptCell]
    this.#cells.delete(oldest)
    this.#images.set(oldest, kept.cell.snapshot())
    this.#pool.give(kept.cell, kept.memoryBytes, '')
  }

  #revive(image: Image, memoryBytes: number): Cell {
    const { cell } = this.#pool.take(memoryBytes, '')
    cell.adopt(image)
    return cell
  }
}
