// What the engine keeps in memory, read from outside: words, bytes and texts. Beyond the memory everything is 0.
import { PLACES, type Pointer } from './build.ts'
import type { Machine } from './machine.ts'

const LONGEST = 100
const WIDE = 0x80000000

/** A word; 0 beyond the memory. */
export function readWord(machine: Machine, pointer: Pointer): number {
  return machine.word(pointer) ?? 0
}

/** A byte; 0 beyond the memory. */
export function readByte(machine: Machine, pointer: Pointer): number {
  return (readWord(machine, pointer) >>> ((pointer & 3) * 8)) & 255
}

/** The beginning of a text as the engine keeps it. */
export function readString(machine: Machine, pointer: Pointer): string {
  const header = readWord(machine, pointer + PLACES.lengthInString)
  const length = Math.min((header & ~WIDE) >>> 0, LONGEST)
  const start = pointer + PLACES.textInString
  const units = Array.from({ length }, (_, i) =>
    header >>> 31 === 0 ? readByte(machine, start + i) : readByte(machine, start + 2 * i) | (readByte(machine, start + 2 * i + 1) << 8),
  )
  return String.fromCharCode(...units)
}

/** The text of an atom: the engine's numbers for names. */
export function readAtom(machine: Machine, runtime: Pointer, atom: number): string {
  return readString(machine, readWord(machine, readWord(machine, runtime + PLACES.atomsInRuntime) + 4 * atom))
}
