// What a policy allows of schedules, under `allow.schedule`: whether they run, how close together, how many, and in which time zone where a script names none.
import { z } from 'zod'
import { formatInterval, readInterval } from '../model/interval.ts'
import type { Json } from '../model/json.ts'
import { isTimeZone } from '../model/time-zone.ts'
import { describeValue, quoteText } from './describe-value.ts'

/** What is in force where a policy allows schedules and says no more. */
export const SCHEDULE_DEFAULTS = Object.freeze({ least: '1s', max: 20, timeZone: 'UTC' })
const SHORTEST_MS = 1_000
const LONGEST_MS = 366 * 86_400_000
const MOST = 100

/** `allow.schedule`, normalised. */
export interface ScheduleGrant {
  /** The least time between two ticks of one schedule, as text: `1m`. */
  readonly least: string
  /** The most schedules of one script. */
  readonly max: number
  readonly timeZone: string
}

const details = z.strictObject({
  least: z
    .unknown()
    .default(SCHEDULE_DEFAULTS.least)
    .transform((written, context) => {
      const ms = typeof written === 'string' ? readInterval(written) : undefined
      if (ms !== undefined && ms >= SHORTEST_MS && ms <= LONGEST_MS) return formatInterval(ms)
      return refuse(context, written, `must be a time from "1s" to "366d", like "1m", not ${describeValue(written)}`)
    }),
  max: z.int({ error: countFault }).min(1, { error: countFault }).max(MOST, { error: countFault }).default(SCHEDULE_DEFAULTS.max),
  timeZone: z
    .unknown()
    .default(SCHEDULE_DEFAULTS.timeZone)
    .transform((written, context) => {
      if (typeof written === 'string' && isTimeZone(written)) return written
      return refuse(context, written, `must be a time zone like "Europe/Berlin" or "UTC", not ${describeValue(written)}`)
    }),
})

/** The schema of `allow.schedule`: `true`, `false` or `{ least, max, timeZone }`. Makes a {@link ScheduleGrant}, or `false`. */
export function scheduleSchema(): z.ZodType<Json> {
  return z.unknown().transform((written, context): Json => {
    if (written === false) return false
    const reading = details.safeParse(written === true ? {} : written)
    if (reading.success) return reading.data
    for (const issue of reading.error.issues)
      context.issues.push({ code: 'custom', message: messageOf(issue, written), input: written, path: [...issue.path] })
    return z.NEVER
  })
}

function messageOf(issue: z.core.$ZodIssue, written: unknown): string {
  if (issue.code === 'unrecognized_keys') return `has no ${issue.keys.map(quoteText).join(', ')}; there are least, max and timeZone`
  const isShape = issue.path.length === 0 && issue.code === 'invalid_type'
  return isShape ? `must be true, false or { least, max, timeZone }, not ${describeValue(written)}` : issue.message
}

function refuse(context: z.RefinementCtx, input: unknown, message: string): never {
  context.addIssue({ code: 'custom', message, input })
  return z.NEVER
}

function countFault({ input }: { readonly input?: unknown }): string {
  return `must be a whole number from 1 to ${MOST}, not ${describeValue(input)}`
}
