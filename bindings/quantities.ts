// Sizes (`1MiB`) and durations (`5m`) as policies and scripts write them, as schemas that make plain numbers of them. A number is taken as bytes or milliseconds.
import { z } from 'zod'

const WRITTEN = /^(\d{1,15}(?:\.\d{1,9})?)([A-Za-z]+)$/

const BYTES: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 }
const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A size in whole bytes, at least 1. */
export const size = quantity(BYTES, 'write a size such as 512KiB or 1MiB, or a number of bytes')

/** A duration in whole milliseconds, at least 1. */
export const duration = quantity(MILLISECONDS, 'write a duration such as 90s, 5m or 1d, or a number of milliseconds')

function quantity(units: Readonly<Record<string, number>>, expected: string) {
  return z.union([z.number(), z.string()], { error: expected }).transform((written, context) => {
    const value = typeof written === 'number' ? written : read(written, units)
    if (value !== undefined && Number.isSafeInteger(value) && value > 0) return value
    context.issues.push({ code: 'custom', message: expected, input: written })
    return z.NEVER
  })
}

function read(written: string, units: Readonly<Record<string, number>>): number | undefined {
  const [, amount = '', unit = ''] = WRITTEN.exec(written) ?? []
  const worth = Object.hasOwn(units, unit) ? units[unit] : undefined
  return worth === undefined ? undefined : Math.round(Number(amount) * worth)
}
