// Cells of scripts with isolation `script`: each keeps its module state from run to run. Beyond a few, the state waits as an image; where a state cannot
// leave its cell it is lost, and the next run says so.
import { LRUCache } from 'lru-cache'
import type { Image } from '../sandbox/image.ts'
import type { Cell, CellTraits } from '../sandbox/sandbox.ts'
import type { CellPool } from './cell-pool.ts'

const MOST_CELLS = 8
/** Where a state is lost with its cell: how many cells are kept, and how much they may occupy together. */
const MOST_LASTING_CELLS = 64
const MOST_LASTING_BYTES = 256 * 1024 * 1024
const MOST_IMAGE_BYTES = 64 * 1024 * 1024

interface KeptCell {
  readonly cell: Cell
  readonly roomBytes: number
  readonly usedBytes: number
}

/** See the head of the file. */
export class StateCells {
  readonly #pool: CellPool
  readonly #traits: CellTraits
  #bytes = 0
  /** In order of last use. */
  readonly #cells = new Map<string, KeptCell>()
  readonly #images = new LRUCache<string, { readonly image: Image; readonly roomBytes: number }>({
    maxSize: MOST_IMAGE_BYTES,
    sizeCalculation: ({ image }) => image.bytes.length,
  })

  constructor(pool: CellPool, traits: CellTraits) {
    this.#pool = pool
    this.#traits = traits
  }

  /** The cell that holds a state; undefined where there is no such state (any more). One that was given another room is lost: it cannot be made to fit. */
  take(state: string, roomBytes: number): Cell | undefined {
    const kept = this.#cells.get(state)
    if (kept !== undefined) {
      this.#forget(state, kept)
      if (kept.roomBytes === roomBytes) return kept.cell
      this.#pool.give(kept.cell, kept.roomBytes, '')
      return undefined
    }
    const frozen = this.#images.get(state)
    if (frozen === undefined) return undefined
    this.#images.delete(state)
    if (frozen.roomBytes !== roomBytes) return undefined
    const { cell } = this.#pool.take(roomBytes, '')
    cell.adopt(frozen.image)
    return cell
  }

  /** Keeps a cell with the state that a run left in it. `usedBytes` is what that run occupied at most. */
  keep(state: string, cell: Cell, roomBytes: number, usedBytes: number): void {
    this.#cells.set(state, { cell, roomBytes, usedBytes })
    this.#bytes += usedBytes + this.#traits.idleBytes
    while (this.#areTooMany()) {
      const [oldest, kept] = this.#cells.entries().next().value as [string, KeptCell]
      this.#forget(oldest, kept)
      if (this.#traits.moveState) this.#images.set(oldest, { image: kept.cell.snapshot(), roomBytes: kept.roomBytes })
      this.#pool.give(kept.cell, kept.roomBytes, '')
    }
  }

  #areTooMany(): boolean {
    const count = this.#cells.size
    if (this.#traits.moveState) return count > MOST_CELLS
    return count > MOST_LASTING_CELLS || (count > 1 && this.#bytes > MOST_LASTING_BYTES)
  }

  #forget(state: string, { usedBytes }: KeptCell): void {
    this.#cells.delete(state)
    this.#bytes -= usedBytes + this.#traits.idleBytes
  }
}
