// What a run used, whatever its status.

/** The cost of one run. */
export interface Usage {
  /** Milliseconds of computing inside the sandbox. */
  readonly cpuMs: number
  /** Milliseconds from acceptance to the end: computing, awaiting, host calls, timers, queueing. */
  readonly wallMs: number
  /** Peak bytes that script and run occupied above the base image. */
  readonly memoryBytes: number
  readonly hostCalls: number
  /** Bytes of log text kept. */
  readonly logBytes: number
  /** Bytes of the result on the wire. */
  readonly outputBytes: number
}

/** A run that never started. */
export const NO_USAGE: Usage = Object.freeze({ cpuMs: 0, wallMs: 0, memoryBytes: 0, hostCalls: 0, logBytes: 0, outputBytes: 0 })
