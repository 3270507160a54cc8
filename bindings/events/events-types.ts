// The TypeScript type of `ctx.events`, for the editors of people who write scripts.

/** An object type, as text. `EventName` and `EmittedOf` are declared beside it, for the events of the host. */
export const EVENTS_TYPES = `{
  /**
   * Emits a further event, as the host emits its own: every script that handles it runs, for the same tenant, and its payload must fit the host's schema.
   * Answers with how many scripts handle it, without waiting for them; what comes of them is told to the host, not to this script.
   * An event cannot set itself off, directly or through others: rejects with the code EVENT_LOOP.
   * Further codes: EVENT_NOT_GRANTED, EVENT_UNKNOWN, EVENT_TOO_DEEP, EVENT_QUOTA_EXCEEDED, EVENT_STORM, PAYLOAD_INVALID.
   */
  emit<Name extends EventName>(
    name: Name,
    ...payload: undefined extends EmittedOf<Name> ? [payload?: EmittedOf<Name>] : [payload: EmittedOf<Name>]
  ): Promise<number>
}`
