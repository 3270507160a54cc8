// What is asked of the dispatcher, and what it is made of.
import type { Cause } from '../model/event.ts'
import type { HostCallHandler } from '../model/host-call.ts'
import type { Limits } from '../model/limits.ts'
import type { Redact } from '../model/redact.ts'
import type { EngineObserver } from '../observe/observer.ts'
import type { Supervisor } from '../placement/supervisor.ts'
import type { ImageClaim } from '../registry/image-store.ts'
import type { ReadyScript, ScriptRecord } from '../registry/script-record.ts'
import type { CrowdTerms } from './crowds.ts'
import type { HostDoor } from './host-calls.ts'
import type { KeptStates } from './kept-states.ts'
import type { FaultMapper } from './outcomes.ts'

/** One run that is asked for. */
export interface RunOrder {
  readonly record: ScriptRecord
  readonly event: string
  readonly cause: Cause
  /** Wire text. */
  readonly payload: string
  readonly payloadBytes: number
  readonly tenant: string | undefined
  readonly limits: Limits
  readonly signal: AbortSignal | undefined
  /** The runs of the same schedule. */
  readonly crowd?: CrowdTerms | undefined
  /** Tells apart code that has nothing in common but the id under which it is evaluated. */
  readonly family?: string | undefined
  readonly surroundings?: Surroundings | undefined
}

/** What one run is given in place of what the engine has: for tests and for replays, which come out the same each time. */
export interface Surroundings {
  /** Milliseconds since 1970, asked at the start and with each answer to a host call. */
  readonly clock: () => number
  /** 24 bytes as hex. */
  readonly seed: string
  readonly handle: HostCallHandler
}

/** What the dispatcher is made of. */
export interface DispatcherOptions {
  /** Whoever runs the scripts of this one's home. */
  readonly supervisorOf: (record: ReadyScript) => Supervisor
  readonly door: HostDoor
  readonly observer: EngineObserver
  /** Takes out of a text what nobody may see in logs and errors; undefined where there is nothing of the kind. */
  readonly redact?: Redact | undefined
  /** Claims the image of a script; a promise when it must be made again. */
  readonly claimImage: (record: ReadyScript) => ImageClaim | Promise<ImageClaim>
  /** Makes faults of a script's runs readable. */
  readonly mapperOf: (record: ReadyScript, event: string) => FaultMapper
  /** 24 random bytes as hex. */
  readonly seed: () => string
  readonly runId: () => string
}

/** What one run has of the dispatcher. */
export interface RunTools extends DispatcherOptions {
  readonly states: KeptStates
}

const NONE: readonly CrowdTerms[] = Object.freeze([])

/** Whom a run meets: those of its schedule, then those of its script for the same tenant, where their mode says that they do. */
export function crowdsOf({ crowd, family, tenant }: RunOrder, { entry, overlap }: ReadyScript): readonly CrowdTerms[] {
  if (crowd === undefined && overlap.mode === 'parallel') return NONE
  const { mode, waiting } = overlap
  const own = mode === 'parallel' ? NONE : [{ key: JSON.stringify([family, tenant]), name: `"${entry.id}"`, mode, most: waiting }]
  return crowd === undefined ? own : [crowd, ...own]
}
