// A live sandbox on QuickJS: loads, freezes, runs. That a run was cut is recorded here, on the host's side, and never read from what the guest says.
// Larger than most, because whoever reads how the guest is entered must see every way in which it is left.
import { engineError } from '../../errors/engine-error.ts'
import { DEFAULT_LIMITS, LIMITS } from '../../model/limits.ts'
import type { OutcomeStatus } from '../../model/outcome.ts'
import type { Usage } from '../../model/usage.ts'
import { ANSWERS } from '../guest/host-ops.ts'
import type { Image, ImageRef } from '../image.ts'
import type { ActivityMarker, Cell, GuestCall, LoadEnd, LoadTerms, RawLogs, RunEnd, RunTerms } from '../sandbox.ts'
import type { Base, GuestEntry } from './base.ts'
import { GuestAbort, PAGE_BYTES, PLACES, type Pointer } from './build.ts'
import { CellRun, type RunStart } from './cell-run.ts'
import { CpuMeter } from './cpu-meter.ts'
import { ANSWER_ROOM_BYTES, type HostOpTarget, runHostOp } from './host-ops.ts'
import { Machine } from './machine.ts'
import { loadEndOf, runEndOf } from './run-end.ts'

/** After so many jobs the deadline is looked at. */
const JOBS_A_LOOK = 64
/** A descriptor is bounded by the guest; this is the wall behind it. */
const MOST_DESCRIPTOR_BYTES = 4 * 1024 * 1024
/** Below this, rounding to pages is exact enough. */
const LEAST_BALLAST_BYTES = PAGE_BYTES

/** Between two runs. */
const NOTHING: RunStart = Object.freeze({ limits: DEFAULT_LIMITS, runId: '', now: 0, seed: '', wallDeadline: 0, isLoading: true })

/** See the seam, `Cell`. */
export class QuickJsCell implements Cell, HostOpTarget {
  readonly machine: Machine
  readonly base: Base
  readonly #marker: ActivityMarker
  readonly #cpu = new CpuMeter()
  #run = new CellRun(NOTHING, 0)
  /** What the run's memory is counted from. */
  #baseline = 0
  /** Guest frames are on the stack. */
  #isInside = false
  /** The sandbox goes on after this run: what the run allocated for its calls is given back. */
  #keeps = false

  constructor(base: Base, pages: number, arena: WebAssembly.Memory | undefined, marker: ActivityMarker) {
    this.base = base
    this.#marker = marker
    const hooks = {
      clock: () => this.#run.now,
      outOfMemory: () => this.#abandon('memory_exceeded'),
      shouldInterrupt: () => this.#isOver(),
      hostCall: (argc: number, argv: Pointer) => runHostOp(this, argc, argv),
    }
    this.machine = new Machine(base.module, pages, hooks, arena)
  }

  get run(): CellRun {
    return this.#run
  }

  get nextDue(): number | undefined {
    return this.#run.nextDue
  }

  get logged(): RawLogs {
    return this.#run.log.entries()
  }

  load({ limits, now, seed, touches, code }: LoadTerms): LoadEnd {
    const { machine, base } = this
    machine.distrustBallast()
    machine.forgetKept()
    machine.restoreBase(base.image)
    machine.clearDeadStack(limits.stackBytes)
    this.#begin({ limits, runId: '', now, seed, wallDeadline: Number.POSITIVE_INFINITY, isLoading: true }, limits.loadCpuMs)
    if (touches !== '') this.#enter('touch', [this.#string(touches)])
    const module = this.#evaluate(code)
    const answer = module === 0 ? undefined : this.#enter('load', [module])
    const text = answer === undefined ? this.#run.answer : machine.readText(base.layout.context, answer, MOST_DESCRIPTOR_BYTES)
    if (this.#run.cutBy === undefined) this.#drain()
    if (machine.break > this.#baseline + limits.memoryBytes) this.#cut('memory_exceeded')
    return loadEndOf(this.#run, text)
  }

  freeze(shape: string): Image {
    // Without its grant the script would run as one to whom nothing was refused.
    if (this.#enter('grant', [this.#string(shape)]) === undefined) throw engineError('SANDBOX_FAULT', [])
    this.#dropJobs()
    return this.machine.freeze(this.base.image)
  }

  start(image: ImageRef | Image, terms: RunTerms, sameScript: boolean): RunEnd | undefined {
    this.#reset(image, terms.limits.stackBytes, sameScript)
    this.#keeps = false
    return this.#dispatch(terms)
  }

  resume(terms: RunTerms): RunEnd | undefined {
    this.#keeps = true
    this.#dropJobs()
    return this.#dispatch(terms)
  }

  snapshot(): Image {
    return this.machine.freeze(this.base.image)
  }

  adopt(image: Image): void {
    this.machine.distrustBallast()
    this.machine.restore(this.base.image, image)
    this.machine.forgetKept()
    this.machine.clearDeadStack(LIMITS.stack.ceiling)
  }

  settle(id: number, ok: boolean, text: string, now: number): RunEnd | undefined {
    this.#run.moveTo(now)
    this.#run.pendingCalls--
    return this.#continue('settle', [this.#number(id), this.#number(ok ? 1 : 0), this.#string(text)])
  }

  fireDue(now: number): RunEnd | undefined {
    this.#run.moveTo(now)
    const moment = performance.now()
    for (const id of this.#run.dueTimers(moment)) {
      if (!this.#run.expireTimer(id, moment)) continue
      const end = this.#continue('fire', [this.#number(id)])
      if (end !== undefined) return end
    }
    return undefined
  }

  cancel(reason: string, now: number): RunEnd {
    this.#run.moveTo(now)
    this.#enter('abort', [this.#string(reason)])
    if (this.#run.cutBy === undefined) this.#drain()
    return this.#end('cancelled')
  }

  expire(): RunEnd {
    return this.#end('wall_exceeded')
  }

  takeCalls(): readonly GuestCall[] {
    return this.#run.takeCalls()
  }

  dispose(): void {
    this.#run = new CellRun(NOTHING, 0)
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

  #dispatch({ limits, roomBytes, runId, now, seed, wallDeadline, event, payload }: RunTerms): RunEnd | undefined {
    const { machine, base } = this
    this.#begin({ limits, runId, now, seed, wallDeadline, isLoading: false }, limits.cpuMs)
    this.#takeBallast(roomBytes)
    if (this.#isTooLarge()) this.#cut('memory_exceeded')
    const numbers = [this.#number(limits.outputBytes), this.#number(limits.hostCallArgumentBytes)]
    const value = this.#enter('dispatch', [this.#string(event), this.#string(payload), ...numbers])
    if (value !== undefined) {
      const answer = machine.readText(base.layout.context, value, limits.outputBytes + ANSWER_ROOM_BYTES)
      if (answer !== ANSWERS.pending) this.#run.settle(answer)
      if (this.#keeps) machine.exports.freeValue(base.layout.context, value)
    }
    return this.#conclude()
  }

  #continue(entry: GuestEntry, args: readonly Pointer[]): RunEnd | undefined {
    this.#enter(entry, args)
    return this.#conclude()
  }

  /** Runs jobs, then says whether the run is over. */
  #conclude(): RunEnd | undefined {
    const run = this.#run
    if (run.cutBy === undefined && !run.isSettled) this.#drain()
    if (this.#isTooLarge()) this.#cut('memory_exceeded')
    if (run.cutBy !== undefined) return this.#end(run.cutBy)
    if (run.isSettled) return runEndOf(run, this.#usage())
    if (run.pendingCalls > 0 || run.timerCount > 0 || this.#listens()) return undefined
    return { ...this.#end('wall_exceeded'), stalled: true }
  }

  #listens(): boolean {
    const value = this.#enter('listens', [])
    return value !== undefined && this.machine.exports.getFloat64(this.base.layout.context, value) === 1
  }

  #end(status: OutcomeStatus): RunEnd {
    this.#cut(status)
    return { status, usage: this.#usage(), logs: this.#run.log.entries() }
  }

  #usage(): Usage {
    const { beganAt, hostCalls, log } = this.#run
    const memoryBytes = Math.max(0, this.machine.break - this.#baseline)
    return { cpuMs: this.#cpu.usedMs, wallMs: performance.now() - beganAt, memoryBytes, hostCalls, logBytes: log.bytes, outputBytes: 0 }
  }

  #begin(start: RunStart, cpuMs: number): void {
    const { machine, base } = this
    this.#run = new CellRun(start, performance.now())
    this.#cpu.begin(cpuMs)
    this.#baseline = base.image.end
    machine.exports.setMaxStackSize(base.layout.runtime, start.limits.stackBytes)
    const random = base.layout.context + PLACES.randomStateInContext
    machine.setWord(random, Number.parseInt(start.seed.slice(0, 8), 16) | 1) // a state of 0 would stay 0
    machine.setWord(random + 4, Number.parseInt(start.seed.slice(8, 16), 16))
  }

  /** A memory is never smaller than what the build needs: what it has beyond the room that a run is given is taken away. */
  #takeBallast(roomBytes: number): void {
    const ballast = this.machine.pages * PAGE_BYTES - this.#baseline - roomBytes
    if (ballast <= LEAST_BALLAST_BYTES) return
    if (this.machine.hasNoBallast) this.machine.takeBallast(ballast)
    this.#baseline += ballast
  }

  /** More than the limit, beyond rounding to pages. A load is measured when it is over: its code lies in the same memory. */
  #isTooLarge(): boolean {
    const { limits, isLoading } = this.#run.start
    return !isLoading && this.machine.break > this.#baseline + limits.memoryBytes + PAGE_BYTES
  }

  /** Ends the run with a status. After a violent end, everything is restored. */
  #cut(status: OutcomeStatus): void {
    this.#run.cut(status)
    this.machine.forgetKept()
  }

  /** Brand-new again. A script that runs twice in a row is kept whole, so that its next resets are one copy. */
  #reset(image: ImageRef | Image, stackBytes: number, sameScript: boolean): void {
    const { machine, base } = this
    if (!sameScript) {
      machine.distrustBallast()
      machine.forgetKept()
      machine.restore(base.image, image)
      machine.clearDeadStack(stackBytes)
    } else if (machine.hasKept) machine.restoreKept()
    else {
      machine.restore(base.image, image)
      machine.keep()
    }
  }

  /** Calls an entry of the guest. Undefined when the run was cut or the guest gave up. */
  #enter(entry: GuestEntry, args: readonly Pointer[]): Pointer | undefined {
    const { layout } = this.base
    for (let i = 0; i < args.length; i++) {
      const pointer = args[i] as Pointer
      if (pointer === 0) this.#cut('memory_exceeded')
      this.machine.setWord(layout.argv + i * 4, pointer)
    }
    if (this.#run.cutBy !== undefined) return undefined
    return this.#guarded(() => {
      const value = this.machine.exports.call(layout.context, layout.entries[entry], layout.undefinedValue, args.length, layout.argv)
      if (this.#keeps) for (const arg of args) this.machine.exports.freeValue(layout.context, arg)
      return this.#run.cutBy === undefined && value !== 0 && this.#isValue(value) ? value : undefined
    })
  }

  /** An exception that reaches an entry's edge is the guest giving up: full memory or a full stack, in the bootstrap itself. */
  #isValue(value: Pointer): boolean {
    const exception = this.machine.exports.resolveException(this.base.layout.context, value)
    if (exception === 0) return true
    this.#run.settle(`S{"name":"RangeError","message":"stack overflow","stack":""}`)
    return false
  }

  /** Evaluates code that lies beyond the heap: its text leaves no trace in an image. What it throws, code that does not parse included, is its value. */
  #evaluate(code: string): Pointer {
    const { context, fileName } = this.base.layout
    const scratch = this.machine.writeScratch(code)
    const value = this.#guarded(() => {
      const made = this.machine.exports.evaluate(context, scratch.pointer, scratch.length, fileName, 0, 0)
      const exception = this.machine.exports.resolveException(context, made)
      return exception === 0 ? made : exception
    })
    if (this.machine.break > scratch.pointer) this.#cut('memory_exceeded')
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
      this.#cut(error instanceof RangeError ? 'stack_exceeded' : 'exception')
      return undefined
    } finally {
      this.#isInside = false
      this.#marker.leave()
      this.#cpu.leave(performance.now())
    }
  }

  /** Ends the run on the spot: the guest's frames are left behind, and nothing that the script wrote can catch it. */
  #abandon(status: OutcomeStatus): void {
    this.#cut(status)
    if (this.#isInside) throw new GuestAbort()
  }

  #drain(): void {
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
  #dropJobs(): void {
    const jobs = this.base.layout.runtime + PLACES.jobListInRuntime
    this.machine.setWord(jobs, jobs)
    this.machine.setWord(jobs + 4, jobs)
  }

  /** Polled by the engine while guest code runs. */
  #isOver(): boolean {
    if (this.#run.cutBy !== undefined) return true
    const now = performance.now()
    if (now >= this.#run.start.wallDeadline) this.#cut('wall_exceeded')
    else if (this.#cpu.isExceeded(now)) this.#cut('cpu_exceeded')
    else if (this.#isTooLarge()) this.#cut('memory_exceeded')
    else this.#marker.polled(now)
    return this.#run.cutBy !== undefined
  }

  #string(text: string): Pointer {
    return this.machine.newString(this.base.layout.context, text)
  }

  #number(value: number): Pointer {
    return this.machine.exports.newFloat64(this.base.layout.context, value)
  }
}
