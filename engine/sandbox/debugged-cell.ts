// The seam of debugging: one run of one script, in a sandbox that tells and is told by an inspector.
import type { RunStart } from './cell-run.ts'
import type { Image, ImageRef } from './image.ts'
import type { GuestCall, RunEnd } from './sandbox.ts'

/** What is run. */
export interface DebugTerms extends Omit<RunStart, 'isLoading'> {
  readonly event: string
  /** Wire text. */
  readonly payload: string
}

/** Who is told. */
export interface DebugListener {
  onCall(call: GuestCall): void
  /** Once. */
  onEnd(end: RunEnd): void
  /** Text of the inspector's protocol: an answer or a notification. */
  onInspector(text: string): void
}

/** A run under a debugger. */
export interface DebuggedCell {
  /** A message of the debugger: JSON. */
  inspect(text: string): void
  /** Loads the script, and runs the handler. Never rejects. */
  start(): Promise<void>
  /** The answer to a host call. */
  settle(id: number, ok: boolean, text: string, now: number): void
  /** Ends the run as cancelled. */
  cancel(): void
}

/** Cells for debugging. */
export interface DebugSandbox {
  readonly runtime: string
  /** As of the runtime's own sandbox: images are the same. */
  readonly baseHash: string
  open(image: ImageRef | Image, terms: DebugTerms, listener: DebugListener): DebuggedCell
}
