// The TypeScript type of `ctx.secrets`, for the editors of people who write scripts.

/** An object type, as text. */
export const SECRETS_TYPES = `{
  /**
   * The value of a secret that policy lets this script read. Rejects with the code SECRET_DENIED where it may only be sent,
   * and with SECRET_UNAVAILABLE where the host has none.
   * To send a secret in a header it need not be read: write {{secret:NAME}} in the header's value.
   */
  get(name: string): Promise<string>
  /** Whether this script was granted a secret, to send or to read. */
  has(name: string): Promise<boolean>
}`
