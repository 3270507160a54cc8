// The log of `dev`: what scripts logged and what happened to them, the latest lines of it, and what of it is shown.
import type { LogLevel } from '../../engine/index.ts'

/** Whose line it is when it is not a script's. No script has this name: a script's id has no space. */
export const OF_DEV = 'vivarium dev'

/** The levels, the least severe first. */
export const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

/** One line of the log. */
export interface LogLine {
  /** Milliseconds since 1970. */
  readonly at: number
  /** A script's id, or {@link OF_DEV}. */
  readonly source: string
  readonly level: LogLevel
  /** Not safe to print. */
  readonly text: string
}

/** What is shown; whatever is undefined lets everything pass. */
export interface LogFilter {
  readonly script: string | undefined
  /** This and what is more severe. */
  readonly level: LogLevel | undefined
  /** What a line must contain, in whatever case. */
  readonly text: string | undefined
}

/** Shows everything. */
export const ALL: LogFilter = Object.freeze({ script: undefined, level: undefined, text: undefined })

const MOST_LINES = 5_000
const MOST_CHARS = 4_000

/** Keeps the latest lines, and of long ones the beginning. */
export class LogTail {
  #lines: LogLine[] = []

  add(line: LogLine): void {
    this.#lines.push({ ...line, text: shorten(line.text) })
    // Not one by one: a shift for each line would cost more than the line.
    if (this.#lines.length > MOST_LINES * 2) this.#lines = this.#lines.slice(-MOST_LINES)
  }

  clear(): void {
    this.#lines = []
  }

  /** How many lines pass a filter. */
  count(filter: LogFilter): number {
    return this.#lines.reduce((sum, line) => sum + (passes(line, filter) ? 1 : 0), 0)
  }

  /** The last lines that pass a filter, the oldest first; `skip` leaves out as many at the end. */
  last(count: number, filter: LogFilter, skip = 0): LogLine[] {
    const found: LogLine[] = []
    for (let index = this.#lines.length - 1; index >= 0 && found.length < count + skip; index--) {
      const line = this.#lines[index]
      if (line !== undefined && passes(line, filter)) found.push(line)
    }
    return found.slice(skip).toReversed()
  }
}

/** Whether a line is shown. */
export function passes(line: LogLine, { script, level, text }: LogFilter): boolean {
  if (level !== undefined && LEVELS.indexOf(line.level) < LEVELS.indexOf(level)) return false
  if (script !== undefined && line.source !== script) return false
  return text === undefined || text === '' || `${line.source} ${line.text}`.toLowerCase().includes(text.toLowerCase())
}

/** A copy: a part of a text would keep all of it in memory. */
function shorten(text: string): string {
  if (text.length <= MOST_CHARS) return text
  return `${Buffer.from(text.slice(0, MOST_CHARS)).toString()}… (${text.length - MOST_CHARS} more characters)`
}
