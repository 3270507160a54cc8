// What a run logged, kept up to its limit.
import type { LogEntry, LogLevel } from '../model/outcome.ts'
import { wireCodec } from './guest/guest-source.ts'

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

/** Collects entries; over the limit they are dropped, and one entry says so. */
export class RunLog {
  readonly #limitBytes: number
  readonly #entries: LogEntry[] = []
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

  /** Keeps one entry as the guest wrote it; undefined stands for one that was too long to read. */
  add(entry: string | undefined): void {
    const bytes = entry === undefined ? Number.POSITIVE_INFINITY : Buffer.byteLength(entry)
    if (entry === undefined || this.#dropped > 0 || bytes > this.room) {
      this.#dropped++
      return
    }
    this.#bytes += bytes
    this.#entries.push(readEntry(entry))
  }

  /** Everything kept, and what became of the rest. */
  entries(): readonly LogEntry[] {
    if (this.#dropped === 0) return this.#entries
    const message = `${this.#dropped} further log ${this.#dropped === 1 ? 'entry was' : 'entries were'} dropped (limit "log": ${this.#limitBytes} bytes)`
    return [...this.#entries, { level: 'warn', message, truncated: true }]
  }
}

/** `level`, message as JSON, then perhaps a newline and wire text. */
function readEntry(entry: string): LogEntry {
  const cut = entry.indexOf('\n')
  const level = LEVELS[Number(entry[0])] ?? 'info'
  const message = String(JSON.parse(cut === -1 ? entry.slice(1) : entry.slice(1, cut)))
  return cut === -1 ? { level, message } : { level, message, data: wireCodec.decode(entry.slice(cut + 1)) }
}
