// One line that says how far it is: rewritten in place on a terminal, absent everywhere else.
import { clearLine, cursorTo } from 'node:readline'
import type { WriteStream } from 'node:tty'

const EVERY_MS = 50
/** Some terminals do not know how wide they are. */
const DEFAULT_COLUMNS = 80

/** A line of progress. */
export interface Progress {
  /** Replaces the line; most calls are skipped when they come fast. */
  show(line: string): void
  /** Takes the line away. */
  close(): void
}

/** A line of progress on a stream that may be a terminal; `isSilent` makes one that shows nothing. */
export function openProgress(stream: NodeJS.WriteStream, isSilent = false): Progress {
  return stream.isTTY && !isSilent ? progressOn(stream) : { show: () => undefined, close: () => undefined }
}

function progressOn(terminal: WriteStream): Progress {
  let last = 0
  const clear = (): void => {
    cursorTo(terminal, 0)
    clearLine(terminal, 0)
  }
  return {
    show: (line) => {
      const now = performance.now()
      if (now - last < EVERY_MS) return
      last = now
      clear()
      terminal.write(line.slice(0, (terminal.columns || DEFAULT_COLUMNS) - 1))
    },
    close: clear,
  }
}
