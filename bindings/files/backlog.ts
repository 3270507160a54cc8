// How much content waits to be written, or is being written: for each owner, so that a script which asks faster than the disk writes does not fill the host.

/** See the head of the file. */
export class Backlog {
  readonly #most: number
  readonly #bytesOf = new Map<string, number>()

  /** At most `most` bytes for each owner; content that is larger must be alone. */
  constructor(most: number) {
    this.#most = most
  }

  /** Says whether there is room. Whoever got in leaves with the same number of bytes. */
  enter(owner: string, bytes: number): boolean {
    const held = this.#bytesOf.get(owner) ?? 0
    if (held > 0 && held + bytes > this.#most) return false
    if (bytes > 0) this.#bytesOf.set(owner, held + bytes)
    return true
  }

  leave(owner: string, bytes: number): void {
    const left = (this.#bytesOf.get(owner) ?? 0) - bytes
    if (left > 0) this.#bytesOf.set(owner, left)
    else this.#bytesOf.delete(owner)
  }
}
