// One run of one script under a debugger. The same guest as everywhere, entered through isolated-vm's own threads: while it stands at a breakpoint, this thread
// goes on to hear the debugger. Time is not limited, whoever debugs has all of it; everything else is.
import type ivm from 'isolated-vm'
import { CellRun } from '../cell-run.ts'
import type { DebuggedCell, DebugListener, DebugSandbox, DebugTerms } from '../debugged-cell.ts'
import { ANSWERS } from '../guest/host-ops.ts'
import { doHostOp, type HostOpCell } from '../host-ops.ts'
import { runEndOf } from '../run-end.ts'
import type { GuestCall, RunEnd } from '../sandbox.ts'
import type { V8Base } from './base.ts'
import { ENTRIES, type Entry } from './guest/entry.ts'
import { V8_RUNTIME } from './host-op-runtime.ts'
import { isolateMiB } from './isolate.ts'
import { decodeRecipe, type Recipe } from './recipe.ts'

/** What the guest is answered with when it must stop at once. */
const STOP = 1
/** Of a seed, what is for `Math.random`. */
const CHANCE_DIGITS = 16
/** The debugger steps through the script, not through what it stands on. */
const OWN_FILES = ['^vivarium$', '^<isolated-vm>$', '^$']
/** Numbers of our own messages to the inspector: far from those that debuggers give theirs. */
const FIRST_OWN_ID = 2_000_000_000
/** Should a message lie unread between two states of the isolate, the next one wakes it. */
const PULSE_MS = 500

/** Cells for debugging, for as many runs as there are, one after another. `arena` is where images lie. */
export function debugSandbox(base: V8Base, arena: WebAssembly.Memory): DebugSandbox {
  return {
    runtime: 'v8',
    baseHash: base.hash,
    open(image, terms, listener) {
      // A view of shared memory must be copied before it is decoded.
      const bytes = 'offset' in image ? new Uint8Array(arena.buffer, image.offset, image.length) : image.bytes
      return new DebugCell(base, decodeRecipe(Buffer.from(bytes).toString()), terms, listener)
    },
  }
}

/** See the head of the file. */
class DebugCell implements DebuggedCell, HostOpCell {
  readonly run: CellRun
  readonly #terms: DebugTerms
  readonly #recipe: Recipe
  readonly #listener: DebugListener
  readonly #base: V8Base
  readonly #isolate: ivm.Isolate
  readonly #session: ivm.InspectorSession
  #enter: ivm.Reference | undefined
  #timer: NodeJS.Timeout | undefined
  readonly #pulse = setInterval(() => this.#tell('Runtime.getIsolateId', {}), PULSE_MS)
  #isLoading = true
  #isOver = false

  constructor(base: V8Base, recipe: Recipe, terms: DebugTerms, listener: DebugListener) {
    this.#base = base
    this.#recipe = recipe
    this.#terms = terms
    this.#listener = listener
    this.run = new CellRun({ ...terms, isLoading: false }, performance.now())
    this.#isolate = new base.ivm.Isolate({ memoryLimit: isolateMiB(terms.limits.memoryBytes), snapshot: base.snapshot, inspector: true })
    this.#session = this.#isolate.createInspectorSession()
    this.#session.onNotification = (text) => listener.onInspector(text)
    this.#session.onResponse = (id, text) => {
      if (id < FIRST_OWN_ID) listener.onInspector(text)
    }
  }

  inspect(text: string): void {
    if (this.#isOver) return
    this.#session.dispatchProtocolMessage(text)
    if ((JSON.parse(text) as { readonly method?: unknown }).method === 'Debugger.enable')
      this.#tell('Debugger.setBlackboxPatterns', { patterns: OWN_FILES })
  }

  async start(): Promise<void> {
    const { event, payload, limits, seed } = this.#terms
    try {
      await this.#load()
      this.#isLoading = false
      await this.#continue(ENTRIES.limit, [limits.outputBytes, limits.hostCallArgumentBytes])
      const answer = await this.#apply(ENTRIES.dispatch, [event, payload, seed.slice(0, CHANCE_DIGITS)])
      if (typeof answer === 'string' && answer !== ANSWERS.pending) this.run.settle(answer)
      this.#conclude()
    } catch {
      this.#end('exception') // the isolate is gone, or the script does not load as it did: the host says that the sandbox gave up
    }
  }

  settle(id: number, ok: boolean, text: string, now: number): void {
    this.run.moveTo(now)
    this.run.pendingCalls--
    void this.#continue(ENTRIES.settle, [id, ok ? 1 : 0, text])
  }

  cancel(): void {
    this.#end('cancelled')
  }

  queueCall(call: GuestCall): void {
    if (this.run.hostCalls >= this.run.start.limits.hostCalls) this.run.cut('host_calls_exceeded')
    else this.run.queue(call)
  }

  writeLog(entry: string | undefined): void {
    this.run.log.add(entry)
  }

  async #load(): Promise<void> {
    const { code, touches, now, seed, shape } = this.#recipe
    const { limits } = this.#terms
    const context = await this.#isolate.createContext({ inspector: true })
    // Debuggers wait for scripts that have a map. Where it is, only the host tells.
    const script = await this.#isolate.compileScript(`${code}\n//# sourceMappingURL=script.map`, { filename: 'script' })
    const module = (await script.run(context, { reference: true })) as unknown as ivm.Reference
    const giver = await this.#isolate.compileScript('vivarium')
    const give = (await giver.run(context, { reference: true })) as unknown as ivm.Reference
    this.#enter = (await give.apply(undefined, [module.derefInto({ release: true })] as never, {
      result: { reference: true },
    })) as ivm.Reference
    const ask = new this.#base.ivm.Callback((op: unknown, text: unknown) => this.#answer(op, text))
    const granted = [touches, shape, limits.outputBytes, limits.hostCallArgumentBytes]
    await this.#enter.apply(undefined, [ENTRIES.load, now, ask, seed.slice(0, CHANCE_DIGITS), 1, ...granted] as never)
  }

  async #continue(entry: Entry, given: readonly (string | number)[]): Promise<void> {
    try {
      await this.#apply(entry, given)
    } finally {
      this.#conclude()
    }
  }

  /** What an entry answers. One that was stopped on purpose, or whose way out was taken by a rejection that nobody handled, has said before what it came to. */
  async #apply(entry: Entry, given: readonly (string | number)[]): Promise<unknown> {
    try {
      return await this.#enter?.apply(undefined, [entry, this.run.now, ...given] as never)
    } catch {
      if (this.#isolate.isDisposed) {
        if (!this.#isOver) this.run.cut('memory_exceeded')
        return undefined
      }
      return await this.#enter?.apply(undefined, [ENTRIES.answer]).catch(() => undefined)
    }
  }

  #conclude(): void {
    if (this.#isOver || this.#isLoading) return
    const { run } = this
    for (const call of run.takeCalls()) this.#listener.onCall(call)
    if (run.cutBy !== undefined) return this.#end(run.cutBy)
    if (run.isSettled) return this.#finish(runEndOf(run, this.#usage()))
    this.#wake()
  }

  #wake(): void {
    clearTimeout(this.#timer)
    const due = this.run.nextDue
    if (due !== undefined) this.#timer = setTimeout(() => this.#fireDue(), Math.max(0, Math.ceil(due - performance.now())))
  }

  #fireDue(): void {
    const moment = performance.now()
    this.run.moveTo(Math.floor(this.run.start.now + moment - this.run.beganAt))
    for (const id of this.run.dueTimers(moment)) if (this.run.expireTimer(id, moment)) void this.#continue(ENTRIES.fire, [id])
    this.#wake()
  }

  /** The guest asks, on a thread of its own that waits for the answer. Nothing is ever thrown into it. */
  #answer(op: unknown, text: unknown): string | number | undefined {
    try {
      if (this.#isOver || this.run.cutBy !== undefined || this.run.isSettled) return STOP
      if (typeof op !== 'number' || typeof text !== 'string') return undefined
      const answer = doHostOp(V8_RUNTIME, this, op, text)
      return this.run.cutBy === undefined && !this.run.isSettled ? answer : STOP
    } catch {
      this.run.cut('exception')
      return STOP
    }
  }

  #usage(): RunEnd['usage'] {
    const { beganAt, hostCalls, log } = this.run
    const isolate = this.#isolate
    const cpuMs = isolate.isDisposed ? 0 : Number(isolate.cpuTime) / 1e6
    return { cpuMs, wallMs: performance.now() - beganAt, memoryBytes: 0, hostCalls, logBytes: log.bytes, outputBytes: 0 }
  }

  #end(status: RunEnd['status']): void {
    if (!this.#isOver) this.#finish({ status, usage: this.#usage(), logs: this.run.log.entries() })
  }

  #finish(end: RunEnd): void {
    this.#isOver = true
    clearTimeout(this.#timer)
    clearInterval(this.#pulse)
    this.#listener.onEnd(end)
    this.#session.dispose()
    if (!this.#isolate.isDisposed) this.#isolate.dispose()
  }

  /** A message of our own to the inspector; nobody waits for its answer. */
  #tell(method: string, params: object): void {
    this.#session.dispatchProtocolMessage(JSON.stringify({ id: FIRST_OWN_ID, method, params }))
  }
}
