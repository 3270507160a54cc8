// What a child computes at this moment, written down in a small file that its host reads: it outlives the child, however that ends. No process wakes another.
// Each entry into guest code is written down, but for runs of one image that wait together, begin right after one another and have not been told of: for these,
// that one of them is computed. Whatever happens to one of them, the host has heard of none: it can run all of them again, one by one.
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { engineError } from '../errors/engine-error.ts'
import type { ActivitySight } from '../runner/activity.ts'
import type { ActivityView, RunnerActivity } from '../runner/channel.ts'

/** Where a child finds its record among its descriptors. */
export const RECORD_FD = 3

const LOG_BYTES = 128 * 1024
/** 64-bit words of the header: the request, whether it may be a sibling, a counter of entries, since when, last look at the limits, the bytes of log text. */
const ID = 0
const OR_SIBLING = 1
const ENTRY = 2
const SINCE = 3
const POLLED = 4
const LOG_LENGTH = 5
const HEADER_BYTES = 48
/** What follows an entry of the same request, or of a sibling, so soon is none of its own for those who look. */
const SAME_ENTRY_MS = 1
/** No request has this number. */
const NOBODY = -1
/** That the engine looks at the limits is written down this often at most. */
const POLL_EVERY_MS = 4
/** Where files are memory, and where they can be made. */
const PLACES = ['/dev/shm', tmpdir()]

/** From this process's monotonic clock to the machine's, which host and child have in common. */
const TO_MACHINE = Number(process.hrtime.bigint()) / 1e6 - performance.now()

/** Makes a file for a record that has no name any more; its descriptor is the caller's. Throws `RUNNER_START_FAILED` where none can be made: a child that nobody sees must not be. */
export function openRecord(): number {
  for (const place of PLACES) {
    const path = join(place, `vivarium-${process.pid}-${crypto.randomUUID()}`)
    try {
      const fd = openSync(path, 'wx+', 0o600)
      unlinkSync(path)
      return fd
    } catch {
      // The next place may do.
    }
  }
  throw engineError('RUNNER_START_FAILED', [
    'process',
    'what it computes is written to a small temporary file, and none can be made; set TMPDIR to a directory that can be written to',
  ])
}

/** The child's end. */
export class ActivityWriter implements RunnerActivity {
  readonly #fd: number
  readonly #words = new Float64Array(HEADER_BYTES / 8)
  readonly #header = new Uint8Array(this.#words.buffer)
  readonly #log = Buffer.alloc(LOG_BYTES)
  #id = 0
  /** What a run that begins has in common with its siblings; empty for other requests. */
  #kind = ''
  /** Whether a sibling of the run that begins is to begin right after it. */
  #isFollowed = false
  /** What the file says: which request, or a run of which kind. */
  #writtenId = 0
  #writtenKind = ''

  constructor(fd: number) {
    this.#fd = fd
  }

  subject(id: number, logged: readonly string[], kind = ''): void {
    this.#id = id
    this.#kind = kind
    this.#words[LOG_LENGTH] = 0
    let length = 0
    for (const entry of logged) length = this.#append(entry)
    if (length > 0) writeSync(this.#fd, this.#log, 0, length, HEADER_BYTES)
  }

  /** Says before a run begins whether a sibling of it is to begin next. Where none is, it is told of by itself: whoever comes later is not taken for it. */
  expectSibling(isNext: boolean): void {
    this.#isFollowed = isNext
  }

  enter(): void {
    const words = this.#words
    const now = performance.now() + TO_MACHINE
    words[ID] = this.#id
    if (this.#isWritten() && now - (words[SINCE] as number) < SAME_ENTRY_MS) return
    words[ENTRY] = (words[ENTRY] as number) + 1
    words[SINCE] = now
    words[POLLED] = now
    this.#write(this.#isFollowed ? this.#kind : '')
  }

  polled(now: number): void {
    const moment = now + TO_MACHINE
    if (moment - (this.#words[POLLED] as number) < POLL_EVERY_MS) return
    this.#words[POLLED] = moment
    this.#write('')
  }

  /** Not written down yet: as a rule the next entry follows at once. */
  leave(): void {
    this.#words[ID] = 0
  }

  logged(entry: string): void {
    const before = this.#words[LOG_LENGTH] as number
    const after = this.#append(entry)
    if (after === before) return
    writeSync(this.#fd, this.#log, before, after - before, HEADER_BYTES + before)
    this.#write('')
  }

  /** Results were sent: what is written down may name a run of which the host knows the end. */
  delivered(): void {
    if (this.#writtenKind === '') return
    this.#writtenKind = ''
    this.#writtenId = NOBODY
  }

  /** Nothing more will be computed for now. */
  rest(): void {
    if (this.#words[ID] === 0 && this.#writtenId === 0) return
    this.#write('')
  }

  /** Whether the file says already what is entered: this very request, or a run of its kind that has not been told of either. */
  #isWritten(): boolean {
    return this.#writtenKind === '' ? this.#writtenId === this.#id : this.#writtenKind === this.#kind
  }

  /** With a `kind`, what is written down stands for each run of it that begins soon. */
  #write(kind: string): void {
    this.#writtenId = this.#words[ID] as number
    this.#writtenKind = kind
    this.#words[OR_SIBLING] = kind === '' ? 0 : 1
    writeSync(this.#fd, this.#header, 0, HEADER_BYTES, 0)
  }

  /** Adds an entry to the log text; what does not fit is left out. Returns the text's length. */
  #append(entry: string): number {
    const length = this.#words[LOG_LENGTH] as number
    const bytes = Buffer.byteLength(entry) + 1
    if (length + bytes > LOG_BYTES) return length
    this.#log.utf8Write(entry, length)
    this.#log[length + bytes - 1] = 0
    this.#words[LOG_LENGTH] = length + bytes
    return length + bytes
  }
}

/** The host's end. */
export class ActivityReader implements ActivityView {
  readonly #fd: number
  readonly #words = new Float64Array(HEADER_BYTES / 8)
  readonly #header = new Uint8Array(this.#words.buffer)
  #isClosed = false

  /** Takes the descriptor over. */
  constructor(fd: number) {
    this.#fd = fd
  }

  see(): ActivitySight | undefined {
    const [id = 0, orSibling = 0, entry = 0, since = 0, polledAt = 0] = this.#read()
    if (!(id > 0)) return undefined
    const toEpoch = performance.timeOrigin - TO_MACHINE
    return { id, orSibling: orSibling === 1, entry, since: since + toEpoch, polledAt: polledAt + toEpoch }
  }

  readLog(): string[] {
    const length = Math.min(this.#read()[LOG_LENGTH] ?? 0, LOG_BYTES)
    if (!(length > 0)) return []
    const log = Buffer.alloc(length)
    const read = readSync(this.#fd, log, 0, length, HEADER_BYTES)
    return read === 0 ? [] : log.utf8Slice(0, read - 1).split('\0')
  }

  /** Gives the descriptor back. What was seen last is not kept. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    closeSync(this.#fd)
  }

  #read(): Float64Array {
    if (this.#isClosed || readSync(this.#fd, this.#header, 0, HEADER_BYTES, 0) < HEADER_BYTES) this.#words.fill(0)
    return this.#words
  }
}
