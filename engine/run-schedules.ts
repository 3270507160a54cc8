// The schedules of an engine: which scripts have them, what runs when one is due, what is told of them.
import type { EngineParts } from './compose.ts'
import type { Hooks } from './dispatch/hooks.ts'
import type { GrantedSchedule } from './model/manifest.ts'
import type { NormalOptions } from './options.ts'
import type { ScriptInfo } from './registry/script-record.ts'
import { type ScheduledScript, Scheduler, ticksOfSchedule } from './schedule/scheduler.ts'

/** See the head of the file. */
export interface Schedules {
  /** Begins: bindings are attached. */
  start(): Promise<void>
  /** Says of a script's schedules when they are due. */
  describe(info: ScriptInfo): ScriptInfo
  /** Starts no more runs. */
  close(): Promise<void>
}

/** Makes the schedules of an engine; without a store in the options none runs, and they are described all the same. */
export function openSchedules(parts: EngineParts, hooks: Hooks, options: NormalOptions): Schedules {
  const scheduler = options.schedules === undefined ? undefined : schedulerOf(parts, hooks, { ...options, schedules: options.schedules })
  const { registry } = parts
  const scripts = (): readonly ScheduledScript[] =>
    registry.ready().flatMap(({ entry, schedules }) => (schedules.length === 0 ? [] : [{ script: entry.id, schedules }]))
  const next = (script: string, schedule: GrantedSchedule): number | undefined =>
    scheduler?.next(script, schedule) ?? ticksOfSchedule(script, schedule).next(options.clock())
  return {
    async start() {
      if (scheduler === undefined) return
      parts.swaps.add(() => scheduler.update(scripts()))
      await scheduler.start(scripts)
    },
    describe(info) {
      if (info.schedules.length === 0) return info
      const record = registry.get(info.id)
      const granted = record?.status === 'ready' ? record.schedules : []
      return {
        ...info,
        schedules: info.schedules.map((each, index) => ({ ...each, next: granted[index] && next(info.id, granted[index]) })),
      }
    },
    close: async () => scheduler?.close(),
  }
}

function schedulerOf(
  { registry, announcements }: EngineParts,
  hooks: Hooks,
  { clock, random, schedules: store, logger }: NormalOptions & { readonly schedules: NonNullable<NormalOptions['schedules']> },
): Scheduler {
  return new Scheduler({
    clock,
    random,
    store,
    run: (script, schedule, tick) => {
      const record = registry.get(script)
      if (record?.status === 'ready') void hooks.tick({ script, schedule }, record, tick) // never rejects; observers are told what came of it
    },
    onMissed: (script, { schedule }, ticks) => logger.info({ script, schedule, ticks }, 'ticks of a schedule were missed'),
    onProblem: (error) => announcements.scheduleProblem(error),
  })
}
