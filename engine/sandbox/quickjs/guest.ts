// The guest of a machine, while it runs: its entries are called here, under the meters, and here a run is cut. What is cut is recorded on this side of the
// wall and never read from what the guest says.

import { DEFAULT_LIMITS } from '../../model/limits.ts'
import type { OutcomeStatus } from '../../model/outcome.ts'
import type { Usage } from '../../model/usage.ts'
import { CellRun, type RunStart } from '../cell-run.ts'
import { CpuMeter } from '../cpu-meter.ts'
import { readFault } from '../read-answer.ts'
import { readSite } from '../run-end.ts'
import type { ActivityMarker, GuestCall } from '../sandbox.ts'
import type { Base, GuestEntry } from './base.ts'
import { GuestAbort, PAGE_BYTES, PLACES, type Pointer } from './build.ts'
import { CallStack } from './call-stack.ts'
import { type HostOpTarget, runHostOp } from './host-ops.ts'
import { Machine } from './machine.ts'
import { Rejections } from './rejections.ts'

/** After so many jobs the deadline is looked at. */
const JOBS_A_LOOK = 64
/** What a stack is given, of an engine that keeps 64 frames at most. */
const MOST_SITE_BYTES = 64 * 1024
/** Between two runs. */
const NOTHING: RunStart = Object.freeze({ limits: DEFAULT_LIMITS, runId: '', now: 0, seed: '', wallDeadline: 0, isLoading: true })

/** See the head of the file. */
export class Guest implements HostOpTarget {
  readonly machine: Machine
  readonly base: Base
  readonly #marker: ActivityMarker
  readonly #cpu = new CpuMeter()
  #run = new CellRun(NOTHING, 0)
  /** What the run's memory is counted from. */
  #baseline = 0
  readonly #rejections = new Rejections()
  /** Guest frames are on the stack. */
  #isInside = false
  /** The guest is asked where it waits: it is to answer, whatever the time. */
  #isLocating = false
  /** Where guest code was when the engine was told to interrupt it. */
  #interrupted: CallStack | undefined
  /** The sandbox goes on after this run: what the run allocated for its calls is given back. */
  keeps = false

  constructor(base: Base, pages: number, arena: WebAssembly.Memory | undefined, marker: ActivityMarker) {
    this.base = base
    this.#marker = marker
    const hooks = {
      clock: () => this.#run.now,
      outOfMemory: () => this.#abandon('memory_exceeded'),
      shouldInterrupt: () => this.#isOver(),
      hostCall: (argc: number, argv: Pointer) => runHostOp(this, argc, argv),
      rejection: (promise: Pointer, low: number, high: number, isHandled: number) =>
        this.#rejections.note(this.machine, { promise, low, high }, isHandled !== 0),
    }
    this.machine = new Machine(base.module, pages, hooks, arena)
  }

  /** The run that it serves, or served last. */
  get run(): CellRun {
    return this.#run
  }

  /** What the run's memory is counted from: the base's end, and what is taken from the guest. */
  get baseline(): Pointer {
    return this.#baseline
  }

  /** Begins a run: its limits, its clock, its chance. */
  begin(start: RunStart, cpuMs: number): void {
    const { machine, base } = this
    this.#run = new CellRun(start, performance.now())
    this.#rejections.forget()
    this.#interrupted = undefined
    this.#cpu.begin(cpuMs)
    this.#baseline = base.image.end
    machine.exports.setMaxStackSize(base.layout.runtime, start.limits.stackBytes)
    const random = base.layout.context + PLACES.randomStateInContext
    machine.setWord(random, Number.parseInt(start.seed.slice(0, 8), 16) | 1) // a state of 0 would stay 0
    machine.setWord(random + 4, Number.parseInt(start.seed.slice(8, 16), 16))
  }

  /** Counts memory that was taken from the guest as none of the run's. */
  discount(bytes: number): void {
    this.#baseline += bytes
  }

  /** Forgets the run. */
  forget(): void {
    this.#run = new CellRun(NOTHING, 0)
  }

  /** Milliseconds that the run has computed, in entries that ended. */
  get cpuMs(): number {
    return this.#cpu.usedMs
  }

  /** What the run has cost so far. */
  usage(): Usage {
    const { beganAt, hostCalls, log } = this.#run
    const memoryBytes = Math.max(0, this.machine.break - this.#baseline)
    return { cpuMs: this.#cpu.usedMs, wallMs: performance.now() - beganAt, memoryBytes, hostCalls, logBytes: log.bytes, outputBytes: 0 }
  }

  /** Ends the run with a status. After a violent end, everything is restored. */
  cut(status: OutcomeStatus): void {
    this.#run.cut(status)
    this.machine.distrust()
  }

  /** More than the limit, beyond rounding to pages. A load is measured when it is over: its code lies in the same memory. */
  isTooLarge(): boolean {
    const { limits, isLoading } = this.#run.start
    return !isLoading && this.machine.break > this.#baseline + limits.memoryBytes + PAGE_BYTES
  }

  /** See {@link HostOpTarget}. */
  checkTime(): void {
    const now = performance.now()
    const { cutBy, start } = this.#run
    if (cutBy === undefined && now < this.#cpu.deadline && now < start.wallDeadline) return
    if (this.#isOver()) this.#abandon('cpu_exceeded')
  }

  /** Queues a host call; the first one beyond the limit ends the run on the spot. */
  queueCall(call: GuestCall): void {
    if (this.#run.hostCalls >= this.#run.start.limits.hostCalls) this.#abandon('host_calls_exceeded')
    this.#run.queue(call)
  }

  /** Keeps a log entry; undefined stands for one that is too long. */
  writeLog(entry: string | undefined): void {
    if (this.#run.log.add(entry)) this.#marker.logged(entry)
  }

  /** Calls an entry of the guest. Undefined when the run was cut or the guest gave up. */
  enter(entry: GuestEntry, args: readonly Pointer[]): Pointer | undefined {
    const { layout } = this.base
    for (let i = 0; i < args.length; i++) {
      const pointer = args[i] as Pointer
      if (pointer === 0) this.cut('memory_exceeded')
      this.machine.setWord(layout.argv + i * 4, pointer)
    }
    if (this.#run.cutBy !== undefined) return undefined
    return this.#guarded(() => {
      const value = this.machine.exports.call(layout.context, layout.entries[entry], layout.undefinedValue, args.length, layout.argv)
      if (this.keeps) for (const arg of args) this.machine.exports.freeValue(layout.context, arg)
      return this.#run.cutBy === undefined && value !== 0 && this.#isValue(value) ? value : undefined
    })
  }

  /** Takes down a rejection that nobody awaits by the time that no job is left, or the run is over. */
  reportRejection(): void {
    if (this.#rejections.isEmpty || this.#run.cutBy !== undefined) return
    const reason = this.#rejections.take(this.machine, this.base.layout.context)
    if (reason === 0 || this.#run.unawaited !== undefined) return
    const value = this.enter('reason', [reason])
    const text = value === undefined ? undefined : this.machine.readText(this.base.layout.context, value, MOST_SITE_BYTES)
    if (text !== undefined) this.#run.leaveUnawaited(readFault(text))
  }

  /** Takes down where the script waits, for a run that is to be cut while it does. Whatever goes wrong, nothing is known then. */
  locateWaiting(): void {
    const { layout } = this.base
    const { exports } = this.machine
    this.#isLocating = true
    try {
      this.machine.setWord(layout.argv, this.number(1))
      const value = exports.call(layout.context, layout.entries.where, layout.undefinedValue, 1, layout.argv)
      if (value === 0 || exports.resolveException(layout.context, value) !== 0) return
      const site = readSite(this.machine.readText(layout.context, value, MOST_SITE_BYTES))
      if (site !== undefined) this.#run.locate(site)
    } catch {
      // It gave up: there is no room, or no stack, to say anything.
    } finally {
      this.#isLocating = false
    }
  }

  /** Takes down where the run is: its frames are on the stack. `needs` is what it asks for. */
  #locate(needs: 'time' | 'memory'): void {
    const stack = CallStack.read(this.machine, this.base.layout)?.describe(needs)
    if (stack !== undefined) this.#run.locate({ stack })
  }

  /** Takes down where the engine interrupted the run, which has just left its frames. */
  #locateInterruption(): void {
    if (this.#interrupted === undefined) return
    this.#run.locate({ stack: this.#interrupted.describeInterrupted() })
    this.#interrupted = undefined
  }

  /** An exception that reaches an entry's edge is the guest giving up: full memory or a full stack, in the bootstrap itself. */
  #isValue(value: Pointer): boolean {
    const exception = this.machine.exports.resolveException(this.base.layout.context, value)
    if (exception === 0) return true
    this.#run.settle(`S{"name":"RangeError","message":"stack overflow","stack":""}`)
    return false
  }

  /** Evaluates code that lies beyond the heap: its text leaves no trace in an image. What it throws, code that does not parse included, is its value. */
  evaluate(code: string): Pointer {
    const { context, fileName } = this.base.layout
    const scratch = this.machine.writeScratch(code)
    const value = this.#guarded(() => {
      const made = this.machine.exports.evaluate(context, scratch.pointer, scratch.length, fileName, 0, 0)
      const exception = this.machine.exports.resolveException(context, made)
      return exception === 0 ? made : exception
    })
    if (this.machine.break > scratch.pointer) this.cut('memory_exceeded')
    this.machine.clearScratch(scratch)
    return value === undefined || this.#run.cutBy !== undefined ? 0 : value
  }

  /** Runs guest code under the meters. What the host throws through the guest's frames becomes a status; the next restore makes the cell good again. */
  #guarded(run: () => Pointer | undefined): Pointer | undefined {
    this.#cpu.enter(performance.now())
    this.#marker.enter()
    this.#isInside = true
    try {
      return run()
    } catch (error) {
      // A refused growth has cut the run already; what else breaks through is a full stack, or an engine that gave up.
      if (this.#run.cutBy === undefined) this.#locate('time')
      this.cut(error instanceof RangeError ? 'stack_exceeded' : 'exception')
      return undefined
    } finally {
      this.#isInside = false
      this.#locateInterruption()
      this.#marker.leave()
      this.#cpu.leave(performance.now())
    }
  }

  /** Ends the run on the spot: the guest's frames are left behind, and nothing that the script wrote can catch it. */
  #abandon(status: OutcomeStatus): void {
    this.cut(status)
    if (!this.#isInside) return
    this.#locate(status === 'memory_exceeded' ? 'memory' : 'time')
    throw new GuestAbort()
  }

  /** Runs jobs until the handler has settled, the run is cut, or there are none. */
  drain(): void {
    const { runtime, jobContext, context } = this.base.layout
    const { exports } = this.machine
    this.#guarded(() => {
      // One at a time: no job runs once the handler has settled.
      for (let jobs = 1; this.#run.cutBy === undefined && !this.#run.isSettled && exports.isJobPending(runtime) !== 0; jobs++) {
        exports.freeValue(context, exports.executePendingJob(runtime, 1, jobContext))
        if (jobs % JOBS_A_LOOK === 0) this.#isOver()
      }
      return undefined
    })
  }

  /** Jobs that the last run left behind never run: the list is emptied. */
  dropJobs(): void {
    const jobs = this.base.layout.runtime + PLACES.jobListInRuntime
    this.machine.setWord(jobs, jobs)
    this.machine.setWord(jobs + 4, jobs)
  }

  /** Polled by the engine while guest code runs. */
  #isOver(): boolean {
    if (this.#isLocating) return false
    if (this.#run.cutBy !== undefined) return true
    const now = performance.now()
    if (now >= this.#run.start.wallDeadline) this.cut('wall_exceeded')
    else if (this.#cpu.isExceeded(now)) this.cut('cpu_exceeded')
    else if (this.isTooLarge()) this.cut('memory_exceeded')
    else {
      this.#marker.polled(now)
      return false
    }
    this.#interrupted = CallStack.read(this.machine, this.base.layout)
    return true
  }

  /** A guest string; 0 when there is no room. */
  string(text: string): Pointer {
    return this.machine.newString(this.base.layout.context, text)
  }

  /** A guest number; 0 when there is no room. */
  number(value: number): Pointer {
    return this.machine.exports.newFloat64(this.base.layout.context, value)
  }
}
