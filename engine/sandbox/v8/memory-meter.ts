// What a run occupies, as far as an isolate's statistics say: they cost time, so they are asked for only when there can be something to see.
import type { MemoryUse } from './isolate.ts'

/** Entries that were shorter cannot have filled much: memory is looked at once in so many. */
const SHORT_MS = 0.2
const LOOK_EVERY = 16
/** Beyond this, a run is more than its limit: statistics are not exact to the byte. */
const SLACK_BYTES = 64 * 1024
/** What the engine leaves of dead buffers before it collects them, and a little more. */
const MOST_BUFFER_GARBAGE_BYTES = 8 * 1024 * 1024

/** How a look at the memory came out: where much of it may be garbage, it is collected and looked at again. */
export type MemoryVerdict = 'fine' | 'exceeded' | 'doubtful'

/** See the head of the file. */
export class MemoryMeter {
  /** Of a brand-new context. */
  #baselineBytes = 0
  /** What a context without a script occupies. */
  #emptyBytes = 0
  #usedBytes = 0
  #mustLook = false
  #entries = 0

  /** The run's bytes, when it was looked last. */
  get usedBytes(): number {
    return this.#usedBytes
  }

  /** Another isolate. */
  bind(): void {
    this.#emptyBytes = 0
  }

  /** A brand-new context. */
  open({ usedBytes }: MemoryUse): void {
    this.#baselineBytes = usedBytes
    if (this.#emptyBytes === 0) this.#emptyBytes = usedBytes
    this.#usedBytes = 0
  }

  /** An entry took so long. */
  entered(ms: number): void {
    this.#mustLook ||= ms > SHORT_MS || ++this.#entries % LOOK_EVERY === 0
  }

  /** The isolate is gone, because its memory was full. */
  full(limitBytes: number): void {
    this.#usedBytes = limitBytes
  }

  /** Whether there can be something to see; then it is said once. */
  isDue(): boolean {
    const mustLook = this.#mustLook
    this.#mustLook = false
    return mustLook
  }

  /** Looks. */
  look({ usedBytes, bufferBytes }: MemoryUse, limitBytes: number): MemoryVerdict {
    this.#usedBytes = Math.max(0, usedBytes - this.#baselineBytes)
    if (this.#usedBytes <= limitBytes + SLACK_BYTES) return 'fine'
    // The engine lets no garbage of buffers grow so large: these were all in use at once, though a refusal may have been caught.
    return bufferBytes > Math.max(limitBytes, MOST_BUFFER_GARBAGE_BYTES) ? 'exceeded' : 'doubtful'
  }

  /** Looks again, once garbage was collected: what the context itself occupied may have gone with it. */
  lookAgain({ usedBytes }: MemoryUse, limitBytes: number): MemoryVerdict {
    this.#usedBytes = Math.max(0, usedBytes - this.#emptyBytes)
    return this.#usedBytes > limitBytes + SLACK_BYTES ? 'exceeded' : 'fine'
  }
}
