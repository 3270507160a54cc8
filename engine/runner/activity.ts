// What a runner computes at this moment, in memory that host and runner share: readable while the runner listens to nobody.
// The runner writes; the host only reads, and only to judge a runner that has gone silent.
import type { ActivityMarker } from '../sandbox/sandbox.ts'

const LOG_BYTES = 128 * 1024
const HEADER_BYTES = 32
/** 32-bit words of the header: the run, a counter of entries, the bytes of log text. */
const RUN = 0
const ENTRIES = 1
const LOG_LENGTH = 2
/** 64-bit words of the header: since when the guest runs, and when the engine last looked at the run's limits. */
const SINCE = 2
const POLLED = 3

/** From this thread's monotonic clock to ms since 1970. */
const ORIGIN = performance.timeOrigin

/** A request, as far as it is known which. */
export interface Named {
  readonly id: number
  /** It, or a sibling: another run of the same image, with as much CPU time, that had not begun when this was written down. Such runs begin too quickly, one after another, to be told of one by one. */
  readonly orSibling?: boolean
}

/** What the host sees: the request that is being computed. */
export interface ActivitySight extends Named {
  /** Since when guest code has run without a pause, ms since 1970. */
  readonly since: number
  /** When the engine last looked at the request's limits, ms since 1970: for as long as it does, nobody else has to. */
  readonly polledAt: number
  /** Counts entries into guest code: the same number means the same entry. */
  readonly entry: number
}

/** Shared between one runner and the host. */
export class Activity implements ActivityMarker {
  /** Hand this to the runner's side. */
  readonly buffer: SharedArrayBuffer
  readonly #words: Int32Array
  readonly #times: Float64Array
  readonly #log: Buffer
  #id = 0

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(HEADER_BYTES + LOG_BYTES)) {
    this.buffer = buffer
    this.#words = new Int32Array(buffer, 0, HEADER_BYTES / 4)
    this.#times = new Float64Array(buffer, 0, HEADER_BYTES / 8)
    this.#log = Buffer.from(buffer, HEADER_BYTES)
  }

  /** Runner: names the request that the next entries belong to, and what it has logged so far. */
  subject(id: number, logged: readonly string[]): void {
    this.#id = id
    this.#words[LOG_LENGTH] = 0
    for (const entry of logged) this.logged(entry)
  }

  /** Runner: guest code begins to run. */
  enter(): void {
    const now = ORIGIN + performance.now()
    this.#times[SINCE] = now
    this.#times[POLLED] = now
    this.#words[ENTRIES] = ((this.#words[ENTRIES] ?? 0) + 1) | 0
    Atomics.store(this.#words, RUN, this.#id)
  }

  /** Runner: the engine has looked at the limits, and the request goes on. */
  polled(now: number): void {
    this.#times[POLLED] = ORIGIN + now
  }

  /** Runner: guest code ended. */
  leave(): void {
    Atomics.store(this.#words, RUN, 0)
  }

  /** Runner: the request logged an entry. What does not fit is left out. */
  logged(entry: string): void {
    const length = this.#words[LOG_LENGTH] ?? 0
    const bytes = Buffer.byteLength(entry) + 1
    if (length + bytes > LOG_BYTES) return
    this.#log.utf8Write(entry, length)
    this.#log[length + bytes - 1] = 0
    Atomics.store(this.#words, LOG_LENGTH, length + bytes)
  }

  /** Host: what is being computed, if anything. */
  see(): ActivitySight | undefined {
    const id = Atomics.load(this.#words, RUN)
    if (id === 0) return undefined
    return { id, since: this.#times[SINCE] ?? 0, polledAt: this.#times[POLLED] ?? 0, entry: this.#words[ENTRIES] ?? 0 }
  }

  /** Host: what the request that is being computed has logged. Meaningful once the runner is gone. */
  readLog(): string[] {
    const length = Atomics.load(this.#words, LOG_LENGTH)
    return length === 0 ? [] : this.#log.utf8Slice(0, length - 1).split('\0')
  }
}
