// Who is told of host calls: the audit, and whoever measures. Told, never asked: no listener can change an answer.
import type { HostCall, HostReply } from '../engine/model/host-call.ts'
import type { Redact } from '../engine/model/redact.ts'
import { redactCall, redactReply, redactThrown } from './redaction.ts'
import { isThenable } from './schema.ts'
import { steadyClock } from './system-clock.ts'
import { showName } from './value-path.ts'

/** One host call as it went: for the host's eyes. */
export interface AuditRecord {
  /** When it arrived, in milliseconds since 1970. */
  readonly at: number
  readonly script: string
  readonly tenant: string | undefined
  readonly runId: string
  readonly event: string
  /** As the script wrote it, cut to a bounded length: it may be forged. */
  readonly binding: string
  /** As the script wrote it, cut to a bounded length: it may be forged. */
  readonly method: string
  /** What the call is metered at: the method's cost once it was granted, 0 for one refused before. */
  readonly cost: number
  /** Milliseconds from arrival to answer. */
  readonly ms: number
  readonly ok: boolean
  /** What the script was told, when not `ok`. */
  readonly code?: string
  /** What went wrong on the host, when something did: the handler's own error, or where its reply does not fit. The script never sees it. */
  readonly error?: unknown
}

/** Who listens. */
export interface CallListeners {
  /** Told of every call, refused ones included. May throw or reject without harm. */
  readonly audit?: ((record: AuditRecord) => unknown) | undefined
  /** Told of every call with its reply, `ms` after it arrived. May throw or reject without harm. */
  readonly onCall?: ((call: HostCall, reply: HostReply, ms: number) => unknown) | undefined
}

/** A call with its answer. */
export interface Answered {
  readonly call: HostCall
  readonly reply: HostReply
  /** `at` for records, `tick` of the steady clock for measuring. */
  readonly arrival: { readonly at: number; readonly tick: number }
  readonly cost: number
  readonly cause: unknown
}

/** Meters and audits a call, without what nobody may see; undefined where nobody listens. */
export function createReporter({ audit, onCall }: CallListeners, redact?: Redact): ((answered: Answered) => void) | undefined {
  if (audit === undefined && onCall === undefined) return undefined
  return (seen) => {
    const answered = redact === undefined ? seen : redactAnswered(seen, redact)
    const ms = steadyClock() - answered.arrival.tick
    if (audit !== undefined) tell(() => audit(auditRecord(answered, ms)))
    if (onCall !== undefined) tell(() => onCall(answered.call, answered.reply, ms))
  }
}

function redactAnswered({ call, reply, cause, ...rest }: Answered, redact: Redact): Answered {
  return { ...rest, call: redactCall(call, redact), reply: redactReply(reply, redact), cause: redactThrown(cause, redact) }
}

/** A listener's failure is its own: it must change no answer. */
function tell(listener: () => unknown): void {
  try {
    const pending = listener()
    if (isThenable(pending)) pending.then(undefined, ignore)
  } catch (thrown) {
    ignore(thrown)
  }
}

function ignore(_failure: unknown): void {}

function auditRecord({ call, reply, arrival, cost, cause }: Answered, ms: number): AuditRecord {
  const { script, tenant, runId, event } = call
  return {
    at: arrival.at,
    script,
    tenant,
    runId,
    event,
    binding: showName(call.binding),
    method: showName(call.method),
    cost,
    ms,
    ok: reply.ok,
    ...(reply.ok ? undefined : { code: reply.error.code }),
    ...(cause === undefined ? undefined : { error: cause }),
  }
}
