// One WASM instance: strings in and out, calls of the guest's entries, freezing and restoring. It knows nothing of runs.
import type { Image, ImageRef } from '../image.ts'
import { type InstanceHooks, instantiate, PAGE_BYTES, PLACES, type Pointer, type QuickJsExports } from './build.ts'
import { type Copy, createCopy } from './copier.ts'

/** Where in memory a booted base keeps what the machine needs: the same in every machine of one base. */
export interface Layout<Entry extends string = string> {
  readonly runtime: Pointer
  readonly context: Pointer
  /** The list of arguments for calls: room for eight pointers. */
  readonly argv: Pointer
  /** Receives the context of a job. */
  readonly jobContext: Pointer
  readonly undefinedValue: Pointer
  readonly fileName: Pointer
  readonly entries: Readonly<Record<Entry, Pointer>>
}

/** Everything above the C stack is the heap. */
const { staticEnd, heapStart, breakWord } = PLACES
/** Beyond the guest's own limit, the build's C functions may go a little deeper. */
const STACK_SLACK_BYTES = 64 * 1024
/** The allocator keeps notes at both edges of a block. */
const CHUNK_EDGE = 64

/** A machine's memory for a limit above the base's break, in pages. */
export function pagesFor(memoryBytes: number, baseBreak: number): number {
  return Math.max(PLACES.leastPages, Math.ceil((baseBreak + memoryBytes) / PAGE_BYTES))
}

/** An instance over a memory of its own. */
export class Machine {
  readonly exports: QuickJsExports
  readonly pages: number
  readonly #bytes: Buffer
  readonly #words: Uint32Array
  readonly #arena: WebAssembly.Memory | undefined
  readonly #copy: Copy | undefined
  /** Memory that is taken so that the guest cannot have it: never written, so a reset for the same script leaves it alone. */
  #ballast: { readonly from: Pointer; readonly to: Pointer } | undefined

  constructor(module: WebAssembly.Module, pages: number, hooks: InstanceHooks, arena?: WebAssembly.Memory) {
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
    this.pages = pages
    this.exports = instantiate(module, memory, hooks)
    this.#bytes = Buffer.from(memory.buffer)
    this.#words = new Uint32Array(memory.buffer)
    this.#arena = arena
    this.#copy = arena === undefined ? undefined : createCopy(memory, arena)
  }

  /** How far the heap reaches. */
  get break(): number {
    return this.#words[breakWord >> 2] as number
  }

  /** The whole state as a value. No guest frame may be on the stack. */
  freeze(): Image {
    const stackPointer = this.exports.stackSave()
    const end = this.break
    const stack = heapStart - stackPointer
    const bytes = new Uint8Array(staticEnd + stack + end - heapStart)
    bytes.set(this.#bytes.subarray(0, staticEnd))
    bytes.set(this.#bytes.subarray(stackPointer, end), staticEnd)
    return this.#ballast === undefined ? { bytes, stackPointer } : { bytes, stackPointer, ballast: this.#ballast }
  }

  /** Makes the memory what it was when the image was frozen. No guest frame may be on the stack. */
  restore(image: Image): void {
    const end = this.break
    this.#bytes.set(image.bytes.subarray(0, staticEnd), 0)
    this.#bytes.set(image.bytes.subarray(staticEnd), image.stackPointer)
    this.#finishRestore(end, image.stackPointer, image.bytes.length)
    this.#ballast = image.ballast
  }

  /** Like {@link restore}, from the arena that the machine was made with. */
  restoreFrom(ref: ImageRef): void {
    const end = this.break
    const copy = this.#copy as Copy // a machine is asked for arena images only when it was made with the arena
    copy(0, ref.offset, staticEnd)
    copy(ref.stackPointer, ref.offset + staticEnd, ref.length - staticEnd)
    this.#finishRestore(end, ref.stackPointer, ref.length)
  }

  /** Whether the guest has all of the memory. */
  get hasNoBallast(): boolean {
    return this.#ballast === undefined
  }

  /** Takes memory away from the guest until the next restore. Call right after a restore. */
  takeBallast(bytes: number): void {
    const pointer = this.exports.malloc(bytes)
    if (pointer !== 0) this.#ballast = { from: pointer + CHUNK_EDGE, to: pointer + bytes - CHUNK_EDGE }
  }

  /** Forgets that a ballast was never written, so that the next restore zeroes it too: before the machine serves another script. */
  distrustBallast(): void {
    this.#ballast = undefined
  }

  /** Zeroes what lies dead below the stack pointer: before the machine serves another script. */
  clearDeadStack(stackBytes: number): void {
    const pointer = this.exports.stackSave()
    this.#bytes.fill(0, Math.max(staticEnd, pointer - stackBytes - STACK_SLACK_BYTES), pointer)
  }

  /** Copies text into the guest as a C string. 0 when the guest has no room for it. The caller frees it, or a restore does. */
  writeText(text: string): Pointer {
    const most = text.length < 4_096 ? text.length * 3 : Buffer.byteLength(text)
    const pointer = this.exports.malloc(most + 1)
    if (pointer === 0) return 0
    this.#bytes[pointer + this.#bytes.utf8Write(text, pointer, most)] = 0
    return pointer
  }

  /** Copies text to the far end of memory, where the heap does not reach while there is room: it leaves no trace in an image. */
  writeScratch(text: string): { readonly pointer: Pointer; readonly length: number } {
    const length = Buffer.byteLength(text)
    const pointer = (this.#bytes.length - length - 8) & ~7
    this.#bytes.utf8Write(text, pointer, length)
    this.#bytes[pointer + length] = 0
    return { pointer, length }
  }

  /** Zeroes what {@link writeScratch} wrote. */
  clearScratch(scratch: { readonly pointer: Pointer; readonly length: number }): void {
    this.#bytes.fill(0, scratch.pointer, scratch.pointer + scratch.length + 1)
  }

  /** A guest string made of host text; 0 when the guest has no room. */
  newString(context: Pointer, text: string): Pointer {
    const pointer = this.writeText(text)
    if (pointer === 0) return 0
    const value = this.exports.newString(context, pointer)
    this.exports.free(pointer)
    return value
  }

  /** A guest value as text, or undefined when it has more than `mostBytes` bytes or the guest has no room to show it. */
  readText(context: Pointer, value: Pointer, mostBytes: number): string | undefined {
    const pointer = this.exports.getString(context, value)
    if (pointer === 0) return undefined
    const end = this.#bytes.indexOf(0, pointer)
    return end === -1 || end - pointer > mostBytes ? undefined : this.#bytes.utf8Slice(pointer, end)
  }

  /** Reads a word. */
  word(pointer: Pointer): number {
    return this.#words[pointer >> 2] as number
  }

  /** Writes a word. */
  setWord(pointer: Pointer, value: number): void {
    this.#words[pointer >> 2] = value
  }

  /** Writes one byte. */
  setByte(pointer: Pointer, value: number): void {
    this.#bytes[pointer] = value
  }

  /** Whether an address range is zero. */
  isZero(from: number, to: number): boolean {
    return this.#bytes.subarray(from, to).every((byte) => byte === 0)
  }

  /** Whether it can restore from that arena. */
  reads(arena: WebAssembly.Memory): boolean {
    return this.#arena === arena
  }

  #finishRestore(brokeAt: number, stackPointer: number, length: number): void {
    const end = stackPointer + length - staticEnd
    const ballast = this.#ballast
    this.#ballast = undefined
    if (ballast === undefined) this.#zero(end, brokeAt)
    else {
      this.#zero(end, ballast.from)
      this.#zero(ballast.to, brokeAt)
    }
    this.exports.stackRestore(stackPointer)
  }

  #zero(from: Pointer, to: Pointer): void {
    if (to > from) this.#bytes.fill(0, from, to)
  }
}
