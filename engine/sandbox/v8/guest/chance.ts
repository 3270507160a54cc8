// Chance: the numbers that the other runtime draws.
import type { V8Kit } from './v8-kit.ts'

/** `Math.random` as the other runtime computes it: xorshift64*, in halves of 32 bits. Adds `setSeed` to the kit. */
export function chancePart(kit: V8Kit): void {
  const { defineProperty } = Object
  const { imul } = Math
  const FACTOR_HIGH = 0x2545f491
  const FACTOR_LOW = 0x4f6cdd1d
  const { apply } = Reflect
  const { slice } = String.prototype
  const parse = parseInt
  let seed = ''
  let low = 1
  let high = 0

  kit.setSeed = (digits) => {
    seed = digits
  }
  /** The upper half of the product of two words. */
  const upper = (a: number, b: number): number => {
    const a0 = a & 0xffff
    const a1 = a >>> 16
    const b0 = b & 0xffff
    const b1 = b >>> 16
    const middle = a1 * b0 + ((a0 * b0) >>> 16)
    const lower = a0 * b1 + (middle & 0xffff)
    return a1 * b1 + (middle >>> 16) + (lower >>> 16)
  }
  const { random } = {
    random(): number {
      if (seed !== '') {
        low = parse(apply(slice, seed, [0, 8]) as string, 16) | 1 // a state of 0 would stay 0
        high = parse(apply(slice, seed, [8, 16]) as string, 16) | 0
        seed = ''
      }
      low ^= (low >>> 12) | (high << 20)
      high ^= high >>> 12
      high ^= (high << 25) | (low >>> 7)
      low ^= low << 25
      low ^= (low >>> 27) | (high << 5)
      high ^= high >>> 27
      const productLow = imul(low, FACTOR_LOW) >>> 0
      const productHigh = (upper(low >>> 0, FACTOR_LOW) + imul(low, FACTOR_HIGH) + imul(high, FACTOR_LOW)) >>> 0
      return (productHigh * 1_048_576 + (productLow >>> 12)) / 4_503_599_627_370_496
    },
  }
  defineProperty(Math, 'random', { __proto__: null, value: random, writable: true, configurable: true } as PropertyDescriptor)
}
