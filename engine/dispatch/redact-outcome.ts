// Takes out of an outcome what nobody may see in logs and errors. The value of a run is what the host asked for, and stays as it is.
import type { LogEntry, Outcome, ScriptFault } from '../model/outcome.ts'
import { type Redact, redactValue } from '../model/redact.ts'

/** The outcome with its logs and its error redacted; the same one where nothing changes. */
export function redactOutcome(outcome: Outcome, redact: Redact): Outcome {
  const logs = redactLogs(outcome.logs, redact)
  if (outcome.status === 'ok') return logs === outcome.logs ? outcome : { ...outcome, logs }
  const error = redactFault(outcome.error, redact)
  return logs === outcome.logs && error === outcome.error ? outcome : { ...outcome, logs, error }
}

function redactLogs(logs: readonly LogEntry[], redact: Redact): readonly LogEntry[] {
  const shown = logs.map((entry) => redactFields(entry, redact))
  return shown.every((entry, index) => entry === logs[index]) ? logs : shown
}

function redactFault(fault: ScriptFault, redact: Redact): ScriptFault {
  return redactFields(fault, redact)
}

/** The fields of an entry or fault are ours; what they hold is the script's. */
function redactFields<T extends object>(table: T, redact: Redact): T {
  const entries = Object.entries(table) as [string, unknown][]
  const shown = entries.map(([name, value]) => [name, OURS.has(name) ? value : redactValue(value, redact)] as const)
  return shown.every(([, value], index) => Object.is(value, entries[index]?.[1])) ? table : (Object.fromEntries(shown) as T)
}

/** Fields whose value no script chooses. */
const OURS = new Set(['level', 'location', 'truncated'])
