// Quantities as a policy writes them: durations (`50ms`, `1.5s`, `2m`), sizes (`64KiB`, `16MiB`) and plain counts.
// A reading never throws: it says what arrived and what to write, and the caller knows for which setting.
import type { LimitUnit } from '../model/limits.ts'
import { formatQuantity, SCALES, type Scale } from '../model/quantity.ts'
import { describeValue } from './describe-value.ts'

/** A quantity read: whole milliseconds, whole bytes or a count; or what arrived and what to write in its place. */
export type QuantityReading =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly got: string; readonly expected: string }

const WORDS = {
  ms: { whole: 'a whole number of milliseconds', noun: 'a duration with its unit', units: 'ms, s or m', sample: 50 },
  bytes: { whole: 'a whole number of bytes', noun: 'a size with its unit', units: 'B, KiB, MiB or GiB', sample: 16 * 1024 ** 2 },
} as const

/** At most 15 digits before the point and 9 after: longer than any limit, short enough to compute exactly. */
const WRITTEN = /^(\d{1,15})(?:\.(\d{1,9}))?([A-Za-z]*)$/
const UNITLESS = /^\d{1,15}$/
const DECIMAL_UNIT = /^\s*(\d[\d.]*)\s*([kmg])b?\s*$/i

/** Reads a quantity of the given unit. */
export function readQuantity(unit: LimitUnit, written: unknown): QuantityReading {
  return unit === 'count' ? readCount(written) : readScaled(unit, written)
}

/** A number whose unit was left out, as a number or quoted; undefined for anything else. */
export function unitlessNumber(written: unknown): number | undefined {
  const value = typeof written === 'string' && UNITLESS.test(written) ? Number(written) : written
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}

/** What a number stands for in each unit, from the largest to the smallest. */
export function inEachUnit(unit: 'ms' | 'bytes', value: number): readonly number[] {
  return SCALES[unit].map(([, worth]) => value * worth)
}

/** What to write for a number without its unit: `meant` with the unit that its writer most likely had in mind. */
export function missingUnit(unit: 'ms' | 'bytes', meant: number): string {
  return `the missing unit (${WORDS[unit].units}) too, like "${formatQuantity(unit, meant)}"`
}

/** Reads a duration into whole milliseconds. A plain number is refused: it could mean seconds as well. */
export function readDuration(written: unknown): QuantityReading {
  return readScaled('ms', written)
}

/** Reads a size into whole bytes. `KB` and `MB` are refused: to some they mean 1000, to others 1024. */
export function readSize(written: unknown): QuantityReading {
  return readScaled('bytes', written)
}

/** Reads a count: a whole number, zero or more. */
export function readCount(written: unknown): QuantityReading {
  if (typeof written === 'number' && Number.isSafeInteger(written) && written >= 0) return { ok: true, value: written }
  const isQuoted = typeof written === 'string' && UNITLESS.test(written)
  return refuse(written, isQuoted ? `${Number(written)} without quotes` : 'a whole number, zero or more')
}

function readScaled(unit: 'ms' | 'bytes', written: unknown): QuantityReading {
  if (typeof written !== 'string') return refuse(written, suggestion(unit, written))
  const match = WRITTEN.exec(written)
  const scale: Scale = SCALES[unit]
  const worth = scale.find(([name]) => name === match?.[3])?.[1]
  if (match === null || worth === undefined) return refuse(written, suggestion(unit, written))
  const [, whole = '', fraction = ''] = match
  const scaled = BigInt(whole + fraction) * BigInt(worth)
  const divisor = 10n ** BigInt(fraction.length)
  if (scaled % divisor !== 0n) return refuse(written, WORDS[unit].whole)
  const value = Number(scaled / divisor)
  return Number.isSafeInteger(value) ? { ok: true, value } : refuse(written, `${example(unit)}: this is too large to count`)
}

/** What to write instead: the same quantity well written where its meaning is plain, else an example. */
function suggestion(unit: 'ms' | 'bytes', written: unknown): string {
  const unitless = unitlessNumber(written)
  if (unitless !== undefined) return missingUnit(unit, unitless)
  if (typeof written !== 'string') return example(unit)
  const decimal = unit === 'bytes' ? DECIMAL_UNIT.exec(written) : null
  if (decimal !== null) {
    const name = `${decimal[2]?.toUpperCase() ?? ''}iB`
    return `${name}: "${decimal[1] ?? ''}${name}" (1024-based; KB and MB mean 1000 to some and 1024 to others)`
  }
  return respelled(unit, written) ?? example(unit)
}

function example(unit: 'ms' | 'bytes'): string {
  const { noun, units, sample } = WORDS[unit]
  return `${noun} (${units}), like "${formatQuantity(unit, sample)}"`
}

/** `16 mib` → `"16MiB"`: a known unit with spaces or in the wrong case. */
function respelled(unit: 'ms' | 'bytes', written: string): string | undefined {
  const match = WRITTEN.exec(written.slice(0, 64).replaceAll(/\s/g, ''))
  const scale: Scale = SCALES[unit]
  const name = scale.find(([each]) => each.toLowerCase() === match?.[3]?.toLowerCase())?.[0]
  if (match === null || name === undefined) return undefined
  return `"${match[1] ?? ''}${match[2] === undefined ? '' : `.${match[2]}`}${name}"`
}

function refuse(written: unknown, expected: string): QuantityReading {
  return { ok: false, got: describeValue(written), expected }
}
