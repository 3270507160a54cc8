// How many places of the runners that scripts share each of them holds. A script never holds more than are free: those whose runs wait for long leave room for
// the others, half of what there is to the next one, however many runs they have.

/** See the head of the file. */
export class Shares {
  readonly #held = new Map<string, number>()

  /** Whether a script may hold one more place, when so many are free. */
  mayTake(script: string, free: number): boolean {
    return (this.#held.get(script) ?? 0) < Math.max(1, free)
  }

  /** A run of the script has a place. */
  take(script: string): void {
    this.#held.set(script, (this.#held.get(script) ?? 0) + 1)
  }

  /** It has it no more. */
  giveBack(script: string): void {
    const held = (this.#held.get(script) ?? 0) - 1
    if (held > 0) this.#held.set(script, held)
    else this.#held.delete(script)
  }
}
