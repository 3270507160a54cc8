// How quantities are written wherever people read them: as a policy writes them.
import type { LimitUnit } from './limits.ts'

/** A unit and what it is worth in the smallest one. */
export type Scale = readonly (readonly [unit: string, worth: number])[]

/** Units from the largest to the smallest. */
export const SCALES = {
  ms: [
    ['m', 60_000],
    ['s', 1_000],
    ['ms', 1],
  ],
  bytes: [
    ['GiB', 1024 ** 3],
    ['MiB', 1024 ** 2],
    ['KiB', 1024],
    ['B', 1],
  ],
} as const satisfies Record<'ms' | 'bytes', Scale>

/** Writes a quantity so that reading it gives the same value: the largest unit that divides it. Takes safe integers from 0. */
export function formatQuantity(unit: LimitUnit, value: number): string {
  if (unit === 'count') return String(value)
  const scale: Scale = SCALES[unit]
  const [name, worth] = scale.find(([, each]) => value !== 0 && value % each === 0) ?? [unit === 'ms' ? 'ms' : 'B', 1]
  return `${value / worth}${name}`
}

/** Writes whole milliseconds: `50ms`, `90s`, `2m`. */
export function formatDuration(milliseconds: number): string {
  return formatQuantity('ms', milliseconds)
}

/** Writes whole bytes: `512B`, `64KiB`, `16MiB`. */
export function formatSize(bytes: number): string {
  return formatQuantity('bytes', bytes)
}
