// What a memory differs by from the base image, as a list of patches. A small script differs in a few dozen places: its image is a tenth of the memory.
import { engineError } from '../../errors/engine-error.ts'

/** A range of addresses. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** Memory is compared by blocks of so many 32-bit words. */
const BLOCK_WORDS = 16
/** Patches closer than this become one: a few more bytes are copied sooner than one more patch is begun. */
const GAP_WORDS = 48
const WORD = 4

/**
 * The patches that make `base` of what `memory` holds in the ranges. `base` holds the ranges that it has one after another; what lies beyond them is
 * taken whole. All addresses and lengths are multiples of 4.
 */
export function encodePatches(memory: Uint32Array, base: Uint32Array, ranges: readonly Range[], beyond: readonly Range[]): Uint8Array {
  const patches: Range[] = []
  let inBase = 0
  for (const { from, to } of ranges) {
    collect(memory, base, { from, to, shift: inBase - from }, patches)
    inBase += to - from
  }
  patches.push(...beyond.filter(({ from, to }) => to > from))
  return write(memory, patches)
}

/**
 * Reads the list of patches, which has `length` bytes; calls back with the address, the place of the bytes behind `at`, and their length. Throws `SANDBOX_FAULT`
 * before anything outside of the list is read: others' images lie beside it, and a child that wrote it may have been broken out of.
 */
export function eachPatch(
  words: Uint32Array,
  at: number,
  length: number,
  apply: (target: number, source: number, length: number) => void,
): void {
  const first = at >> 2
  const count = words[first] as number
  let source = at + (1 + 2 * count) * WORD
  const end = at + length
  for (let i = 0; i < count && source <= end; i++) {
    const bytes = words[first + 2 + 2 * i] as number
    if (source + bytes <= end) apply(words[first + 1 + 2 * i] as number, source, bytes)
    source += bytes
  }
  if (source !== end) throw engineError('SANDBOX_FAULT', [])
}

function collect(memory: Uint32Array, base: Uint32Array, { from, to, shift }: Range & { readonly shift: number }, patches: Range[]): void {
  const offset = shift >> 2
  const last = to >> 2
  let start = -1
  let end = 0
  for (let word = from >> 2; word < last; word += BLOCK_WORDS) {
    const next = Math.min(word + BLOCK_WORDS, last)
    let isSame = true
    for (let i = word; i < next && isSame; i++) isSame = memory[i] === base[i + offset]
    if (!isSame) {
      if (start === -1) start = word
      end = next
    } else if (start !== -1 && next - end > GAP_WORDS) {
      patches.push({ from: start * WORD, to: end * WORD })
      start = -1
    }
  }
  if (start !== -1) patches.push({ from: start * WORD, to: end * WORD })
}

function write(memory: Uint32Array, patches: readonly Range[]): Uint8Array {
  const header = 1 + 2 * patches.length
  const words = new Uint32Array(header + patches.reduce((sum, { from, to }) => sum + (to - from) / WORD, 0))
  words[0] = patches.length
  let at = header
  for (const [i, { from, to }] of patches.entries()) {
    words[1 + 2 * i] = from
    words[2 + 2 * i] = to - from
    words.set(memory.subarray(from / WORD, to / WORD), at)
    at += (to - from) / WORD
  }
  return new Uint8Array(words.buffer)
}
