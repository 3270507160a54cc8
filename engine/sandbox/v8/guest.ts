// The guest of an isolate, while it runs: its entries are called here, under the meters, and here a run is cut. What is cut is recorded on this side of the
// wall and never read from what the guest says. An isolate in which a run was cut is never entered again.
import { DEFAULT_LIMITS, type Limits } from '../../model/limits.ts'
import type { GuestFault, OutcomeStatus } from '../../model/outcome.ts'
import type { Usage } from '../../model/usage.ts'
import { CellRun, type RunStart } from '../cell-run.ts'
import { CpuMeter } from '../cpu-meter.ts'
import { doHostOp, type HostOpCell } from '../host-ops.ts'
import { readSite } from '../run-end.ts'
import type { ActivityMarker, GuestCall } from '../sandbox.ts'
import type { V8Base } from './base.ts'
import { ENTRIES, type Entry } from './guest/entry.ts'
import { V8_RUNTIME } from './host-op-runtime.ts'
import { type Ask, isolateMiB, ScriptIsolate } from './isolate.ts'
import { MemoryMeter } from './memory-meter.ts'
import { MOST_STACK_CHARS, reasonOf } from './thrown.ts'

/** Between two runs. */
const NOTHING: RunStart = Object.freeze({ limits: DEFAULT_LIMITS, runId: '', now: 0, seed: '', wallDeadline: 0, isLoading: true })
/** A machine that is busy must not cut a run that has not had its share: so much longer than its CPU time a run may take. */
const LEAST_GRACE_MS = 10
const MOST_GRACE_MS = 40
/** An operation of this runtime alone: bytes that a buffer may grow to, which no meter of the engine sees. */
const RESERVE = 100
/** Of a seed, what is for `Math.random`. */
const CHANCE_DIGITS = 16
/** What the guest is answered with when it must stop at once. */
const STOP = 1
/** The same, once it has said where it is. */
const STOP_AND_SAY = 2
/** An operation of this runtime alone: where the guest is that was told to say so. */
const SITE = 101

/** See the head of the file. */
export class Guest implements HostOpCell {
  readonly #base: V8Base
  readonly #memoryBytes: number
  readonly #marker: ActivityMarker
  #isolate: ScriptIsolate | undefined
  #run = new CellRun(NOTHING, 0)
  readonly #cpu = new CpuMeter()
  #cpuLimitMs = 0
  /** When the present entry must be over, on the runner's monotonic clock. */
  #deadline = 0
  readonly #memory = new MemoryMeter()
  #reservedBytes = 0
  /** The limits that the context was told of. */
  #limitsInside: Limits | undefined
  #opened = 0

  constructor(base: V8Base, memoryBytes: number, marker: ActivityMarker) {
    this.#base = base
    this.#memoryBytes = memoryBytes
    this.#marker = marker
  }

  /** The run that it serves, or served last. */
  get run(): CellRun {
    return this.#run
  }

  /** Whether the run, which was cut, had CPU time left and has asked nothing of the host: then it can begin again, unseen. */
  get isRepeatable(): boolean {
    return this.#cpu.usedMs < this.#cpuLimitMs && this.#run.hostCalls === 0
  }

  /** Begins a run: its limits, its clock. */
  begin(start: RunStart, cpuMs: number): void {
    this.#run = new CellRun(start, performance.now())
    this.#cpuLimitMs = cpuMs
    this.#cpu.begin(cpuMs)
    this.#reservedBytes = 0
  }

  /** Forgets the run, and gives the isolate back. */
  dispose(): void {
    this.#run = new CellRun(NOTHING, 0)
    this.#isolate?.dispose()
    this.#isolate = undefined
  }

  /** Ends the isolate; what the run came to stays readable. */
  unbind(): void {
    this.#isolate?.dispose()
    this.#isolate = undefined
  }

  /** An isolate of its own for a script. The one before is ended. Answers with the fault of code that does not parse. */
  bind(code: string): GuestFault | undefined {
    this.#isolate?.dispose()
    this.#isolate = new ScriptIsolate(this.#base, isolateMiB(this.#memoryBytes))
    this.#memory.bind()
    return this.#isolate.compile(code)
  }

  /**
   * Loads the bound script into a brand-new context, with the lazy globals that it names; with a grant's shape, also builds ctx, for runs with these limits.
   * Answers with the description of its default export, or with a fault.
   */
  load(touches: string, shape?: string, limits?: Limits): string | undefined {
    if (this.#isolate === undefined) return undefined
    this.#isolate.open()
    this.#memory.open(this.#isolate.memory)
    this.#limitsInside = limits
    const opened = ++this.#opened
    const ask: Ask = (op, text) => (opened === this.#opened ? this.#answer(op, text) : STOP)
    const granted = shape === undefined ? [touches] : [touches, shape, limits?.outputBytes, limits?.hostCallArgumentBytes]
    const { now, seed, limits: own } = this.#run.start
    return this.#guarded((isolate, timeoutMs) =>
      isolate.load(ask, now, seed.slice(0, CHANCE_DIGITS), granted, timeoutMs, own.stackBytes),
    ) as string | undefined
  }

  /** Calls an entry of the guest and runs all jobs. Undefined when the run was cut. */
  enter(entry: Entry, given: readonly (string | number)[]): string | number | undefined {
    if (this.#run.cutBy !== undefined) return undefined
    const { stackBytes } = this.#run.start.limits
    return this.#guarded((isolate, timeoutMs) => isolate.enter(entry, this.#run.now, given, timeoutMs, stackBytes)) as
      | string
      | number
      | undefined
  }

  /** Starts the handler. The seed's part for `Math.random` is in force from here on. */
  dispatch(event: string, payload: string): string | number | undefined {
    const { limits, seed } = this.#run.start
    if (this.#limitsInside !== limits) {
      this.enter(ENTRIES.limit, [limits.outputBytes, limits.hostCallArgumentBytes])
      this.#limitsInside = limits
    }
    return this.enter(ENTRIES.dispatch, [event, payload, seed.slice(0, CHANCE_DIGITS)])
  }

  /** Takes down where the script waits, for a run whose time is over: it has a little more for this, so that a busy machine does not take the place away. */
  locateWaiting(): void {
    if (this.#run.cutBy !== undefined) return
    const { stackBytes } = this.#run.start.limits
    const text = this.#guarded((isolate) => isolate.enter(ENTRIES.where, this.#run.now, [1], MOST_GRACE_MS, stackBytes))
    const site = readSite(text)
    if (site !== undefined) this.#run.locate(site)
  }

  /** Ends the run with a status. After that, nothing of its isolate is used again. */
  cut(status: OutcomeStatus): void {
    this.#run.cut(status)
  }

  /** Milliseconds that the run has computed, in entries that ended. */
  get cpuMs(): number {
    return this.#cpu.usedMs
  }

  /** What the run has cost so far. */
  usage(): Usage {
    const { beganAt, hostCalls, log } = this.#run
    const memoryBytes = this.#memory.usedBytes
    return { cpuMs: this.#cpu.usedMs, wallMs: performance.now() - beganAt, memoryBytes, hostCalls, logBytes: log.bytes, outputBytes: 0 }
  }

  /** Looks at the memory when the last entries may have filled some; cuts the run when that is more than its limit. */
  checkMemory(limitBytes: number): void {
    const isolate = this.#isolate
    if (isolate === undefined || this.#run.cutBy !== undefined || !this.#memory.isDue()) return
    let verdict = this.#memory.look(isolate.memory, limitBytes)
    if (verdict === 'doubtful') {
      this.enter(ENTRIES.collect, [])
      if (this.#run.cutBy !== undefined) return
      verdict = this.#memory.lookAgain(isolate.memory, limitBytes)
    }
    if (verdict === 'exceeded') this.cut('memory_exceeded')
  }

  /** Queues a host call; the first one beyond the limit ends the run on the spot. */
  queueCall(call: GuestCall): void {
    if (this.#run.hostCalls >= this.#run.start.limits.hostCalls) this.cut('host_calls_exceeded')
    else this.#run.queue(call)
  }

  /** Keeps a log entry; undefined stands for one that is too long. */
  writeLog(entry: string | undefined): void {
    if (this.#run.log.add(entry)) this.#marker.logged(entry)
  }

  /** The guest asks. Nothing is ever thrown into it: an error of the host would bring its constructor along. */
  #answer(op: unknown, text: unknown): string | number | undefined {
    try {
      const run = this.#run
      const now = performance.now()
      if (now >= this.#deadline) this.cut(now >= run.start.wallDeadline ? 'wall_exceeded' : 'cpu_exceeded')
      if (run.cutBy !== undefined) return this.#stop(op, text)
      if (run.isSettled) return STOP
      this.#marker.polled(now)
      if (typeof op !== 'number' || typeof text !== 'string') return undefined
      const answer = op === RESERVE ? this.#reserve(Number(text)) : doHostOp(V8_RUNTIME, this, op, text)
      // What has settled is over: no other job runs.
      if (run.cutBy !== undefined) return this.#stop(op, text)
      return !run.isSettled || this.#isolate?.mayLeaveJobs === false ? answer : STOP
    } catch {
      this.cut('exception')
      return STOP
    }
  }

  /** What is answered to a run that is cut. It says once where it is. */
  #stop(op: unknown, text: unknown): number {
    const site = op === SITE ? readSite(text) : undefined
    if (site !== undefined) this.#run.locate(site)
    return op === SITE || this.#run.cutAt !== undefined ? STOP : STOP_AND_SAY
  }

  #reserve(bytes: number): undefined {
    if (bytes > 0) this.#reservedBytes += bytes
    if (this.#reservedBytes > this.#run.start.limits.memoryBytes) this.cut('memory_exceeded')
    return undefined
  }

  /** Runs guest code under the meters. What the host sees thrown becomes a status, or nothing when a rejection was handled by nobody. */
  #guarded(step: (isolate: ScriptIsolate, timeoutMs: number) => unknown): unknown {
    const isolate = this.#isolate
    if (isolate === undefined) return undefined
    const enteredAt = performance.now()
    const cpuLeft = this.#cpuLimitMs - this.#cpu.usedMs
    const grace = Math.min(MOST_GRACE_MS, Math.max(LEAST_GRACE_MS, cpuLeft))
    const timeoutMs = Math.max(1, Math.ceil(Math.min(cpuLeft + grace, this.#run.start.wallDeadline - enteredAt)))
    this.#deadline = enteredAt + timeoutMs
    this.#cpu.enter(enteredAt)
    let value: unknown
    let thrown: { readonly value: unknown } | undefined
    this.#marker.enter()
    try {
      value = step(isolate, timeoutMs)
    } catch (error) {
      thrown = { value: error }
    } finally {
      this.#marker.leave()
    }
    const now = performance.now()
    // Only what was thrown may have been the end of the isolate.
    const isGone = thrown !== undefined && isolate.isDisposed
    this.#cpu.leave(now)
    this.#memory.entered(now - enteredAt)
    this.#judge(now, thrown !== undefined, isGone)
    if (thrown !== undefined && this.#run.cutBy !== undefined && !isGone) this.#locateThrown(thrown.value)
    if (this.#run.cutBy !== undefined) return undefined
    if (thrown === undefined) return value
    this.#run.leaveUnawaited(reasonOf(thrown.value))
    return this.#recover(isolate)
  }

  #judge(now: number, threw: boolean, isGone: boolean): void {
    if (this.#run.cutBy !== undefined) return
    if (isGone) {
      this.#memory.full(this.#run.start.limits.memoryBytes)
      this.cut('memory_exceeded')
    } else if (threw && now >= this.#deadline - 1) this.cut(now >= this.#run.start.wallDeadline - 1 ? 'wall_exceeded' : 'cpu_exceeded')
    else if (this.#cpu.usedMs > this.#cpuLimitMs) this.cut('cpu_exceeded')
  }

  /** The error of a timeout has the stack of the guest at that moment. */
  #locateThrown(thrown: unknown): void {
    const stack = thrown instanceof Error ? thrown.stack : undefined
    if (stack !== undefined) this.#run.locate({ stack: stack.slice(0, MOST_STACK_CHARS) })
  }

  /** The answer of an entry whose way out was taken by a rejection that nobody handled. */
  #recover(isolate: ScriptIsolate): unknown {
    try {
      return isolate.enter(ENTRIES.answer, this.#run.now, [], LEAST_GRACE_MS, this.#run.start.limits.stackBytes)
    } catch {
      return undefined // it is gone
    }
  }
}
