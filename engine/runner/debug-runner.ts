// The far end of a channel for debugging: one run at a time, under the inspector. It begins when the debugger says that it is ready.
import { NO_USAGE } from '../model/usage.ts'
import type { DebuggedCell, DebugSandbox } from '../sandbox/debugged-cell.ts'
import type { RunEnd } from '../sandbox/sandbox.ts'
import type { RunnerPort } from './channel.ts'
import { type CancelMessage, PROTOCOL_VERSION, type ReplyMessage, type RequestId, type RunMessage, type ToRunner } from './protocol.ts'

/** The debugger's word that breakpoints are set. */
const READY = 'Runtime.runIfWaitingForDebugger'
const BROKEN: RunEnd = Object.freeze({ status: 'exception', usage: NO_USAGE, logs: [] })

/** See the head of the file. It loads nothing: scripts are loaded elsewhere. */
export class DebugRunner {
  /** Nothing waits in it, as runs of one state do in others. */
  readonly isDue = false
  readonly #port: RunnerPort
  readonly #sandbox: DebugSandbox
  readonly #inspector: (text: string) => void
  #live: { readonly id: RequestId; readonly cell: DebuggedCell } | undefined
  /** What the debugger said before there was a run. */
  readonly #early: string[] = []
  #isReady = false

  /** `inspector` sends text of the inspector's protocol to the debugger. */
  constructor(port: RunnerPort, sandbox: DebugSandbox, inspector: (text: string) => void) {
    this.#port = port
    this.#sandbox = sandbox
    this.#inspector = inspector
    port.send({ kind: 'hello', version: PROTOCOL_VERSION, runtime: sandbox.runtime, baseHash: sandbox.baseHash })
    port.flush()
  }

  handle(message: ToRunner): void {
    if (message.kind === 'run') this.#run(message)
    else if (message.kind === 'reply') this.#reply(message)
    else if (message.kind === 'cancel') this.#cancel(message)
    this.#port.flush()
  }

  proceed(): boolean {
    return false
  }

  needs(): boolean {
    return false
  }

  /** A message of the debugger: JSON. */
  inspect(text: string): void {
    if (this.#live === undefined) this.#early.push(text)
    else this.#tell(this.#live.cell, text)
  }

  #run({ id, image, event, runId, payload, limits, wallMs, now, seed }: RunMessage): void {
    if (this.#live !== undefined) return this.#end(id, BROKEN)
    const terms = { event, runId, payload, limits, now, seed, wallDeadline: performance.now() + wallMs }
    const cell = this.#sandbox.open(image, terms, {
      onCall: (call) => this.#say(() => this.#port.send({ kind: 'call', id, call: call.id, name: call.name, args: call.args, cpuMs: 0 })),
      onEnd: (end) => this.#say(() => this.#end(id, end)),
      onInspector: this.#inspector,
    })
    this.#live = { id, cell }
    for (const text of this.#early.splice(0)) this.#tell(cell, text)
  }

  #tell(cell: DebuggedCell, text: string): void {
    cell.inspect(text)
    if (this.#isReady || (JSON.parse(text) as { readonly method?: unknown }).method !== READY) return
    this.#isReady = true
    void cell.start()
  }

  #reply({ id, call, ok, text, now }: ReplyMessage): void {
    if (this.#live?.id === id) this.#live.cell.settle(call, ok, text, now)
  }

  #cancel({ id }: CancelMessage): void {
    if (this.#live?.id === id) this.#live.cell.cancel()
  }

  #end(id: RequestId, end: RunEnd): void {
    if (this.#live?.id === id) this.#live = undefined
    this.#isReady = false
    this.#port.send({ kind: 'ended', id, end, state: { isFresh: true, isKept: false } })
  }

  /** What a run says comes between messages of the host, too. */
  #say(say: () => void): void {
    say()
    this.#port.flush()
  }
}
