// Calls host functions as a script would: through a gate, with a grant, as some script of some tenant.

import type { Gate } from '../../bindings/gate.ts'
import { firstCause } from '../../engine/model/event.ts'
import type { Grant } from '../../engine/model/grant.ts'
import type { HostReply, RunBudget } from '../../engine/model/host-call.ts'
import { DEFAULT_LIMITS } from '../../engine/model/limits.ts'

/** What calls have of their run's wall clock where nothing else is said: only what hangs takes as long. */
const PATIENCE_MS = 60_000

/** Who calls; what is left out has a default that is granted nothing. */
export interface Caller {
  readonly script?: string
  readonly tenant?: string | undefined
  readonly grant?: Grant
  readonly signal?: AbortSignal
  readonly runId?: string
  readonly budget?: Partial<RunBudget>
}

/** Makes the function that calls `binding.method` and gives the reply as it is. */
export function callThrough(
  gate: Gate,
  { script = 'greet', tenant, grant = {}, signal = new AbortController().signal, runId = 'run-1', budget = {} }: Caller = {},
) {
  const limits = DEFAULT_LIMITS
  const unspent = { limits, cpuMs: 0, wallMs: 0, hostCalls: 1 }
  return (name: string, ...args: unknown[]): Promise<HostReply> => {
    const [binding = '', method = ''] = name.split('.')
    return gate.handle({
      script,
      tenant,
      runId,
      event: 'order.created',
      cause: firstCause('order.created'),
      grant,
      binding,
      method,
      args,
      signal,
      budget: { ...unspent, wallDeadline: performance.now() + PATIENCE_MS, ...budget },
    })
  }
}

/** The value of a reply that must be good. */
export function answerOf(reply: HostReply): unknown {
  if (!reply.ok) throw new Error(`${reply.error.code}: ${reply.error.message}`)
  return reply.value
}

/** The message of a reply that must be bad. */
export function messageOf(reply: HostReply): string {
  if (reply.ok) throw new Error('the call should have been refused')
  return reply.error.message
}

/** The code of a reply that must be bad. */
export function codeOf(reply: HostReply): string {
  if (reply.ok) throw new Error('the call should have been refused')
  return reply.error.code
}
