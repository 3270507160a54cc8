// The one door through which every host call passes: known → granted → valid arguments → run → valid and plain reply → metered, audited.
// Nothing else calls a handler, and no binding checks permissions itself.
import { describe, type ErrorCode, type ErrorFacts } from '../engine/errors/codes.ts'
import { engineError } from '../engine/errors/engine-error.ts'
import type { BindingHost } from '../engine/model/binding-host.ts'
import type { BindingGrant } from '../engine/model/grant.ts'
import type { BindingSurface, HostCall, HostCallError, HostCallHandler, HostReply } from '../engine/model/host-call.ts'
import type { Redact } from '../engine/model/redact.ts'
import type { Binding, BindingMethod } from './binding.ts'
import { type CallListeners, createReporter } from './call-report.ts'
import { isHostFunctionError } from './host-function-error.ts'
import { findArgumentFlaw, findReplyFlaw } from './plain-data.ts'
import { combineRedactors, redactError } from './redaction.ts'
import { clip, isThenable, type Verdict, validate } from './schema.ts'
import { type Clock, steadyClock, systemClock } from './system-clock.ts'
import { formatArgumentPath, formatPath, showName } from './value-path.ts'

const CODE_CHARACTERS = 64
const MESSAGE_CHARACTERS = 2_000

/** What a gate is made from. */
export interface GateOptions extends CallListeners {
  readonly bindings: readonly Binding[]
  /** Milliseconds since 1970; the system's where nothing is given. */
  readonly clock?: Clock | undefined
}

/** The door, and what it leads to. */
export interface Gate {
  /** Answers one call. Never rejects. */
  readonly handle: HostCallHandler
  /** Takes out of a text what nobody may see in logs and errors; undefined where no binding asks for that. Never throws. */
  readonly redact: Redact | undefined
  /** What policy can grant. */
  readonly surfaces: readonly BindingSurface[]
  /** Makes the engine known to every binding, in turn: once, before the first call. Rejects with what a binding throws. */
  attach(host: BindingHost): Promise<void>
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

/** Whoever uses a gate without an engine has no events, and the system's time. */
const UNATTACHED: BindingHost = Object.freeze({
  emit: () => Promise.reject(engineError('INTERNAL', ['a binding called upon its engine before it was attached'])),
  clock: systemClock,
  scripts: () => [],
})

/** Makes the gate of an engine. Throws `BINDING_DUPLICATE`. The caller closes it. */
export function createGate(options: GateOptions): Gate {
  const doors = openDoors(options.bindings)
  const { clock = systemClock } = options
  const redact = combineRedactors(options.bindings)
  const report = createReporter(options, redact)
  let host = UNATTACHED
  return {
    redact,
    surfaces: Object.freeze(options.bindings.map((binding) => binding.surface)),
    async attach(engine) {
      host = engine
      for (const binding of options.bindings) await binding.attach?.(engine)
    },
    close: () => closeAll(options.bindings),
    async handle(call) {
      const arrival = { at: clock(), tick: steadyClock() }
      const admitted = admit(doors, call)
      const answer: Step<unknown> = admitted.ok ? await serve(admitted.value, call, host) : admitted
      const reply: HostReply = answer.ok ? answer : { ok: false, error: showError(answer.error, redact) }
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
  const name = `${showName(call.binding)}.${showName(call.method)}`
  const door = doors.get(call.binding)
  const method = door?.binding.methods.get(call.method)
  if (door === undefined || method === undefined) return refuse('HOST_FUNCTION_UNKNOWN', [name])
  const grant = Object.hasOwn(call.grant, call.binding) ? call.grant[call.binding] : undefined
  if (grant === undefined || grant === false || grant === null) return refuse('HOST_CALL_DENIED', [name, call.script])
  return { ok: true, value: { name, method, grant: grant === true ? door.grantOfAll : grant } }
}

async function serve({ name, method, grant }: Admitted, call: HostCall, host: BindingHost): Promise<Step<unknown>> {
  try {
    const checking = readArguments(name, method, call.args)
    const args = isThenable(checking) ? await checking : checking
    if (!args.ok) return args
    const { script, tenant, runId, event, cause, grant: grants, signal, budget } = call
    const running = method.handler({ script, tenant, runId, event, cause, grant, grants, signal, budget, host }, ...args.value)
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
      const { code, message, cause } = thrown
      return { ok: false, error: { code: String(code), message: String(message) }, cause }
    }
  } catch (worse) {
    return refuse('HOST_FAILURE', [name], worse)
  }
  return refuse('HOST_FAILURE', [name], thrown)
}

/** Redacted, then cut: of a value that the cut goes through, nothing could be found any more. */
function showError(error: HostCallError, redact: Redact | undefined): HostCallError {
  const { code, message } = redact === undefined ? error : redactError(error, redact)
  return { ...error, code: clip(code, CODE_CHARACTERS), message: clip(message, MESSAGE_CHARACTERS) }
}

function refuse<C extends ErrorCode>(code: C, facts: ErrorFacts<C>, cause?: unknown): Refused {
  return { ok: false, error: { code, message: describe(code, ...facts) }, cause }
}

async function closeAll(bindings: readonly Binding[]): Promise<void> {
  const settled = await Promise.allSettled(bindings.map(async (binding) => binding.close?.()))
  const failed = settled.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}
