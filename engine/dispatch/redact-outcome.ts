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
  return logs.length === 0 ? logs : (redactValue(logs, redact) as readonly LogEntry[])
}

function redactFault(fault: ScriptFault, redact: Redact): ScriptFault {
  return redactValue(fault, redact) as ScriptFault
}
