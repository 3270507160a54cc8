// Which events scripts handle, and which of them was meant by a name that nobody handles.
import { didYouMean } from '../engine/errors/did-you-mean.ts'
import type { ScriptInfo } from '../engine/index.ts'
import { isScheduleEvent, scheduleEvent } from '../engine/model/event.ts'

/** What scripts have under `on`, and the names of the events of their schedules, each once, in order. */
export function handledEvents(scripts: readonly ScriptInfo[]): readonly string[] {
  return [...new Set(scripts.flatMap(({ handlers, every }) => [...handlers.map(({ event }) => event), ...every.map(scheduleEvent)]))].sort()
}

/** Whether a script runs for an event: all but schedules may be handled by `*`. */
export function isHandledBy(event: string, script: ScriptInfo): boolean {
  const handled = handledEvents([script])
  return handled.includes(event) || (handled.includes('*') && !isScheduleEvent(event))
}

/** `Did you mean "every 5m"?` for `5m`; an empty text where nothing is near. */
export function meantEvent(event: string, handled: readonly string[]): string {
  const ofSchedule = scheduleEvent(event)
  return handled.includes(ofSchedule) ? `Did you mean "${ofSchedule}"?` : didYouMean(event, handled).trim()
}

/** In place of a payload that nobody gave. Of a schedule the engine makes a tick of the moment. */
export function unsaidPayload(event: string): unknown {
  return isScheduleEvent(event) ? null : {}
}
