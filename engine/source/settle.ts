// Gathers changes until none has come for a moment.

/** A long save storm must not put off the report for ever. */
const QUIET_MS = 50
const LONGEST_MS = 1_000

/** Takes changed paths; after `close` nothing is reported any more. */
export interface Settling {
  add(path: string): void
  close(): void
}

/** Reports all paths that were added since the last report, once none has come for 50 ms, and at the latest a second after the first. */
export function settle(report: (paths: ReadonlySet<string>) => void): Settling {
  let paths = new Set<string>()
  let quiet: NodeJS.Timeout | undefined
  let latest: NodeJS.Timeout | undefined
  const stop = (): void => {
    clearTimeout(quiet)
    clearTimeout(latest)
    latest = undefined
  }
  const flush = (): void => {
    stop()
    const gathered = paths
    paths = new Set()
    report(gathered)
  }
  return {
    add(path) {
      paths.add(path)
      clearTimeout(quiet)
      quiet = setTimeout(flush, QUIET_MS)
      latest ??= setTimeout(flush, LONGEST_MS)
    },
    close: stop,
  }
}
