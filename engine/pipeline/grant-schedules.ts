// Which schedules of a script run, and how close together their ticks may be: what it declares ∩ what policy allows.
import { formatInterval, readInterval } from '../model/interval.ts'
import type { GrantedSchedule, ScheduleDeclaration } from '../model/manifest.ts'
import type { ScriptId } from '../model/script.ts'
import { ticksOf } from '../schedule/ticks.ts'
import { shown } from './descriptor.ts'

/** What policy allows: the least time between two ticks as text, the most schedules of a script, the zone of those that name none. */
export interface AllowedSchedules {
  readonly least: string
  readonly max: number
  readonly timeZone: string
}

const SOME_MOMENT = Date.UTC(2026, 0, 1)
const LOOKED_AT = 10
/** Ticks that are so far apart are not worth a longer look: finding them takes the host's time. */
const RARE_MS = 86_400_000

/** Meets schedules with policy. Pure; never throws. */
export function grantSchedules(
  script: ScriptId,
  every: readonly ScheduleDeclaration[],
  allowed: AllowedSchedules,
): { readonly schedules: readonly GrantedSchedule[]; readonly warnings: readonly string[] } {
  const leastMs = readInterval(allowed.least) ?? 0
  const warnings: string[] = []
  const schedules = every.slice(0, allowed.max).map((declared): GrantedSchedule => {
    const { timing } = declared
    return { ...declared, leastMs, timeZone: (timing.kind === 'cron' ? timing.timeZone : undefined) ?? allowed.timeZone }
  })
  for (const schedule of schedules) {
    const closest = closestTicks(schedule)
    if (closest >= leastMs) continue
    const words = `"${script}" asks for "${shown(schedule.schedule)}", ticks as close as ${formatInterval(closest)}`
    warnings.push(`${words}; the policy grants one in ${formatInterval(leastMs)} ("allow.schedule.least"): those between are left out.`)
  }
  const left = every.slice(allowed.max).map(({ schedule }) => `"${shown(schedule)}"`)
  if (left.length > 0)
    warnings.push(
      `"${script}" has ${every.length} schedules; the policy grants ${allowed.max} ("allow.schedule.max"): ${left.join(', ')} will not run.`,
    )
  return { schedules, warnings }
}

/** The least time between ticks, as far as it is seen. */
function closestTicks({ timing, timeZone }: GrantedSchedule): number {
  if (timing.kind === 'interval') return timing.ms
  const ticks = ticksOf(timing, { timeZone, phase: 0 })
  let closest = Number.POSITIVE_INFINITY
  let last = ticks.next(SOME_MOMENT)
  for (let i = 0; i < LOOKED_AT && last !== undefined; i++) {
    const next = ticks.next(last)
    if (next === undefined) break
    closest = Math.min(closest, next - last)
    if (next - last > RARE_MS) break
    last = next
  }
  return closest
}
