// What a binding may ask of the engine that it is part of.
import type { Cause, RunId } from './event.ts'
import type { ScriptId } from './script.ts'

/** Whose further event it is, and what set it off. */
export interface FurtherEvent {
  readonly tenant: string | undefined
  /** Of the run that emits it, as it stands in the call; undefined for what no run is to blame for, as a change that a watch sees. */
  readonly cause: Cause | undefined
  /** The run that emits it. */
  readonly runId: RunId | undefined
}

/** A script, as bindings see it. */
export interface KnownScript {
  readonly id: ScriptId
  readonly status: 'ready' | 'denied' | 'failed' | 'quarantined'
}

/** An engine in the eyes of its bindings. */
export interface BindingHost {
  /**
   * Tells all scripts of a further event. Resolves with how many handle it once the payload was found valid; their runs go on by themselves, and their outcomes are
   * told to observers. Rejects as `Engine.emit` throws, and with `EVENT_LOOP`, `EVENT_TOO_DEEP`, `EVENT_STORM` where one event would set off too much.
   */
  emit(event: string, payload: unknown, further: FurtherEvent): Promise<number>
  /** Milliseconds since 1970, by the engine's clock. */
  clock(): number
  /** Every script there is, in order of id. */
  scripts(): readonly KnownScript[]
}
