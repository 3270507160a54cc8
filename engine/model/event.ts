// What the host tells scripts.
import type { LimitName } from './limits.ts'

/** How an event's answers are used: all of them (`event`), as a chain that transforms (`filter`), or until the first answer (`decision`). */
export type EventKind = 'event' | 'filter' | 'decision'

/** A run's own name: unique within the process, safe to log. */
export type RunId = string

/** Why a run is: an event of the host, a schedule, or an event that another run emitted. What one of the first two sets off is a tree of causes. */
export interface Cause {
  /** The event's name. */
  readonly event: string
  /** 0 for an event of the host and for a schedule; one more for each step from there. */
  readonly depth: number
  /** What set off the run that emitted it. */
  readonly parent: Cause | undefined
  /** The run that emitted it. */
  readonly runId: RunId | undefined
  /** One for the whole tree. */
  readonly tree: CauseTree
}

/** What all runs share that one event of the host, or one tick of a schedule, sets off. */
export interface CauseTree {
  /** Further events so far. */
  emitted: number
  /** What the host lowered for its call, as it wrote it: holds for everything that the call sets off. */
  readonly limits: { readonly [name in LimitName]?: string | number | undefined } | undefined
}

const SCHEDULE = 'every '

/** The event's name of the runs of a schedule, which is its own text: `every 5m`, `every 0 8 * * 1-5`. */
export function scheduleEvent(schedule: string): string {
  return schedule.startsWith(SCHEDULE) ? schedule : SCHEDULE + schedule
}

/** Whether a name is one that only schedules have. */
export function isScheduleEvent(event: string): boolean {
  return event.startsWith(SCHEDULE)
}

/** The cause of runs that an event of the host, or a schedule, sets off. */
export function firstCause(event: string, limits?: CauseTree['limits']): Cause {
  return { event, depth: 0, parent: undefined, runId: undefined, tree: { emitted: 0, limits } }
}
