// What the person at the command line did wrong, as an error: no stack is ever shown for it.
import type { ErrorPlace } from '../engine/index.ts'

/** Details that a usage error may carry. */
export interface UsageDetails {
  readonly place?: ErrorPlace | undefined
  /** What to do about it. */
  readonly hint?: string | undefined
}

/** A mistake in the command line or in the data that it names. Ends the program with exit code 2. */
export class UsageError extends Error {
  readonly place: ErrorPlace | undefined
  readonly hint: string | undefined

  constructor(message: string, { place, hint }: UsageDetails = {}) {
    super(message)
    this.name = 'UsageError'
    this.place = place
    this.hint = hint
  }
}
