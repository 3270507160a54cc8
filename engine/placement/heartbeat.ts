// Whether a far end that has work is still there: after a while of silence it is asked, and given time to answer. Time counts in looks: a host that is blocked
// looks at nothing, and what arrived meanwhile is heard before it looks again and again.

/** Looks in silence before it is asked: about a second. */
const LOOKS_TO_ASK = 50
/** Looks without an answer: three seconds more. */
const LOOKS_TO_MISS = 200

/** See the head of the file. */
export class Heartbeat {
  readonly #ask: () => void
  #looks = 0

  constructor(ask: () => void) {
    this.#ask = ask
  }

  /** Something was heard. */
  heard(): void {
    this.#looks = 0
  }

  /** One look, whose interval is the watchdog's. Whether the answer is overdue. */
  isMissed(): boolean {
    this.#looks++
    if (this.#looks === LOOKS_TO_ASK) this.#ask()
    return this.#looks > LOOKS_TO_MISS
  }
}
