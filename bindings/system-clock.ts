// The clocks in force where a host hands none in.

/** Milliseconds since 1970. */
export type Clock = () => number

/** The system's time of day. */
export const systemClock: Clock = Date.now

/** The system's steady time in milliseconds, for measuring: it starts anywhere and never jumps. */
export const steadyClock: Clock = () => performance.now()
