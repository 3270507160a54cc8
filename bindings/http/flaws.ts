// What goes wrong on the way to a response, beside what the network itself throws.

/** Of a response, in words that a script may see: `message` follows "failed: ". */
export class ResponseFlaw extends Error {
  override readonly name = 'ResponseFlaw'
}

/** Of the way there. It may name addresses, so it is for the host's records only. `code` is one of the system's, where there is one that fits. */
export class NetworkFlaw extends Error {
  override readonly name = 'NetworkFlaw'
  readonly code: string | undefined

  constructor(message: string, code?: string) {
    super(message)
    this.code = code
  }
}
