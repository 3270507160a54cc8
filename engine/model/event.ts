// What the host tells scripts.

/** How an event's answers are used: all of them (`event`), as a chain that transforms (`filter`), or until the first answer (`decision`). */
export type EventKind = 'event' | 'filter' | 'decision'

/** A run's own name: unique within the process, safe to log. */
export type RunId = string
