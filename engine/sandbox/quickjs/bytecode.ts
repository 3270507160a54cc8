// Compiled functions as they lie in memory: where in the source an instruction is, and which loop it is in. Only read: nothing of the guest runs, and no room is needed.
import { PLACES, type Pointer } from './build.ts'
import type { Machine } from './machine.ts'
import { readAtom, readByte, readWord } from './memory-text.ts'

/** A place in the source, from 1. */
export interface SourcePlace {
  readonly line: number
  readonly column: number
}

/** From the instruction at `from` on, code is of this place. */
interface Entry extends SourcePlace {
  readonly from: number
}

interface Loop {
  readonly from: number
  readonly to: number
}

interface Instruction {
  readonly at: number
  readonly opcode: number
  readonly end: number
  /** Where it jumps to, if it does. */
  readonly target: number | undefined
}

/** A function without its places is none of a script's. */
const HAS_PLACES = 1 << 2
const LINE_RANGE = 5
/** The engine's way of packing a step of the line and of the code into one byte. */
const LEAST_LINE_STEP = -1
/** Formats of an instruction's operand: how far it jumps, in 8, 16 or 32 bits. */
const JUMPS: Readonly<Record<number, number>> = { 9: 1, 12: 2, 22: 4 }
/** `catch` and `gosub` have such an operand, and no loop is made of them. */
const NO_LOOPS = new Set([107, 108])
/** Calls and iteration: with each of these, the engine notes in the frame where it is. */
const NOTED = new Set([33, 34, 35, 36, 37, 39, 122, 123, 124, 125, 126, 236, 237, 238, 239])
/** What takes memory and is not noted: literals of objects, arrays, functions and regular expressions, their fields, texts that are joined. */
const TAKES_MEMORY = new Set([3, 11, 12, 13, 38, 52, 73, 155, 190])

/** The compiled function of a script, whose places are known. All offsets are in its code. */
export class Bytecode {
  readonly #machine: Machine
  readonly #code: Pointer
  readonly #length: number
  readonly #places: Pointer
  readonly #placesEnd: Pointer
  /** The file that it is of. */
  readonly file: string

  private constructor(machine: Machine, runtime: Pointer, pointer: Pointer) {
    this.#machine = machine
    this.#code = readWord(machine, pointer + PLACES.codeInBytecode)
    this.#length = readWord(machine, pointer + PLACES.codeLengthInBytecode)
    this.#places = readWord(machine, pointer + PLACES.placesInBytecode)
    this.#placesEnd = this.#places + readWord(machine, pointer + PLACES.placesLengthInBytecode)
    this.file = readAtom(machine, runtime, readWord(machine, pointer + PLACES.fileInBytecode))
  }

  /** The code of the function object; undefined where it has none, or none of a script's. */
  static of(machine: Machine, runtime: Pointer, fn: Pointer): Bytecode | undefined {
    const kind = readWord(machine, fn + PLACES.classInObject - 2) >>> 16
    if (!PLACES.bytecodeClasses.includes(kind)) return undefined
    const pointer = readWord(machine, fn + PLACES.codeInFunction)
    return (readByte(machine, pointer + PLACES.flagsInBytecode) & HAS_PLACES) === 0 ? undefined : new Bytecode(machine, runtime, pointer)
  }

  /** How many bytes there are to look at. */
  get bytes(): number {
    return this.#length + this.#placesEnd - this.#places
  }

  /** The offset of an address; undefined where it is not in this code. */
  offsetOf(address: Pointer): number | undefined {
    const offset = address - this.#code
    return offset > 0 && offset <= this.#length ? offset : undefined
  }

  /** The place of the instruction that ends before `next`; with 0, of the function. */
  placeBefore(next: number): SourcePlace {
    return this.#entryBefore(next)
  }

  /**
   * The place of an instruction that is about to be done, at `next`. A jump back to the beginning of a loop comes behind what is written before the loop: then
   * it is the first place in the loop.
   */
  placeAt(next: number): SourcePlace {
    const before = this.#entryBefore(next)
    let inner: Loop | undefined
    for (const { at, end, target } of this.#instructions())
      if (target !== undefined && target <= at && target <= next && next <= end && target >= (inner?.from ?? 0))
        inner = { from: target, to: end }
    return inner === undefined || before.from >= inner.from ? before : (this.#firstIn(inner) ?? before)
  }

  /** The place of code that has been running since `next` and that the engine has noted nothing of: a loop that it has come to, or what was there before. */
  placeSince(next: number, needs: 'time' | 'memory'): SourcePlace {
    let lastTaking = -1
    for (const { at, opcode, end, target } of this.#instructions()) {
      if (at < next) continue
      if (NOTED.has(opcode)) break
      if (TAKES_MEMORY.has(opcode)) lastTaking = at
      if (target === undefined || target < next || target > at || (needs === 'memory' && lastTaking < target)) continue
      return this.#firstIn({ from: target, to: end }) ?? this.#entryBefore(next)
    }
    return this.placeAt(next)
  }

  #entryBefore(next: number): Entry {
    let found: Entry = { from: -1, line: 1, column: 1 }
    for (const entry of this.#entries()) {
      if (entry.from >= next) break
      found = entry
    }
    return found
  }

  #firstIn({ from, to }: Loop): Entry | undefined {
    for (const entry of this.#entries()) if (entry.from >= from) return entry.from < to ? entry : undefined
    return undefined
  }

  /** In the order of the code, the function's own place first. */
  *#entries(): Generator<Entry, undefined> {
    const numbers = new Numbers(this.#machine, this.#places, this.#placesEnd)
    let line = numbers.next() + 1
    let column = numbers.next() + 1
    let from = 0
    yield { from: -1, line, column }
    while (!numbers.isDone) {
      const step = numbers.byte()
      if (step === 0) {
        from += numbers.next()
        line += numbers.nextSigned()
      } else {
        from += Math.floor((step - 1) / LINE_RANGE)
        line += ((step - 1) % LINE_RANGE) + LEAST_LINE_STEP
      }
      column += numbers.nextSigned()
      yield { from, line, column }
    }
  }

  *#instructions(): Generator<Instruction> {
    for (let at = 0; at < this.#length; ) {
      const opcode = readByte(this.#machine, this.#code + at)
      const info = PLACES.opcodeTable + 4 * (opcode < PLACES.shortOpcodesFrom ? opcode : opcode + PLACES.temporaryOpcodes)
      const size = readByte(this.#machine, info)
      if (size === 0) return
      const width = NO_LOOPS.has(opcode) ? undefined : JUMPS[readByte(this.#machine, info + 3)]
      yield { at, opcode, end: at + size, target: width === undefined ? undefined : at + 1 + this.#signed(at + 1, width) }
      at += size
    }
  }

  #signed(offset: number, width: number): number {
    let value = 0
    for (let i = 0; i < width; i++) value |= readByte(this.#machine, this.#code + offset + i) << (8 * i)
    const unused = 32 - 8 * width
    return (value << unused) >> unused
  }
}

/** Numbers of seven bits a byte, one after another. */
class Numbers {
  readonly #machine: Machine
  readonly #end: Pointer
  #at: Pointer

  constructor(machine: Machine, from: Pointer, end: Pointer) {
    this.#machine = machine
    this.#at = from
    this.#end = end
  }

  get isDone(): boolean {
    return this.#at >= this.#end
  }

  byte(): number {
    return this.isDone ? 0 : readByte(this.#machine, this.#at++)
  }

  next(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte()
      value |= (byte & 127) << shift
      if (byte < 128) break
    }
    return value >>> 0
  }

  nextSigned(): number {
    const value = this.next()
    return (value >>> 1) ^ -(value & 1)
  }
}
