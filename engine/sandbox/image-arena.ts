// Shared memory in which a process keeps its images once, for all of its threads. One owner places and frees; everyone else only reads.
import type { Image, ImageRef } from './image.ts'

const PAGE_BYTES = 65_536
const MOST_PAGES = 65_536
/** Images start on cache lines. */
const ALIGN = 64

/** A hole: free bytes between placed images. */
interface Hole {
  offset: number
  length: number
}

/** The owner's view of an arena. */
export class ImageArena {
  /** What threads are given: they copy out of it and never write. */
  readonly memory: WebAssembly.Memory
  #bytes: Uint8Array
  readonly #holes: Hole[] = []
  #end = 0
  #used = 0

  constructor() {
    this.memory = new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES, shared: true })
    this.#bytes = new Uint8Array(this.memory.buffer)
  }

  /** Bytes that images occupy. */
  get usedBytes(): number {
    return this.#used
  }

  /** Copies an image in. The caller frees it when no run can use it any more. */
  place(image: Image): ImageRef {
    const length = Math.ceil(image.bytes.length / ALIGN) * ALIGN
    const offset = this.#fit(length) ?? this.#extend(length)
    this.#bytes.set(image.bytes, offset)
    this.#used += length
    return { offset, length: image.bytes.length }
  }

  /** Gives an image's place back. */
  free(ref: ImageRef): void {
    const length = Math.ceil(ref.length / ALIGN) * ALIGN
    this.#used -= length
    const at = this.#holes.findIndex((hole) => hole.offset > ref.offset)
    const index = at === -1 ? this.#holes.length : at
    this.#holes.splice(index, 0, { offset: ref.offset, length })
    this.#join(index)
    this.#join(index - 1)
    const last = this.#holes.at(-1)
    if (last !== undefined && last.offset + last.length === this.#end) {
      this.#end = last.offset
      this.#holes.pop()
    }
  }

  #fit(length: number): number | undefined {
    const index = this.#holes.findIndex((hole) => hole.length >= length)
    const hole = this.#holes[index]
    if (hole === undefined) return undefined
    const { offset } = hole
    hole.offset += length
    hole.length -= length
    if (hole.length === 0) this.#holes.splice(index, 1)
    return offset
  }

  #extend(length: number): number {
    const offset = this.#end
    this.#end += length
    const missing = this.#end - this.memory.buffer.byteLength
    if (missing > 0) {
      // Grown by a quarter at least: each growth makes a new view.
      this.memory.grow(Math.max(Math.ceil(missing / PAGE_BYTES), this.memory.buffer.byteLength / PAGE_BYTES / 4) | 0)
      this.#bytes = new Uint8Array(this.memory.buffer)
    }
    return offset
  }

  /** Joins the hole at an index with the one behind it when they touch. */
  #join(index: number): void {
    const hole = this.#holes[index]
    const next = this.#holes[index + 1]
    if (hole === undefined || next === undefined || hole.offset + hole.length !== next.offset) return
    hole.length += next.length
    this.#holes.splice(index + 1, 1)
  }
}
