// The one door through which every host call passes: known → granted → valid arguments → run → valid and plain reply → metered, audited.
// Nothing else calls a handler, and no binding checks permissions itself.
import { describe, type ErrorCode, type ErrorFacts } from '../engine/errors/codes.ts'
import { engineError } from '../engine/errors/engine-error.ts'
import type { BindingGrant } from '../engine/model/grant.ts'
import type { BindingSurface, HostCall, HostCallError, HostCallHandler, HostReply } from '../engine/model/host-call.ts'
import type { Binding, BindingMethod } from './binding.ts'
import { isHostFunctionError } from './host-function-error.ts'
import { findArgumentFlaw, findReplyFlaw } from './plain-data.ts'
import { clip, isThenable, type Verdict, validate } from './schema.ts'
import { type Clock, steadyClock, systemClock } from './system-clock.ts'
import { formatArgumentPath, formatPath } from './value-path.ts'

const NAME_CHARACTERS = 64
const MESSAGE_CHARACTERS = 2_000

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

/** What a gate is made from. */
export interface GateOptions {
  readonly bindings: readonly Binding[]
  /** Told of every call, refused ones included. May throw or reject without harm. */
  readonly audit?: ((record: AuditRecord) => unknown) | undefined
  /** Told of every call with its reply, `ms` after it arrived. May throw or reject without harm. */
  readonly onCall?: ((call: HostCall, reply: HostReply, ms: number) => unknown) | undefined
  /** Milliseconds since 1970; the system's where nothing is given. */
  readonly clock?: Clock | undefined
}

/** The door, and what it leads to. */
export interface Gate {
  /** Answers one call. Never rejects. */
  readonly handle: HostCallHandler
  /** What policy can grant. */
  readonly surfaces: readonly BindingSurface[]
  /** Closes every binding, each in spite of the others; rejects with the first error. To be called once no call is under way. */
  close(): Promise<void>
}

interface Door {
  readonly binding: Binding
  /** What a grant of `true` comes to. */
  readonly grantOfAll: BindingGrant
}

/** A call that may proceed. */
interface Admitted {
  readonly name: string
  readonly method: BindingMethod
  readonly grant: BindingGrant
}

interface Refused {
  readonly ok: false
  readonly error: HostCallError
  readonly cause?: unknown
}

type Step<T> = { readonly ok: true; readonly value: T } | Refused

/** Makes the gate of an engine. Throws `BINDING_DUPLICATE`. The caller closes it. */
export function createGate(options: GateOptions): Gate {
  const doors = openDoors(options.bindings)
  const { clock = systemClock } = options
  const report = createReporter(options)
  return {
    surfaces: Object.freeze(options.bindings.map((binding) => binding.surface)),
    close: () => closeAll(options.bindings),
    async handle(call) {
      const arrival = { at: clock(), tick: steadyClock() }
      const admitted = admit(doors, call)
      const answer: Step<unknown> = admitted.ok ? await serve(admitted.value, call) : admitted
      const reply: HostReply = answer.ok ? answer : { ok: false, error: answer.error }
      report?.({ call, reply, arrival, cost: admitted.ok ? admitted.value.method.cost : 0, cause: answer.ok ? undefined : answer.cause })
      return reply
    },
  }
}

function openDoors(bindings: readonly Binding[]): ReadonlyMap<string, Door> {
  const doors = new Map<string, Door>()
  for (const binding of bindings) {
    const { name } = binding.surface
    if (doors.has(name)) throw engineError('BINDING_DUPLICATE', [name])
    const all = binding.surface.readAllow(true)
    doors.set(name, { binding, grantOfAll: all.ok ? all.value : true })
  }
  return doors
}

/** Known, then granted. The names are the script's: they are looked up in maps and own properties only. */
function admit(doors: ReadonlyMap<string, Door>, call: HostCall): Step<Admitted> {
  const name = `${shownName(call.binding)}.${shownName(call.method)}`
  const door = doors.get(call.binding)
  const method = door?.binding.methods.get(call.method)
  if (door === undefined || method === undefined) return refuse('HOST_FUNCTION_UNKNOWN', [name])
  const grant = Object.hasOwn(call.grant, call.binding) ? call.grant[call.binding] : undefined
  if (grant === undefined || grant === false || grant === null) return refuse('HOST_CALL_DENIED', [name, call.script])
  return { ok: true, value: { name, method, grant: grant === true ? door.grantOfAll : grant } }
}

/** A name as a script wrote it, which need not even be text. */
function shownName(name: unknown): string {
  return typeof name === 'string' ? clip(name, NAME_CHARACTERS) : `(${typeof name})`
}

async function serve({ name, method, grant }: Admitted, call: HostCall): Promise<Step<unknown>> {
  try {
    const checking = readArguments(name, method, call.args)
    const args = isThenable(checking) ? await checking : checking
    if (!args.ok) return args
    const { script, tenant, runId, event, signal } = call
    const running = method.handler({ script, tenant, runId, event, grant, signal }, ...args.value)
    const validating = validate(method.output, isThenable(running) ? await running : running)
    return readReply(name, isThenable(validating) ? await validating : validating)
  } catch (thrown) {
    return readFailure(name, thrown)
  }
}

function readArguments(
  name: string,
  method: BindingMethod,
  args: readonly unknown[],
): Step<readonly unknown[]> | Promise<Step<readonly unknown[]>> {
  const flaw = findArgumentFlaw(args)
  if (flaw !== undefined) return refuse('ARGUMENT_INVALID', [name, formatArgumentPath(flaw.path), flaw.what])
  const verdict = validate(method.input, args)
  return isThenable(verdict) ? verdict.then((settled) => judgeArguments(name, settled)) : judgeArguments(name, verdict)
}

function judgeArguments(name: string, verdict: Verdict): Step<readonly unknown[]> {
  if (verdict.ok) {
    if (Array.isArray(verdict.value)) return { ok: true, value: verdict.value }
    return refuse(
      'HOST_FAILURE',
      [name],
      engineError('BINDING_INVALID', [name, 'has an input schema that does not make an array of arguments']),
    )
  }
  if (verdict.issue !== undefined) return refuse('ARGUMENT_INVALID', [name, formatArgumentPath(verdict.issue.path), verdict.issue.message])
  // A schema that refers to itself overflows the stack on an argument that does, too: the argument is at fault.
  if (verdict.thrown instanceof RangeError)
    return refuse('ARGUMENT_INVALID', [name, 'the list of arguments', 'it cannot be checked'], verdict.thrown)
  return refuse('HOST_FAILURE', [name], verdict.thrown)
}

function readReply(name: string, verdict: Verdict): Step<unknown> {
  if (!verdict.ok) {
    if (verdict.issue === undefined) return refuse('HOST_FAILURE', [name], verdict.thrown)
    return refuseReply(name, `${formatPath('reply', verdict.issue.path)}: ${verdict.issue.message}`)
  }
  const flaw = findReplyFlaw(verdict.value)
  return flaw === undefined ? verdict : refuseReply(name, `${formatPath('reply', flaw.path)} is ${flaw.what}`)
}

function refuseReply(name: string, hint: string): Refused {
  return refuse('HOST_REPLY_INVALID', [name], engineError('HOST_REPLY_INVALID', [name], { hint }))
}

/** What a handler threw: the script sees it only where the handler says so. */
function readFailure(name: string, thrown: unknown): Refused {
  try {
    if (isHostFunctionError(thrown)) {
      const { code, message } = thrown
      return { ok: false, error: { code: clip(String(code), NAME_CHARACTERS), message: clip(String(message), MESSAGE_CHARACTERS) } }
    }
  } catch (worse) {
    return refuse('HOST_FAILURE', [name], worse)
  }
  return refuse('HOST_FAILURE', [name], thrown)
}

function refuse<C extends ErrorCode>(code: C, facts: ErrorFacts<C>, cause?: unknown): Refused {
  return { ok: false, error: { code, message: describe(code, ...facts) }, cause }
}

interface Answered {
  readonly call: HostCall
  readonly reply: HostReply
  /** `at` for records, `tick` of the steady clock for measuring. */
  readonly arrival: { readonly at: number; readonly tick: number }
  readonly cost: number
  readonly cause: unknown
}

/** Meters and audits a call; undefined where nobody listens. */
function createReporter({ audit, onCall }: GateOptions): ((answered: Answered) => void) | undefined {
  if (audit === undefined && onCall === undefined) return undefined
  return (answered) => {
    const ms = steadyClock() - answered.arrival.tick
    if (audit !== undefined) tell(() => audit(auditRecord(answered, ms)))
    if (onCall !== undefined) tell(() => onCall(answered.call, answered.reply, ms))
  }
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
    binding: shownName(call.binding),
    method: shownName(call.method),
    cost,
    ms,
    ok: reply.ok,
    ...(reply.ok ? undefined : { code: reply.error.code }),
    ...(cause === undefined ? undefined : { error: cause }),
  }
}

async function closeAll(bindings: readonly Binding[]): Promise<void> {
  const settled = await Promise.allSettled(bindings.map(async (binding) => binding.close?.()))
  const failed = settled.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}
