// The binding `log`: `ctx.log` is there for every script and writes into the outcome. This passes the entries on to the host's own logger.
import type { LogEntry, LogLevel, Outcome } from '../engine/model/outcome.ts'
import type { Binding } from './binding.ts'
import { makeBinding } from './define-binding.ts'

/** The host's logger; one of pino fits. It escapes control characters in what it is given, as loggers of JSON do. */
export type Logger = { readonly [level in LogLevel]: (fields: object, message: string) => void }

/** What `log` is made from. */
export interface LogOptions {
  /** Where entries go; nowhere but into outcomes where nothing is given. */
  readonly logger?: Logger | undefined
}

/**
 * The binding `log`. Entries reach the logger when their run ends, in order, with `script`, `event` and `runId`; what the script attached is under `data`.
 * A script without the grant writes no entries.
 */
export function log({ logger }: LogOptions = {}): Binding {
  return makeBinding({
    name: 'log',
    description: 'Entries of ctx.log, kept in the outcome and passed to the host’s logger.',
    methods: new Map(),
    observer: logger && { run: (outcome) => forward(logger, outcome) },
  })
}

function forward(logger: Logger, { script, event, runId, logs }: Outcome): void {
  for (const entry of logs) write(logger, entry, { script, event, runId })
}

function write(logger: Logger, { level, message, data, truncated }: LogEntry, run: object): void {
  const fields = { ...run, ...(data === undefined ? undefined : { data }), ...(truncated && { truncated }) }
  try {
    logger[level](fields, message)
  } catch {
    // A logger that fails must not take the run's outcome with it, and there is nobody else to tell.
    return
  }
}
