// A live sandbox on QuickJS: loads, freezes, runs. That a run was cut is recorded here, on the host's side, and never read from what the guest says.
import { engineError } from '../../errors/engine-error.ts'
import { LIMITS, type Limits } from '../../model/limits.ts'
import type { OutcomeStatus } from '../../model/outcome.ts'
import { ANSWERS } from '../guest/host-ops.ts'
import type { Image, ImageRef } from '../image.ts'
import type { RandomStream } from '../random-stream.ts'
import { RunLog } from '../run-log.ts'
import type { ActivityMarker, Cell, GuestCall, LoadEnd, LoadTerms, RawLogs, RunEnd, RunTerms } from '../sandbox.ts'
import type { Base, GuestEntry } from './base.ts'
import { GuestAbort, PAGE_BYTES, PLACES, type Pointer } from './build.ts'
import { CpuMeter } from './cpu-meter.ts'
import { readFault, readFlaw } from './read-answer.ts'
import { ANSWER_ROOM_BYTES, type HostOpTarget, runHostOp } from './host-ops.ts'
import { Machine } from './machine.ts'

/** After so many jobs the deadline is looked at. */
const JOBS_A_LOOK = 64
/** A descriptor is bounded by the guest; this is the wall behind it. */
const MOST_DESCRIPTOR_BYTES = 4 * 1024 * 1024
/** Below this, rounding to pages is exact enough. */
const LEAST_BALLAST_BYTES = PAGE_BYTES

interface Timer {
  readonly due: number
  readonly repeatMs: number | undefined
}

/** See the seam, `Cell`. */
export class QuickJsCell implements Cell, HostOpTarget {
  readonly machine: Machine
  readonly base: Base
  readonly timers = new Map<number, Timer>()
  readonly #marker: ActivityMarker
  readonly #cpu = new CpuMeter()
  #calls: GuestCall[] = []
  #limits: Limits | undefined
  #loading = false
  #now = 0
  #wallDeadline = 0
  #beganAt = 0
  #baseline = 0
  #cutBy: OutcomeStatus | undefined
  #answer: string | undefined
  #answerTooLong = false
  /** Guest frames are on the stack. */
  #isInside = false
  /** The sandbox goes on after this run: what the run allocated for its calls is given back. */
  #keeps = false
  hostCalls = 0
  pendingCalls = 0
  seed = ''
  runId = ''
  startedAt = 0
  random: RandomStream | undefined
  log = new RunLog(0)

  constructor(base: Base, pages: number, arena: WebAssembly.Memory | undefined, marker: ActivityMarker) {
    this.base = base
    this.#marker = marker
    const hooks = {
      clock: () => this.#now,
      outOfMemory: () => this.#abandon('memory_exceeded'),
      shouldInterrupt: () => this.#isOver(),
      hostCall: (argc: number, argv: Pointer) => runHostOp(this, argc, argv),
    }
    this.machine = new Machine(base.module, pages, hooks, arena)
  }

  get limits(): Limits {
    return this.#limits as Limits // guest code runs only after a load or a run has set them
  }

  get isLoading(): boolean {
    return this.#loading
  }

  get isSettled(): boolean {
    return this.#hasAnswer()
  }

  get nextDue(): number | undefined {
    let next: number | undefined
    for (const { due } of this.timers.values()) if (next === undefined || due < next) next = due
    return next
  }

  load(terms: LoadTerms): LoadEnd {
    this.machine.distrustBallast()
    this.machine.forgetKept()
    this.machine.restoreBase(this.base.image)
    this.machine.clearDeadStack(terms.limits.stackBytes)
    this.#loading = true
    this.#begin(terms.limits, terms.now, terms.seed, terms.limits.loadCpuMs, Number.POSITIVE_INFINITY)
    if (terms.touches !== '') this.#enter('touch', [this.#string(terms.touches)])
    const module = this.#evaluate(terms.code)
    const refused = module === 0 ? 0 : this.machine.exports.resolveException(this.base.layout.context, module)
    // What the transpiler let through and this engine does not know, such as a newer kind of regular expression.
    const answer = module === 0 ? undefined : refused === 0 ? this.#enter('load', [module]) : this.#enter('failed', [refused])
    const text = answer === undefined ? this.#answer : this.machine.readText(this.base.layout.context, answer, MOST_DESCRIPTOR_BYTES)
    if (this.#cutBy === undefined) this.#drain()
    if (this.machine.break > this.#baseline + terms.limits.memoryBytes) this.cut('memory_exceeded')
    const logs = this.log.entries()
    if (this.#cutBy !== undefined) return { ok: false, status: this.#cutBy, logs }
    if (text === undefined) return { ok: false, status: 'memory_exceeded', logs }
    const isOverflow = text[0] === ANSWERS.stackOverflow
    if (!isOverflow && text[0] !== ANSWERS.fault) return { ok: true, descriptor: text, logs }
    return { ok: false, status: isOverflow ? 'stack_exceeded' : 'exception', fault: readFault(text), logs }
  }

  freeze(shape: string): Image {
    // Without its grant the script would run as one to whom nothing was refused.
    if (this.#enter('grant', [this.#string(shape)]) === undefined) throw engineError('SANDBOX_FAULT', [])
    this.#dropJobs()
    this.#loading = false
    return this.machine.freeze(this.base.image)
  }

  start(image: ImageRef | Image, terms: RunTerms, sameScript: boolean): RunEnd | undefined {
    this.#reset(image, terms.limits.stackBytes, sameScript)
    this.#loading = false
    this.#keeps = false
    return this.#run(terms)
  }

  resume(terms: RunTerms): RunEnd | undefined {
    this.#keeps = true
    this.#dropJobs()
    return this.#run(terms)
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

  get logged(): RawLogs {
    return this.log.entries()
  }

  settle(id: number, ok: boolean, text: string, now: number): RunEnd | undefined {
    this.#now = now
    this.pendingCalls--
    return this.#continue('settle', [this.#number(id), this.#number(ok ? 1 : 0), this.#string(text)])
  }

  fireDue(now: number): RunEnd | undefined {
    this.#now = now
    const moment = performance.now()
    for (const [id, timer] of [...this.timers].sort(([, a], [, b]) => a.due - b.due)) {
      if (timer.due > moment || !this.timers.has(id)) continue
      if (timer.repeatMs === undefined) this.timers.delete(id)
      else this.timers.set(id, { due: moment + timer.repeatMs, repeatMs: timer.repeatMs })
      const end = this.#continue('fire', [this.#number(id)])
      if (end !== undefined) return end
    }
    return undefined
  }

  cancel(reason: string, now: number): RunEnd {
    this.#now = now
    this.#enter('abort', [this.#string(reason)])
    if (this.#cutBy === undefined) this.#drain()
    this.cut('cancelled')
    return this.#end('cancelled')
  }

  expire(): RunEnd {
    this.cut('wall_exceeded')
    return this.#end('wall_exceeded')
  }

  takeCalls(): readonly GuestCall[] {
    if (this.#calls.length === 0) return this.#calls
    const calls = this.#calls
    this.#calls = []
    return calls
  }

  dispose(): void {
    this.timers.clear()
    this.#calls = []
  }

  /** Ends the run with a status; the first one stands. */
  cut(status: OutcomeStatus): void {
    this.#cutBy ??= status
    this.machine.forgetKept() // after a violent end, everything is restored
  }

  /** See {@link HostOpTarget}. */
  checkTime(): void {
    const now = performance.now()
    if (this.#cutBy === undefined && now < this.#cpu.deadline && now < this.#wallDeadline) return
    if (this.#isOver()) this.#abandon('cpu_exceeded')
  }

  /** Queues a host call; the first one beyond the limit ends the run on the spot. */
  queueCall(call: GuestCall): void {
    if (this.hostCalls >= this.limits.hostCalls) this.#abandon('host_calls_exceeded')
    this.#calls.push(call)
    this.hostCalls++
    this.pendingCalls++
  }

  /** Keeps a log entry; undefined stands for one that is too long. */
  writeLog(entry: string | undefined): void {
    if (this.log.add(entry)) this.#marker.logged(entry)
  }

  /** What the handler came to, told by the guest. The first word stands. */
  answered(text: string | undefined): void {
    if (text === undefined) this.#answerTooLong = true
    else this.#answer ??= text
  }

  #run(terms: RunTerms): RunEnd | undefined {
    const { limits } = terms
    this.#begin(limits, terms.now, terms.seed, limits.cpuMs, terms.wallDeadline)
    if (this.machine.break > this.#baseline + limits.memoryBytes + PAGE_BYTES) this.cut('memory_exceeded')
    this.runId = terms.runId
    const text = [this.#string(terms.event), this.#string(terms.payload)]
    const value = this.#enter('dispatch', [...text, this.#number(limits.outputBytes), this.#number(limits.hostCallArgumentBytes)])
    if (value !== undefined) {
      const answer = this.machine.readText(this.base.layout.context, value, limits.outputBytes + ANSWER_ROOM_BYTES)
      if (answer !== ANSWERS.pending) this.answered(answer)
      if (this.#keeps) this.machine.exports.freeValue(this.base.layout.context, value)
    }
    return this.#conclude()
  }

  #continue(entry: GuestEntry, args: readonly Pointer[]): RunEnd | undefined {
    this.#enter(entry, args)
    return this.#conclude()
  }

  /** Runs jobs, then says whether the run is over. */
  #conclude(): RunEnd | undefined {
    if (this.#cutBy === undefined && !this.#hasAnswer()) this.#drain()
    if (this.#cutBy !== undefined) return this.#end(this.#cutBy)
    if (this.#hasAnswer()) return this.#endWith(this.#answer)
    if (this.pendingCalls > 0 || this.timers.size > 0 || this.#listens()) return undefined
    return { ...this.#end('wall_exceeded'), stalled: true }
  }

  #hasAnswer(): boolean {
    return this.#answer !== undefined || this.#answerTooLong
  }

  #listens(): boolean {
    const value = this.#enter('listens', [])
    return value !== undefined && this.machine.exports.getFloat64(this.base.layout.context, value) === 1
  }

  #endWith(answer: string | undefined): RunEnd {
    const limit = this.limits.outputBytes
    if (answer === undefined) return this.#end('output_exceeded')
    switch (answer[0]) {
      case ANSWERS.fault:
        return { ...this.#end('exception'), fault: readFault(answer) }
      case ANSWERS.stackOverflow:
        return { ...this.#end('stack_exceeded'), fault: readFault(answer) }
      case ANSWERS.notPlain:
        return { ...this.#end('exception'), notPlain: readFlaw(answer) }
      case ANSWERS.tooLarge:
        return this.#end('output_exceeded')
      default: {
        const outputBytes = Buffer.byteLength(answer)
        // The codec writes one line. A second one would be read as a message of its own.
        if (answer.includes('\n')) return this.#end('exception')
        return outputBytes > limit ? this.#end('output_exceeded') : this.#end('ok', answer, outputBytes)
      }
    }
  }

  #end(status: OutcomeStatus, value?: string, outputBytes = 0): RunEnd {
    const usage = {
      cpuMs: this.#cpu.usedMs,
      wallMs: performance.now() - this.#beganAt,
      memoryBytes: Math.max(0, this.machine.break - this.#baseline),
      hostCalls: this.hostCalls,
      logBytes: this.log.bytes,
      outputBytes,
    }
    this.timers.clear()
    const logs = this.log.entries()
    return value === undefined ? { status, usage, logs } : { status, value, usage, logs }
  }

  #begin(limits: Limits, now: number, seed: string, cpuMs: number, wallDeadline: number): void {
    const { machine, base } = this
    this.#limits = limits
    this.#now = now
    this.startedAt = now
    this.seed = seed
    this.#beganAt = performance.now()
    this.#wallDeadline = wallDeadline
    this.#cutBy = undefined
    this.#answer = undefined
    this.#answerTooLong = false
    this.#calls = []
    this.timers.clear()
    this.hostCalls = 0
    this.pendingCalls = 0
    this.random = undefined
    this.log = new RunLog(limits.logBytes)
    this.#cpu.begin(cpuMs)
    machine.exports.setMaxStackSize(base.layout.runtime, limits.stackBytes)
    const random = base.layout.context + PLACES.randomStateInContext
    machine.setWord(random, Number.parseInt(seed.slice(0, 8), 16) | 1) // a state of 0 would stay 0
    machine.setWord(random + 4, Number.parseInt(seed.slice(8, 16), 16))
    const ballast = machine.pages * PAGE_BYTES - base.image.end - limits.memoryBytes
    const needsBallast = !this.#loading && ballast > LEAST_BALLAST_BYTES
    if (needsBallast && machine.hasNoBallast) machine.takeBallast(ballast)
    this.#baseline = base.image.end + (needsBallast ? ballast : 0)
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
      if (pointer === 0) this.cut('memory_exceeded')
      this.machine.setWord(layout.argv + i * 4, pointer)
    }
    if (this.#cutBy !== undefined) return undefined
    return this.#guarded(() => {
      const value = this.machine.exports.call(layout.context, layout.entries[entry], layout.undefinedValue, args.length, layout.argv)
      if (this.#keeps) for (const arg of args) this.machine.exports.freeValue(layout.context, arg)
      return this.#cutBy === undefined && value !== 0 && this.#isValue(value) ? value : undefined
    })
  }

  /** An exception that reaches an entry's edge is the guest giving up: full memory or a full stack, in the bootstrap itself. */
  #isValue(value: Pointer): boolean {
    const exception = this.machine.exports.resolveException(this.base.layout.context, value)
    if (exception === 0) return true
    this.answered(`S{"name":"RangeError","message":"stack overflow","stack":""}`)
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
    if (this.machine.break > scratch.pointer) this.cut('memory_exceeded')
    this.machine.clearScratch(scratch)
    return value === undefined || this.#cutBy !== undefined ? 0 : value
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
      this.cut(error instanceof RangeError ? 'stack_exceeded' : 'exception')
      return undefined
    } finally {
      this.#isInside = false
      this.#marker.leave()
      this.#cpu.leave(performance.now())
    }
  }

  /** Ends the run on the spot: the guest's frames are left behind, and nothing that the script wrote can catch it. */
  #abandon(status: OutcomeStatus): void {
    this.cut(status)
    if (this.#isInside) throw new GuestAbort()
  }

  #drain(): void {
    const { runtime, jobContext, context } = this.base.layout
    const { exports } = this.machine
    this.#guarded(() => {
      // One at a time: no job runs once the handler has settled.
      for (let jobs = 1; this.#cutBy === undefined && !this.#hasAnswer() && exports.isJobPending(runtime) !== 0; jobs++) {
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
    if (this.#cutBy !== undefined) return true
    const now = performance.now()
    if (now >= this.#wallDeadline) this.cut('wall_exceeded')
    else if (this.#cpu.isExceeded(now)) this.cut('cpu_exceeded')
    else this.#marker.polled(now)
    return this.#cutBy !== undefined
  }

  #string(text: string): Pointer {
    return this.machine.newString(this.base.layout.context, text)
  }

  #number(value: number): Pointer {
    return this.machine.exports.newFloat64(this.base.layout.context, value)
  }
}
