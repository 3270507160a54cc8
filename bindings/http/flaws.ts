// What goes wrong on the way to a response, beside what the network itself throws.

/** Of a response, in words that a script may see: `message` follows "failed: ". */
export class ResponseFlaw extends Error {
  override readonly name = 'ResponseFlaw'
}

/** Of the way there. It may name addresses, so it is for the host's records only. */
export class NetworkFlaw extends Error {
  override readonly name = 'NetworkFlaw'
}
