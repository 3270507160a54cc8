// When a schedule is due: moments computed from a cron expression or an interval. Pure; croner knows calendars and clocks that change.
import { Cron } from 'croner'
import type { Timing } from '../model/manifest.ts'

/** The moments of a schedule, in milliseconds since 1970. */
export interface Ticks {
  /** The first one after a moment; undefined when none will come. */
  next(after: number): number | undefined
  /** The last one at or before a moment; undefined when there was none. */
  latest(until: number): number | undefined
}

const SECOND = 1_000

/** The ticks of a timing. `phase` moves those of an interval, by milliseconds: it says how often, and nothing of when. Throws what `cronTicks` throws. */
export function ticksOf(timing: Timing, { timeZone, phase }: { readonly timeZone: string; readonly phase: number }): Ticks {
  return timing.kind === 'interval' ? intervalTicks(timing.ms, phase) : cronTicks(timing.expression, timing.timeZone ?? timeZone)
}

/**
 * The ticks of a cron expression of five or six fields, or a word such as `@daily`. Where clocks are put forward, a time that does not exist comes at the first one
 * that does; where they are put back, a time that exists twice comes once: both unless the minute or hour is a step or a star, which follow the clock as it goes.
 * Throws a `TypeError` with croner's sentence for an expression or a time zone that it does not know.
 */
export function cronTicks(expression: string, timeZone: string): Ticks {
  const cron = new Cron(expression, { paused: true, timezone: timeZone, mode: '5-or-6-parts', fixedTimeRule: 'no-wildcard' })
  return {
    next: (after) => cron.nextRun(new Date(after))?.getTime(),
    latest: (until) => cron.previousRuns(1, new Date(Math.floor(until / SECOND) * SECOND + SECOND))[0]?.getTime(),
  }
}

/** One tick in every so many milliseconds. */
export function intervalTicks(ms: number, phase: number): Ticks {
  const latest = (until: number): number => until - modulo(until - phase, ms)
  return { next: (after) => latest(after) + ms, latest }
}

function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor
}
