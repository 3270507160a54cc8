// Host calls of one run, on the host's side: decode what arrived, pass it through the gate, send the answer back.
import { describe } from '../errors/codes.ts'
import type { Cause } from '../model/event.ts'
import type { Grant } from '../model/grant.ts'
import type { HostCallHandler, HostReply, RunBudget } from '../model/host-call.ts'
import type { Limits } from '../model/limits.ts'
import type { EngineObserver } from '../observe/observer.ts'
import type { RequestId } from '../runner/protocol.ts'
import type { ArrivedCall, RunnerClient } from '../runner/runner-client.ts'
import { wireCodec } from '../sandbox/guest/guest-source.ts'
import type { RunIdentity } from './outcomes.ts'

/** What every call of a run has in common. */
export interface Caller extends RunIdentity {
  readonly tenant: string | undefined
  readonly cause: Cause
  readonly grant: Grant
  readonly limits: Limits
  /** On the host's steady clock, in ms. */
  readonly wallDeadline: number
}

/** What the host is asked with. */
export interface HostDoor {
  readonly handle: HostCallHandler
  readonly observer: EngineObserver
  readonly clock: () => number
}

/** The largest reply that is sent into a sandbox. */
const MOST_REPLY_CHARS = 16 * 1024 * 1024

/** Answers the calls of one run. */
export class RunHostCalls {
  readonly #door: HostDoor
  readonly #caller: Caller
  #controller: AbortController | undefined
  #made = 0
  #isOver = false

  constructor(door: HostDoor, caller: Caller) {
    this.#door = door
    this.#caller = caller
  }

  /** Answers one call, unless its run is over by then: its number may be another run's. Never rejects. */
  async answer(arrived: ArrivedCall, client: RunnerClient, id: RequestId): Promise<void> {
    const reply = toWire(arrived.name, await this.#ask(arrived))
    if (!this.#isOver) client.reply({ id, call: arrived.call, ok: reply.ok, text: reply.text, now: this.#door.clock() })
  }

  /** The run is over: calls that are still under way learn of it by their signal. */
  end(): void {
    this.#isOver = true
    this.#controller?.abort()
  }

  async #ask({ name, args, cpuMs }: ArrivedCall): Promise<HostReply> {
    const budget = this.#budgetOf(cpuMs)
    this.#controller ??= new AbortController()
    const dot = name.indexOf('.')
    let values: unknown
    try {
      values = wireCodec.decode(args)
    } catch {
      values = undefined // text that the guest's codec never writes
    }
    if (!Array.isArray(values))
      return refused('ARGUMENT_INVALID', describe('ARGUMENT_INVALID', name.slice(0, 100), 'arguments', 'they are malformed'))
    const { tenant, script, runId, event, cause, grant } = this.#caller
    const binding = dot === -1 ? name : name.slice(0, dot)
    const method = dot === -1 ? '' : name.slice(dot + 1)
    const call = { script, tenant, runId, event, cause, grant, binding, method, args: values, signal: this.#controller.signal, budget }
    try {
      return await this.#door.handle(call)
    } catch {
      // A gate never rejects; a handler that a host wrote in its stead may. The script learns nothing of it.
      return refused('HOST_FAILURE', describe('HOST_FAILURE', name.slice(0, 100)))
    }
  }

  #budgetOf(cpuMs: number): RunBudget {
    const { limits, wallDeadline } = this.#caller
    const wallMs = limits.wallMs - (wallDeadline - performance.now())
    return { limits, cpuMs, wallMs, hostCalls: ++this.#made, wallDeadline }
  }
}

function refused(code: string, message: string): HostReply {
  return { ok: false, error: { code, message } }
}

function toWire(name: string, reply: HostReply): { readonly ok: boolean; readonly text: string } {
  if (!reply.ok) return { ok: false, text: `${reply.error.code}\n${reply.error.message}` }
  const encoded = wireCodec.encode(reply.value, MOST_REPLY_CHARS)
  return encoded.ok
    ? { ok: true, text: encoded.text }
    : { ok: false, text: `HOST_REPLY_INVALID\n${describe('HOST_REPLY_INVALID', name.slice(0, 100))}` }
}
