// One limit of the table as someone wrote it, checked against the row: its unit, its floor and, for a ceiling, the built-in ceiling.
import { LIMITS, type LimitName } from '../model/limits.ts'
import { formatQuantity } from '../model/quantity.ts'
import { inEachUnit, missingUnit, type QuantityReading, readQuantity, unitlessNumber } from './units.ts'

/** Reads a limit: in its unit, and at least its floor. More than its ceiling is not an error, because ceilings clamp. */
export function readLimit(name: LimitName, written: unknown): QuantityReading {
  const { unit, floor } = LIMITS[name]
  const reading = readQuantity(unit, written)
  if (!reading.ok) return { ...reading, expected: withUnit(name, written) ?? reading.expected }
  if (reading.value >= floor) return reading
  return { ok: false, got: formatQuantity(unit, reading.value), expected: `at least ${formatLimit(name, floor)}` }
}

/** Reads an entry of a policy's `ceilings`: a limit that is not above the built-in ceiling. */
export function readCeiling(name: LimitName, written: unknown): QuantityReading {
  const { unit, ceiling } = LIMITS[name]
  const reading = readLimit(name, written)
  if (!reading.ok || reading.value <= ceiling) return reading
  return { ok: false, got: formatQuantity(unit, reading.value), expected: `at most ${formatLimit(name, ceiling)}, the built-in ceiling` }
}

/** Writes the value of a limit in its unit: `200ms`, `16MiB`, `100`. */
export function formatLimit(name: LimitName, value: number): string {
  return formatQuantity(LIMITS[name].unit, value)
}

/** What to write for a number without its unit: in the unit in which it comes nearest to the usual value of this limit. */
function withUnit(name: LimitName, written: unknown): string | undefined {
  const { unit, floor, ceiling, default: usual } = LIMITS[name]
  const value = unitlessNumber(written)
  if (unit === 'count' || value === undefined) return undefined
  const distance = (meant: number): number => Math.abs(Math.log(meant / usual))
  const [nearest] = inEachUnit(unit, value)
    .filter((meant) => meant >= floor && meant <= ceiling)
    .sort((a, b) => distance(a) - distance(b))
  return missingUnit(unit, nearest ?? usual)
}
