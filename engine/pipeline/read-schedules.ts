// The schedules that a script declares under `every`: when they are due, and what holds for their runs.
import { didYouMean } from '../errors/did-you-mean.ts'
import { scheduleEvent } from '../model/event.ts'
import { readInterval } from '../model/interval.ts'
import type { Json } from '../model/json.ts'
import { OVERLAP_MODES, type Overlap, type OverlapMode, type ScheduleDeclaration, type Timing } from '../model/manifest.ts'
import { isTimeZone } from '../model/time-zone.ts'
import { cronTicks } from '../schedule/ticks.ts'
import {
  entriesOf,
  expectKeys,
  Flaw,
  invalid,
  isMark,
  isName,
  isTable,
  optional,
  quote,
  shown,
  type Table,
  unknownWord,
} from './descriptor.ts'

const KEYS = ['run', 'timeZone', 'missed', 'mode', 'max', 'jitter']
const CRON = /^[\d*?,/\-#+A-Za-z]+$/
const NICKNAMES = new Set(['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'])
const LONGEST_SCHEDULE = 100
const LEAST_MS = 1_000
const MOST_MS = 366 * 86_400_000
const MOST_JITTER_MS = 3_600_000
const MOST_OVERLAP = 1_000
/** Whether a schedule is ever due is asked from here: no script can tell when it was loaded. */
const SOME_MOMENT = Date.UTC(2026, 0, 1)

/** Reads `every`. Throws a {@link Flaw}. */
export function readSchedules(every: Json | undefined): ScheduleDeclaration[] {
  const declared = entriesOf(every, '"every"', 'an object: schedule → handler').map(([schedule, handler]) =>
    readSchedule(schedule, handler),
  )
  const events = new Map<string, string>()
  for (const { schedule, event } of declared) {
    const other = events.get(event)
    if (other !== undefined)
      throw invalid(`every[${quote(schedule)}]`, `another schedule than ${quote(other)}, which means the same`, schedule)
    events.set(event, schedule)
  }
  return declared
}

/** Reads `mode` and `max` of a table. Undefined where it has neither. Throws a {@link Flaw}. */
export function readOverlap(table: Table, path: string): Overlap | undefined {
  const mode = optional(table, 'mode')
  const max = optional(table, 'max')
  const named = path === '' ? (key: string) => quote(key) : (key: string) => `${path}.${key}`
  if (mode !== undefined && !isMode(mode)) throw unknownWord(named('mode'), OVERLAP_MODES, mode)
  if (max === undefined) return mode === undefined ? undefined : { mode }
  if (mode !== 'queued' && mode !== 'parallel')
    throw invalid(named('max'), 'left out, unless the mode is "queued" (the most that wait) or "parallel" (the most at once)', max)
  if (typeof max !== 'number' || !Number.isInteger(max) || max < 1 || max > MOST_OVERLAP)
    throw invalid(named('max'), `a whole number from 1 to ${MOST_OVERLAP}`, max)
  return { mode, max }
}

function isMode(value: Json): value is OverlapMode {
  return OVERLAP_MODES.some((mode) => mode === value)
}

function readSchedule(schedule: string, handler: Json): ScheduleDeclaration {
  const path = `every[${quote(schedule)}]`
  if (!isName(schedule)) throw invalid(path, 'named with printable characters on one line', schedule)
  const details = isMark(handler, 'function') ? {} : readDetails(handler, path)
  const timing = readTiming(schedule, details, path)
  return {
    schedule,
    event: scheduleEvent(schedule),
    timing,
    missed: readMissed(optional(details, 'missed'), `${path}.missed`),
    overlap: readOverlap(details, path) ?? { mode: 'single' },
    jitterMs: readJitter(optional(details, 'jitter'), timing, `${path}.jitter`),
  }
}

function readDetails(handler: Json, path: string): Table {
  if (!isTable(handler)) throw invalid(path, 'a function, or { run, timeZone, missed, mode, max, jitter }', handler)
  expectKeys(handler, KEYS, `${path}.`)
  const run = optional(handler, 'run')
  if (!isMark(run, 'function')) throw invalid(`${path}.run`, 'a function', run)
  return handler
}

function readTiming(schedule: string, details: Table, path: string): Timing {
  const zone = optional(details, 'timeZone')
  const ms = schedule.length > LONGEST_SCHEDULE ? undefined : readInterval(schedule)
  if (ms === undefined) return readCron(schedule, zone === undefined ? undefined : readZone(zone, `${path}.timeZone`), path)
  if (ms < LEAST_MS || ms > MOST_MS) throw invalid(path, 'named by an interval from "1s" to "366d"', schedule)
  if (zone !== undefined)
    throw invalid(`${path}.timeZone`, 'left out: an interval is the same everywhere (cron expressions have zones)', zone)
  return { kind: 'interval', ms }
}

function readCron(schedule: string, timeZone: string | undefined, path: string): Timing {
  const expected = 'named by an interval like "5m" or a cron expression of five or six fields, like "0 8 * * 1-5"'
  const expression = schedule.trim()
  const fields = expression.split(/\s+/)
  const isNickname = NICKNAMES.has(expression.toLowerCase())
  const isCron = (fields.length === 5 || fields.length === 6) && fields.every((field) => CRON.test(field))
  if (schedule.length > LONGEST_SCHEDULE || !(isNickname || isCron)) throw invalid(path, expected, schedule)
  const fault = cronFault(expression, timeZone ?? 'UTC')
  if (fault !== undefined) throw new Flaw([path, expected, quote(schedule)], schedule, fault)
  return { kind: 'cron', expression, timeZone }
}

function cronFault(expression: string, timeZone: string): string | undefined {
  try {
    return cronTicks(expression, timeZone).next(SOME_MOMENT) === undefined ? 'There is no such day in any year.' : undefined
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return `${shown(why.replace(/^\w+: /, '').replace(/\.$/, ''))}.`
  }
}

function readZone(zone: Json, path: string): string {
  const expected = 'a time zone like "Europe/Berlin" or "UTC"'
  if (typeof zone !== 'string') throw invalid(path, expected, zone)
  if (isTimeZone(zone)) return zone
  const hint = didYouMean(zone, Intl.supportedValuesOf('timeZone')).trim()
  throw new Flaw([path, expected, quote(zone)], zone, hint === '' ? undefined : hint)
}

function readMissed(missed: Json | undefined, path: string): ScheduleDeclaration['missed'] {
  if (missed === undefined || missed === 'skip') return 'skip'
  if (missed === 'once') return 'once'
  throw invalid(path, '"skip" (ticks that were missed are gone) or "once" (one run for all of them)', missed)
}

function readJitter(jitter: Json | undefined, timing: Timing, path: string): number {
  if (jitter === undefined) return 0
  const ms = typeof jitter === 'string' ? readInterval(jitter) : jitter
  if (typeof ms !== 'number' || !Number.isInteger(ms) || ms < 0 || ms > MOST_JITTER_MS)
    throw invalid(path, 'a time up to "1h", like "30s", or milliseconds', jitter)
  if (timing.kind === 'interval' && ms >= timing.ms) throw invalid(path, 'shorter than the interval', jitter)
  return ms
}
