// The seam between runners and runtimes: a cell loads scripts, freezes images, runs events. WHICH JavaScript engine is behind it shows nowhere else.
import type { Limits } from '../model/limits.ts'
import type { CutSite, GuestFault, OutcomeStatus } from '../model/outcome.ts'
import type { Usage } from '../model/usage.ts'
import type { Image, ImageRef } from './image.ts'

/** What was logged, entry by entry, as the guest wrote it; `readLogs` (run-log.ts) makes entries of it. */
export type RawLogs = readonly string[]

/** What a run is started with. Nothing of it is in the image. */
export interface RunTerms {
  readonly event: string
  readonly runId: string
  /** Wire text of the payload. */
  readonly payload: string
  readonly limits: Limits
  /** Bytes above the base that the sandbox is given: as many as the limit, or more where a state is kept for runs with a higher one. */
  readonly roomBytes: number
  /** When the run must be over, on the runner's monotonic clock, in ms. */
  readonly wallDeadline: number
  /** The moment at which time stands still until the first host reply, ms since 1970. */
  readonly now: number
  /** 24 bytes as hex: 8 for `Math.random`, 16 for `crypto`. */
  readonly seed: string
  /** Whether the sandbox may serve other runs after this one, where it is a fresh one: what the run needed for itself is given back then. */
  readonly isKept?: boolean
}

/** What a load is started with. */
export interface LoadTerms {
  /** An expression that evaluates to a function; called with `define`. */
  readonly code: string
  /** Lazy globals that the script names, separated by spaces: made before it is evaluated, so that they are in the image. */
  readonly touches: string
  readonly limits: Limits
  readonly now: number
  readonly seed: string
}

/** What came of a load: the description of the default export as JSON, or why there is none. */
export type LoadEnd =
  | { readonly ok: true; readonly descriptor: string; readonly logs: RawLogs }
  | { readonly ok: false; readonly status: OutcomeStatus; readonly fault?: GuestFault; readonly at?: CutSite; readonly logs: RawLogs }

/** A host call that waits for an answer. */
export interface GuestCall {
  readonly id: number
  /** `binding.method`, as the guest wrote it: untrusted. */
  readonly name: string
  /** Wire text of the list of arguments. */
  readonly args: string
}

/** How a run ended, without what only the host knows. */
export interface RunEnd {
  readonly status: OutcomeStatus
  /** Wire text, when the status is `ok`. */
  readonly value?: string
  readonly fault?: GuestFault
  /** `RESULT_NOT_PLAIN`: where and what. */
  readonly notPlain?: { readonly path: string; readonly what: string }
  /** The run could never have ended: nothing was left that could wake it. */
  readonly stalled?: true
  /** Where it was cut, when it was and that can be told. */
  readonly at?: CutSite
  /** The first rejection that nobody awaited. */
  readonly unawaited?: GuestFault
  readonly usage: Usage
  readonly logs: RawLogs
}

/** A live sandbox. Every method returns when no guest code is running; `undefined` means that the run goes on, waiting for replies or timers. */
export interface Cell {
  /** Evaluates a script in a brand-new sandbox, without capabilities. */
  load(terms: LoadTerms): LoadEnd
  /** Builds ctx for a grant's shape (JSON) inside what was loaded, and freezes it. Throws `SANDBOX_FAULT` when what was loaded left no room or time for that. */
  freeze(shape: string): Image
  /** Starts a run in a sandbox that was loaded from an image. `sameScript` says that the cell served the same script last. */
  start(image: ImageRef | Image, terms: RunTerms, sameScript: boolean): RunEnd | undefined
  /** Starts a run in the sandbox as the last run left it (isolation `script`). */
  resume(terms: RunTerms): RunEnd | undefined
  /** The sandbox as the last run left it; see {@link CellTraits}. */
  snapshot(): Image
  /** Makes the sandbox what a snapshot says, for a `resume`. */
  adopt(image: Image): void
  /** Answers a host call: wire text, or a refusal (`code`, newline, sentence). Time moves to `now`. */
  settle(id: number, ok: boolean, text: string, now: number): RunEnd | undefined
  /** Fires the timers that are due. Time moves to `now`. */
  fireDue(now: number): RunEnd | undefined
  /** Tells the script that the host cancels, gives it one turn, and ends the run. */
  cancel(reason: string, now: number): RunEnd
  /** Ends the run because its wall clock ran out. */
  expire(): RunEnd
  /** Host calls that were made since the last call of this. */
  takeCalls(): readonly GuestCall[]
  /** Milliseconds that the run has computed so far. */
  readonly cpuMs: number
  /** What the run has logged so far. */
  readonly logged: RawLogs
  /** When the next timer is due, on the runner's monotonic clock. */
  readonly nextDue: number | undefined
  dispose(): void
}

/** Tells a supervisor what a runner computes, from the far end of any silence. */
export interface ActivityMarker {
  /** Guest code begins to run. */
  enter(): void
  /** The engine has looked at the run's limits while guest code runs, and the run goes on; `now` is on the runner's monotonic clock. */
  polled(now: number): void
  /** Guest code ended. */
  leave(): void
  /** The run logged an entry. */
  logged(entry: string): void
}

/** What whoever keeps cells must know of them. */
export interface CellTraits {
  /** Bytes that a cell occupies while it serves no run, beside what its last run has left. */
  readonly idleBytes: number
  /** A cell keeps something of the script that it served last, which another cell would have to make anew at some cost. */
  readonly areBound: boolean
  /** A state can leave its cell and be adopted by another; where it cannot, `snapshot` and `adopt` throw `INTERNAL`. */
  readonly moveState: boolean
}

/** Makes cells of one runtime. */
export interface Sandbox {
  readonly runtime: 'quickjs' | 'v8'
  readonly cells: CellTraits
  /** SHA-256 of the base image: the same hash means that images can be exchanged. */
  readonly baseHash: string
  /** A cell that can hold `memoryBytes` above the base. */
  createCell(memoryBytes: number): Cell
  /** Cells of the same class can serve the same limits. */
  sizeClass(memoryBytes: number): number
}
