// Whole memories: the base that every sandbox starts from, and a memory that a cell keeps to come back to.
import { PLACES, type Pointer } from './build.ts'

/** A whole memory, without what is dead in it. */
export interface BaseImage {
  /** Static data, then the live part of the C stack, then the heap, without gaps. */
  readonly bytes: Uint8Array
  /** The first part of the bytes. */
  readonly statics: Uint8Array
  /** The rest of the bytes. */
  readonly live: Uint8Array
  /** The stack pointer: where in memory the live part begins. */
  readonly stackPointer: Pointer
  /** Where the heap ends. */
  readonly end: Pointer
}

const { constantsEnd } = PLACES
const PARTS = 16
const PART_BYTES = constantsEnd / PARTS

/**
 * A memory to come back to, for the script that it was kept for. No instruction of the build writes the constants, which are two fifths of what there is
 * to copy; only a broken engine could. So a sixteenth of them is restored each time, in turn, and everything else always.
 */
export class KeptMemory {
  readonly image: BaseImage
  readonly #constants: readonly Uint8Array[]
  readonly #statics: Uint8Array
  #turn = 0

  constructor(image: BaseImage) {
    this.image = image
    this.#constants = Array.from({ length: PARTS }, (_, i) => image.statics.subarray(i * PART_BYTES, (i + 1) * PART_BYTES))
    this.#statics = image.statics.subarray(constantsEnd)
  }

  /** Copies it over what a run has left. */
  copyTo(memory: Uint8Array): void {
    memory.set(this.#constants[this.#turn] as Uint8Array, this.#turn * PART_BYTES)
    memory.set(this.#statics, constantsEnd)
    memory.set(this.image.live, this.image.stackPointer)
    this.#turn = (this.#turn + 1) % PARTS
  }
}
