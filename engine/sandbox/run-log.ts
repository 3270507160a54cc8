// What a run logged, kept up to its limit as the guest wrote it, and read where it is shown.
import type { LogEntry, LogLevel } from '../model/outcome.ts'
import { wireCodec } from './guest/guest-source.ts'

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']
/** Marks the entry that stands for all that were dropped. */
const TRUNCATED = '!'

/** Collects entries; over the limit they are dropped, and one entry says so. */
export class RunLog {
  readonly #limitBytes: number
  readonly #kept: string[] = []
  #bytes = 0
  #dropped = 0

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
  }

  /** Bytes kept. */
  get bytes(): number {
    return this.#bytes
  }

  /** Bytes that still fit. */
  get room(): number {
    return this.#limitBytes - this.#bytes
  }

  /** Keeps one entry; undefined stands for one that was too long to read. Whether it was kept. */
  add(entry: string | undefined): entry is string {
    const bytes = entry === undefined ? Number.POSITIVE_INFINITY : Buffer.byteLength(entry)
    if (entry === undefined || this.#dropped > 0 || bytes > this.room) {
      this.#dropped++
      return false
    }
    this.#bytes += bytes
    this.#kept.push(entry)
    return true
  }

  /** Everything kept, and what became of the rest. */
  entries(): readonly string[] {
    if (this.#dropped === 0) return this.#kept
    const message = `${this.#dropped} further log ${this.#dropped === 1 ? 'entry was' : 'entries were'} dropped (limit "log": ${this.#limitBytes} bytes)`
    return [...this.#kept, `${TRUNCATED}${JSON.stringify(message)}`]
  }
}

/** Makes log entries of raw ones, never throwing: level, message as JSON, then perhaps a newline and wire text. */
export function readLogs(raw: readonly string[]): readonly LogEntry[] {
  return raw.map((entry) => {
    try {
      return readEntry(entry)
    } catch {
      return { level: 'warn', message: 'A log entry that cannot be read.' } // no bootstrap wrote this
    }
  })
}

function readEntry(entry: string): LogEntry {
  const cut = entry.indexOf('\n')
  const message = String(JSON.parse(cut === -1 ? entry.slice(1) : entry.slice(1, cut)))
  if (entry[0] === TRUNCATED) return { level: 'warn', message, truncated: true }
  const level = LEVELS[Number(entry[0])] ?? 'info'
  return cut === -1 ? { level, message } : { level, message, data: wireCodec.decode(entry.slice(cut + 1)) }
}
