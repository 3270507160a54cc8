// One version of a script, as the engine knows it: ready, denied or failed. A record is replaced, never changed, save for what it counts.
import type { Bundle } from '../model/bundle.ts'
import type { GrantShape } from '../model/grant.ts'
import type { GrantedSchedule, Manifest, OverlapMode } from '../model/manifest.ts'
import type { ScriptFault } from '../model/outcome.ts'
import type { ScriptEntry } from '../model/script.ts'
import type { GrantedOverlap } from '../pipeline/grant-overlap.ts'
import type { DeniedNeed, Permissions } from '../pipeline/grant-permissions.ts'
import type { EffectivePolicy } from '../policy/resolve.ts'
import type { HomePlacement, ScriptHome } from '../policy/script-home.ts'

interface RecordBase {
  readonly entry: ScriptEntry
  readonly policy: EffectivePolicy
}

interface LoadedBase extends RecordBase {
  /** Where it was loaded and where it runs. */
  readonly home: ScriptHome
  /** What is wrong with its types, where policy only warns. */
  readonly typeWarnings: readonly string[]
}

/** Passed its load phase; runs when its events come. */
export interface ReadyScript extends LoadedBase {
  readonly status: 'ready'
  readonly bundle: Bundle
  readonly manifest: Manifest
  readonly permissions: Permissions
  readonly shape: GrantShape
  /** How its runs meet. */
  readonly overlap: GrantedOverlap
  /** Those that run. */
  readonly schedules: readonly GrantedSchedule[]
  readonly imageKey: string
  readonly warnings: readonly string[]
}

/** Needs what policy does not grant: no handler starts. */
export interface DeniedScript extends LoadedBase {
  readonly status: 'denied'
  readonly bundle: Bundle
  readonly manifest: Manifest
  readonly permissions: Permissions
  readonly denied: readonly DeniedNeed[]
  readonly fault: ScriptFault
}

/** Could not be loaded, and no earlier version is in force. */
export interface FailedScript extends RecordBase {
  readonly status: 'failed'
  readonly fault: ScriptFault
}

/** See the head of the file. */
export type ScriptRecord = ReadyScript | DeniedScript | FailedScript

/** What a host is told of a schedule that runs. */
export interface ScheduleInfo {
  /** As the script writes it. */
  readonly schedule: string
  /** The event's name of its runs. */
  readonly event: string
  /** In force for a cron expression; undefined for an interval. */
  readonly timeZone: string | undefined
  readonly missed: 'skip' | 'once'
  readonly mode: OverlapMode
  /** When it is due next, in milliseconds since 1970, before jitter; undefined where the host's clock shows no such moment, or schedules are off. */
  readonly next: number | undefined
}

/** What a host is told of a script. */
export interface ScriptInfo {
  readonly id: string
  readonly name: string
  readonly status: ScriptRecord['status'] | 'quarantined'
  /** Event names with their priorities; `*` for a script that handles every event. */
  readonly handlers: Manifest['handlers']
  /** The schedules that it declares, as it writes them. */
  readonly every: readonly string[]
  /** Those of them that run. */
  readonly schedules: readonly ScheduleInfo[]
  /** How its own runs for one tenant meet. */
  readonly mode: OverlapMode
  readonly needs: Manifest['needs']
  /** What it was granted: binding → value. */
  readonly grant: { readonly [binding: string]: unknown }
  /** SHA-256 of its bundle, hex. */
  readonly hash: string | undefined
  readonly isolation: EffectivePolicy['isolation']
  /** On which runtime it runs; for one that could not be loaded, the one that policy chooses. */
  readonly runtime: EffectivePolicy['runtime']
  /** Where it runs; for one that could not be loaded, where policy puts it. */
  readonly placement: HomePlacement
  readonly warnings: readonly string[]
  /** Needs that policy does not grant, each with the line that would. */
  readonly denied: readonly DeniedNeed[]
  /** Why it is not ready; with status `ready`, why a newer version is not in force. */
  readonly error: ScriptFault | undefined
}

/** What the host is told of a record; `newer` is the fault of a version that could not replace it. */
export function describeScript(record: ScriptRecord, newer?: ScriptFault): ScriptInfo {
  const manifest = record.status === 'failed' ? undefined : record.manifest
  return {
    id: record.entry.id,
    name: manifest?.name ?? record.entry.id,
    status: record.status,
    handlers: manifest?.handlers ?? [],
    every: manifest?.every.map(({ schedule }) => schedule) ?? [],
    schedules: record.status === 'ready' ? record.schedules.map(describeSchedule) : [],
    mode: record.status === 'ready' ? record.overlap.mode : record.policy.concurrency.mode,
    needs: manifest?.needs ?? {},
    grant: record.status === 'failed' ? {} : record.permissions.grant,
    hash: record.status === 'failed' ? undefined : record.bundle.hash,
    isolation: record.policy.isolation,
    ...placeOf(record),
    warnings: record.status === 'ready' ? record.warnings : [],
    denied: record.status === 'denied' ? record.denied : [],
    error: record.status === 'ready' ? newer : record.fault,
  }
}

function describeSchedule({ schedule, event, timing, timeZone, missed, overlap }: GrantedSchedule): ScheduleInfo {
  return { schedule, event, timeZone: timing.kind === 'cron' ? timeZone : undefined, missed, mode: overlap.mode, next: undefined }
}

function placeOf(record: ScriptRecord): Pick<ScriptInfo, 'runtime' | 'placement'> {
  const { runtime, placement } = record.status === 'failed' ? record.policy : record.home
  return { runtime, placement }
}
