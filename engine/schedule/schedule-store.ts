// The seam for whoever remembers when schedules ran last, so that what was missed while the host was down is known.

/** Schedule → the tick up to which it is done with, in milliseconds since 1970. Schedules are named by script and by their own text. */
export type LastTicks = { readonly [schedule: string]: number }

/** Keeps a small table. Only schedules that say `missed: 'once'` are in it. */
export interface ScheduleStore {
  /** Everything that was written last; nothing where nothing was. */
  read(): LastTicks | Promise<LastTicks>
  /** Replaces everything. Never called while a call of it is under way. */
  write(ticks: LastTicks): void | Promise<void>
}

/** Remembers for as long as the process lives. */
export function memoryScheduleStore(): ScheduleStore {
  let kept: LastTicks = {}
  return {
    read: () => kept,
    write: (ticks) => {
      kept = ticks
    },
  }
}

/** Whether a value has the methods of a store. */
export function isScheduleStore(value: unknown): value is ScheduleStore {
  const methods = typeof value === 'object' && value !== null ? (value as { read?: unknown; write?: unknown }) : {}
  return typeof methods.read === 'function' && typeof methods.write === 'function'
}
