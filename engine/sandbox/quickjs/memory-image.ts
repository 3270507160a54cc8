// Whole memories: the base that every sandbox starts from, and a memory that a cell keeps to come back to.
import { PLACES, type Pointer } from './build.ts'

/** A whole memory, without what is dead in it. */
export interface BaseImage {
  /** Static data, then the live part of the C stack, then the heap, without gaps. */
  readonly bytes: Uint8Array
  /** The first part of the bytes, to be copied from: see {@link farApart}. */
  readonly statics: Uint8Array
  /** The rest of the bytes, to be copied from. */
  readonly live: Uint8Array
  /** The stack pointer: where in memory the live part begins. */
  readonly stackPointer: Pointer
  /** Where the heap ends. */
  readonly end: Pointer
}

const { constantsEnd, staticEnd } = PLACES
const PARTS = 16
const PART_BYTES = constantsEnd / PARTS
/** Processors tell whether a load is of what was just stored by these low bits of an address alone. */
const ALIAS_BYTES = 4_096

/**
 * A memory to come back to, for the script that it was kept for. No instruction of the build writes the constants, which are two fifths of what there is
 * to copy; only a broken engine could. So a sixteenth of them is restored each time, in turn, and everything else always.
 */
export class KeptMemory {
  /** Where the live part goes to. */
  readonly stackPointer: Pointer
  /** Where the heap ended. */
  readonly end: Pointer
  readonly #constants: readonly Uint8Array[]
  readonly #statics: Uint8Array
  readonly #live: Uint8Array
  #turn = 0

  constructor(memory: Uint8Array, stackPointer: Pointer, end: Pointer) {
    const { statics, live } = farApart(memory.subarray(0, staticEnd), memory.subarray(stackPointer, end), stackPointer)
    this.stackPointer = stackPointer
    this.end = end
    this.#constants = Array.from({ length: PARTS }, (_, i) => statics.subarray(i * PART_BYTES, (i + 1) * PART_BYTES))
    this.#statics = statics.subarray(constantsEnd)
    this.#live = live
  }

  /** Copies it over what a run has left. */
  copyTo(memory: Uint8Array): void {
    memory.set(this.#constants[this.#turn] as Uint8Array, this.#turn * PART_BYTES)
    memory.set(this.#statics, constantsEnd)
    memory.set(this.#live, this.stackPointer)
    this.#turn = (this.#turn + 1) % PARTS
  }
}

/**
 * Both parts of a memory, copied to where each byte lies half of {@link ALIAS_BYTES} away from where it goes to, modulo that: where the distance is a few bytes, a
 * copy takes up to fifteen times as long, and wherever an allocator happens to put it, up to twice.
 */
export function farApart(
  statics: Uint8Array,
  live: Uint8Array,
  stackPointer: Pointer,
): { readonly statics: Uint8Array; readonly live: Uint8Array } {
  const first = farFrom(0, 0)
  const second = farFrom(stackPointer, first + statics.length)
  const size = second + live.length
  // Buffers that could be resized start on a page, as memories of WebAssembly do; others start anywhere.
  const bytes = new Uint8Array(new ArrayBuffer(size, { maxByteLength: size }), 0, size)
  bytes.set(statics, first)
  bytes.set(live, second)
  return { statics: bytes.subarray(first, first + statics.length), live: bytes.subarray(second, size) }
}

/** The first offset from `least` on that is half of {@link ALIAS_BYTES} away from a target, modulo that. */
function farFrom(target: Pointer, least: number): number {
  const ahead = (target + ALIAS_BYTES / 2 - least) % ALIAS_BYTES
  return least + (ahead < 0 ? ahead + ALIAS_BYTES : ahead)
}
