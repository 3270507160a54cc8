// One WASM instance: strings in and out, calls of the guest's entries, freezing and restoring. It knows nothing of runs.
import { engineError } from '../../errors/engine-error.ts'
import { LIMITS } from '../../model/limits.ts'
import type { Image, ImageRef } from '../image.ts'
import { type InstanceHooks, instantiate, PAGE_BYTES, PLACES, type Pointer, type QuickJsExports } from './build.ts'
import { type Copy, createCopy } from './copier.ts'
import { type BaseImage, farApart, KeptMemory } from './memory-image.ts'
import { eachPatch, encodePatches, type Range } from './patches.ts'

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

const { staticEnd, breakWord } = PLACES
/** Beyond the guest's own limit, the build's C functions may go a little deeper. */
const STACK_SLACK_BYTES = 64 * 1024
/** Something is written at least this often: the largest frame of a C function has 1,072 bytes (in the code of this build), and one of a script is larger than this only where it passes a thousand arguments. */
const DEAD_BLOCK_BYTES = 8 * 1024
const UNTOUCHED = Buffer.alloc(DEAD_BLOCK_BYTES)
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
  #arenaView = new Uint32Array(0)
  #kept: KeptMemory | undefined
  #isShaken = false
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

  /** The whole state, for a base. No guest frame may be on the stack. */
  freezeBase(): BaseImage {
    return this.#copyOut()
  }

  /** The state as a value: what it differs by from the base. No guest frame may be on the stack. */
  freeze(base: BaseImage): Image {
    const { stackPointer } = base
    if (this.exports.stackSave() !== stackPointer) throw engineError('INTERNAL', ['a sandbox was frozen with frames on its stack'])
    const end = this.break
    const ranges = [
      { from: 0, to: staticEnd },
      { from: stackPointer, to: base.end },
    ]
    const ballast = this.#ballast
    const heap = { from: base.end, to: end }
    const beyond =
      ballast === undefined
        ? [heap]
        : [
            { ...heap, to: ballast.from },
            { ...heap, from: ballast.to },
          ] // it is all zeroes
    const bytes = encodePatches(this.#words, new Uint32Array(base.bytes.buffer), ranges, beyond)
    return ballast === undefined ? { bytes } : { bytes, ballast }
  }

  /** Makes the memory what the base was. No guest frame may be on the stack. */
  restoreBase(base: BaseImage): void {
    const brokeAt = this.break
    this.#copyBase(base)
    this.#finishRestore(base.stackPointer, { from: base.end, to: brokeAt })
  }

  /**
   * Makes the memory what it was when the image was frozen. No guest frame may be on the stack. What no patch covers is as in the base, or zero, whatever the image
   * says: it may come from a process that was broken out of.
   */
  restore(base: BaseImage, image: Image | ImageRef): void {
    this.restoreBase(base)
    if ('offset' in image)
      eachPatch(this.#arenaWords(), image.offset, image.length, this.#copy as Copy) // only a machine with an arena is given such images
    else {
      // What comes from another process may lie anywhere; words want their place.
      const bytes = image.bytes.byteOffset % 4 === 0 ? image.bytes : image.bytes.slice()
      eachPatch(new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2), 0, bytes.length, (target, source, length) => {
        this.#bytes.set(bytes.subarray(source, source + length), target)
      })
    }
    if ('bytes' in image) this.#ballast = image.ballast
  }

  /** Keeps the state as it is, to come back to it: cheaper than restoring it from an image again. */
  keep(): void {
    this.#kept = new KeptMemory(this.#bytes, this.exports.stackSave(), this.break)
  }

  /** Whether there is a state to come back to. */
  get hasKept(): boolean {
    return this.#kept !== undefined
  }

  /**
   * Makes the memory what it was when it was kept, for the script that used it last. Of the constants, a part is restored each time: see {@link KeptMemory}.
   */
  restoreKept(): void {
    const kept = this.#kept
    if (kept === undefined) return
    const brokeAt = this.break
    kept.copyTo(this.#bytes)
    this.#finishRestore(kept.stackPointer, { from: kept.end, to: brokeAt })
  }

  /** Forgets what was kept. */
  forgetKept(): void {
    this.#kept = undefined
  }

  /** Whether the guest has all of the memory. */
  get hasNoBallast(): boolean {
    return this.#ballast === undefined
  }

  /** Takes memory away from the guest until the next restore. Call right after a restore. */
  takeBallast(bytes: number): void {
    const whole = bytes & ~7 // a state's image is a list of whole words
    const pointer = this.exports.malloc(whole)
    if (pointer !== 0) this.#ballast = { from: pointer + CHUNK_EDGE, to: pointer + whole - CHUNK_EDGE }
  }

  /** Forgets that a ballast was never written, so that the next restore zeroes it too: before the machine serves another script. */
  distrustBallast(): void {
    this.#ballast = undefined
  }

  /**
   * Zeroes what lies dead below the stack pointer, before the machine serves another script: down to the first block that nobody wrote to, as frames lie upon
   * each other without gaps. After a violent end, down to where a stack can reach at all.
   */
  clearDeadStack(): void {
    let to = this.exports.stackSave()
    if (this.#isShaken) {
      this.#isShaken = false
      this.#zero(Math.max(staticEnd, to - LIMITS.stack.ceiling - STACK_SLACK_BYTES), to)
      return
    }
    for (let isUsed = true; isUsed && to > staticEnd; to -= DEAD_BLOCK_BYTES) {
      const from = Math.max(staticEnd, to - DEAD_BLOCK_BYTES)
      this.#zero(from, to)
      isUsed = UNTOUCHED.compare(this.#bytes, Math.max(staticEnd, from - DEAD_BLOCK_BYTES), from) !== 0
    }
  }

  /** A run ended violently: nothing that was kept is trusted any more. */
  distrust(): void {
    this.#kept = undefined
    this.#isShaken = true
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
    const text = end === -1 || end - pointer > mostBytes ? undefined : this.#bytes.utf8Slice(pointer, end)
    this.exports.freeCString(context, pointer)
    return text
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
    return this.#bytes.compare(Buffer.alloc(to - from), 0, to - from, from, to) === 0
  }

  #copyOut(): BaseImage {
    const stackPointer = this.exports.stackSave()
    const end = this.break
    const bytes = new Uint8Array(staticEnd + end - stackPointer)
    bytes.set(this.#bytes.subarray(0, staticEnd))
    bytes.set(this.#bytes.subarray(stackPointer, end), staticEnd)
    return { bytes, ...farApart(bytes.subarray(0, staticEnd), bytes.subarray(staticEnd), stackPointer), stackPointer, end }
  }

  #copyBase({ statics, live, stackPointer }: BaseImage): void {
    this.#bytes.set(statics, 0)
    this.#bytes.set(live, stackPointer)
  }

  /** The arena as words; it may have grown since it was last looked at. */
  #arenaWords(): Uint32Array {
    const { buffer } = this.#arena as WebAssembly.Memory
    if (this.#arenaView.buffer !== buffer) this.#arenaView = new Uint32Array(buffer)
    return this.#arenaView
  }

  /** Zeroes what the last run used beyond the image, and puts the stack pointer back. */
  #finishRestore(stackPointer: Pointer, beyond: Range): void {
    const ballast = this.#ballast
    this.#ballast = undefined
    if (ballast === undefined) this.#zero(beyond.from, beyond.to)
    else {
      this.#zero(beyond.from, ballast.from)
      this.#zero(ballast.to, beyond.to)
    }
    this.exports.stackRestore(stackPointer)
  }

  #zero(from: Pointer, to: Pointer): void {
    if (to > from) this.#bytes.fill(0, from, to)
  }
}
