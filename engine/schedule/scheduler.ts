// Makes schedules run: one timer for all of them, which never keeps the process alive, and a look at the clock at least twice a second, so that a host that slept, or
// a clock that was set, is noticed at once.
import { createHash } from 'node:crypto'
import type { GrantedSchedule, Tick } from '../model/manifest.ts'
import type { ScriptId } from '../model/script.ts'
import { DueSchedule, type Look } from './due-schedule.ts'
import { Remembered } from './remembered.ts'
import type { ScheduleStore } from './schedule-store.ts'
import { ticksOf } from './ticks.ts'

/** A script that has schedules. */
export interface ScheduledScript {
  readonly script: ScriptId
  readonly schedules: readonly GrantedSchedule[]
}

/** What the scheduler is made of. */
export interface SchedulerOptions {
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** For jitter. */
  readonly random: (bytes: number) => Uint8Array
  readonly store: ScheduleStore
  /** Starts a run. Never throws. */
  readonly run: (script: ScriptId, schedule: GrantedSchedule, tick: Tick) => void
  /** Told of ticks that were missed and have no run. */
  readonly onMissed: (script: ScriptId, schedule: GrantedSchedule, ticks: number) => void
  /** Told what the store throws; schedules run on. */
  readonly onProblem: (error: unknown) => void
}

interface Entry {
  readonly script: ScriptId
  readonly schedule: GrantedSchedule
  readonly due: DueSchedule
}

const LONGEST_SLEEP_MS = 500
/** After a pause, all schedules of all scripts have ticks to be counted: what takes longer goes on after the host had its turn. */
const LONGEST_LOOK_MS = 20
/** A clock that is set back by more begins anew; by less, no tick comes twice. */
const SET_BACK_MS = 300_000

/** See the head of the file. */
export class Scheduler {
  readonly #options: SchedulerOptions
  readonly #remembered: Remembered
  #entries = new Map<string, Entry>()
  #timer: NodeJS.Timeout | undefined
  #lookedAt: number
  #state: 'new' | 'open' | 'closed' = 'new'

  constructor(options: SchedulerOptions) {
    this.#options = options
    this.#remembered = new Remembered(options.store, options.onProblem)
    this.#lookedAt = options.clock()
  }

  /** Reads what is remembered, then begins with these. */
  async start(scripts: () => readonly ScheduledScript[]): Promise<void> {
    await this.#remembered.load()
    if (this.#state === 'closed') return
    this.#state = 'open'
    this.update(scripts())
  }

  /** These are in force from now on. A schedule that was in force keeps its ticks, whatever else of its script has changed. */
  update(scripts: readonly ScheduledScript[]): void {
    if (this.#state !== 'open') return
    const now = this.#options.clock()
    const next = new Map<string, Entry>()
    for (const { script, schedules } of scripts)
      for (const schedule of schedules) {
        const key = keyOf(script, schedule)
        const known = this.#entries.get(key)
        next.set(
          key,
          known !== undefined && isAlike(known.schedule, schedule)
            ? { ...known, schedule }
            : this.#enter(script, schedule, known?.due.last ?? now),
        )
      }
    this.#entries = next
    this.#remember()
    this.#sleep()
  }

  /** When a schedule is due next, in ms since 1970; undefined for one that is not in force. */
  next(script: ScriptId, schedule: GrantedSchedule): number | undefined {
    return this.#entries.get(keyOf(script, schedule))?.due.next
  }

  /** Stops all; runs under way go on. Resolves when what is to be remembered is written. */
  async close(): Promise<void> {
    this.#state = 'closed'
    clearTimeout(this.#timer)
    this.#entries = new Map()
    await this.#remembered.close()
  }

  #enter(script: ScriptId, schedule: GrantedSchedule, since: number): Entry {
    const last = schedule.missed === 'once' ? (this.#remembered.get(keyOf(script, schedule)) ?? since) : since
    const parts = { ticks: ticksOfSchedule(script, schedule), jitter: () => this.#jitter(schedule) }
    return { script, schedule, due: new DueSchedule(schedule, parts, Math.min(last, this.#options.clock())) }
  }

  #look(): void {
    const now = this.#options.clock()
    const wasSetBack = now < this.#lookedAt - SET_BACK_MS
    this.#lookedAt = wasSetBack ? now : Math.max(now, this.#lookedAt)
    if (wasSetBack) for (const { due } of this.#entries.values()) due.restart(now)
    const end = performance.now() + LONGEST_LOOK_MS
    const entries = this.#entries
    for (const [key, entry] of entries) {
      if (performance.now() > end || this.#entries !== entries) break
      if (this.#lookAt(entry, now) === undefined) continue
      // To the end of the row: the next look begins with those that are still to come.
      entries.delete(key)
      entries.set(key, entry)
    }
    this.#remember()
    this.#sleep()
  }

  #lookAt({ script, schedule, due }: Entry, now: number): Look {
    const look = due.look(now)
    if (look?.run !== undefined) this.#options.run(script, schedule, { ...look.run, at: now })
    else if (look !== undefined) this.#options.onMissed(script, schedule, look.passedOver)
    return look
  }

  #sleep(): void {
    clearTimeout(this.#timer)
    if (this.#entries.size === 0 || this.#state !== 'open') return
    const now = this.#options.clock()
    let wait = LONGEST_SLEEP_MS
    for (const { due } of this.#entries.values()) if (due.due !== undefined) wait = Math.min(wait, due.due - now)
    this.#timer = setTimeout(() => this.#look(), Math.max(0, Math.ceil(wait)))
    this.#timer.unref()
  }

  #remember(): void {
    for (const [key, { schedule, due }] of this.#entries) if (schedule.missed === 'once') this.#remembered.set(key, due.last)
  }

  #jitter({ jitterMs }: GrantedSchedule): number {
    if (jitterMs === 0) return 0
    const [a = 0, b = 0, c = 0] = this.#options.random(3)
    return Math.floor(((a * 256 + b) * 256 + c) * (jitterMs / 2 ** 24))
  }
}

/** The ticks of a schedule. Those of an interval are at the same moments after every start and reload, and at other ones for another script: not all are due at once. */
export function ticksOfSchedule(script: ScriptId, schedule: GrantedSchedule): ReturnType<typeof ticksOf> {
  const phase = createHash('sha256').update(keyOf(script, schedule)).digest().readUInt32BE()
  return ticksOf(schedule.timing, { timeZone: schedule.timeZone, phase: phase * 7 }) // 7 × 2³² ms: almost a year
}

function keyOf(script: ScriptId, { schedule }: GrantedSchedule): string {
  return `${script}: ${schedule}`
}

/** Whether two have the same ticks. */
function isAlike(a: GrantedSchedule, b: GrantedSchedule): boolean {
  return a.timeZone === b.timeZone && a.leastMs === b.leastMs && a.missed === b.missed && a.jitterMs === b.jitterMs
}
