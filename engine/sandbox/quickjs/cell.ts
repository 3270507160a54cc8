// A live sandbox on QuickJS: what is loaded into it, what is frozen out of it, how its runs begin and end. Calling the guest is the business of guest.ts.
import { engineError } from '../../errors/engine-error.ts'
import type { OutcomeStatus } from '../../model/outcome.ts'
import { ANSWERS } from '../guest/host-ops.ts'
import { ANSWER_ROOM_BYTES } from '../host-ops.ts'
import type { Image, ImageRef } from '../image.ts'
import { cutEndOf, loadEndOf, runEndOf } from '../run-end.ts'
import type { ActivityMarker, Cell, GuestCall, LoadEnd, LoadTerms, RawLogs, RunEnd, RunTerms } from '../sandbox.ts'
import type { Base, GuestEntry } from './base.ts'
import { PAGE_BYTES, type Pointer } from './build.ts'
import { Guest } from './guest.ts'
import type { Machine } from './machine.ts'

/** A descriptor is bounded by the guest; this is the wall behind it. */
const MOST_DESCRIPTOR_BYTES = 4 * 1024 * 1024
/** Below this, rounding to pages is exact enough. */
const LEAST_BALLAST_BYTES = PAGE_BYTES

/** See the seam, `Cell`. */
export class QuickJsCell implements Cell {
  readonly machine: Machine
  readonly base: Base
  readonly #guest: Guest

  constructor(base: Base, pages: number, arena: WebAssembly.Memory | undefined, marker: ActivityMarker) {
    this.base = base
    this.#guest = new Guest(base, pages, arena, marker)
    this.machine = this.#guest.machine
  }

  get nextDue(): number | undefined {
    return this.#guest.run.nextDue
  }

  get cpuMs(): number {
    return this.#guest.cpuMs
  }

  get logged(): RawLogs {
    return this.#guest.run.log.entries()
  }

  load({ limits, now, seed, touches, code }: LoadTerms): LoadEnd {
    const { machine, base } = this
    machine.distrustBallast()
    machine.forgetKept()
    machine.restoreBase(base.image)
    machine.clearDeadStack()
    this.#guest.begin({ limits, runId: '', now, seed, wallDeadline: Number.POSITIVE_INFINITY, isLoading: true }, limits.loadCpuMs)
    if (touches !== '') this.#guest.enter('touch', [this.#guest.string(touches)])
    const module = this.#guest.evaluate(code)
    const answer = module === 0 ? undefined : this.#guest.enter('load', [module])
    const text = answer === undefined ? this.#guest.run.answer : machine.readText(base.layout.context, answer, MOST_DESCRIPTOR_BYTES)
    if (this.#guest.run.cutBy === undefined) this.#guest.drain()
    if (machine.break > this.#guest.baseline + limits.memoryBytes) this.#guest.cut('memory_exceeded')
    return loadEndOf(this.#guest.run, text)
  }

  freeze(shape: string): Image {
    // Without its grant the script would run as one to whom nothing was refused.
    if (this.#guest.enter('grant', [this.#guest.string(shape)]) === undefined) throw engineError('SANDBOX_FAULT', [])
    this.#guest.dropJobs()
    return this.machine.freeze(this.base.image)
  }

  start(image: ImageRef | Image, terms: RunTerms, sameScript: boolean): RunEnd | undefined {
    this.#reset(image, sameScript)
    this.#guest.keeps = terms.isKept === true
    return this.#dispatch(terms)
  }

  resume(terms: RunTerms): RunEnd | undefined {
    this.#guest.keeps = true
    this.#guest.dropJobs()
    return this.#dispatch(terms)
  }

  snapshot(): Image {
    return this.machine.freeze(this.base.image)
  }

  adopt(image: Image): void {
    this.machine.distrustBallast()
    this.machine.restore(this.base.image, image)
    this.machine.forgetKept()
    this.machine.clearDeadStack()
  }

  settle(id: number, ok: boolean, text: string, now: number): RunEnd | undefined {
    this.#guest.run.moveTo(now)
    this.#guest.run.pendingCalls--
    return this.#continue('settle', [this.#guest.number(id), this.#guest.number(ok ? 1 : 0), this.#guest.string(text)])
  }

  fireDue(now: number): RunEnd | undefined {
    this.#guest.run.moveTo(now)
    const moment = performance.now()
    for (const id of this.#guest.run.dueTimers(moment)) {
      if (!this.#guest.run.expireTimer(id, moment)) continue
      const end = this.#continue('fire', [this.#guest.number(id)])
      if (end !== undefined) return end
    }
    return undefined
  }

  cancel(reason: string, now: number): RunEnd {
    this.#guest.run.moveTo(now)
    this.#guest.enter('abort', [this.#guest.string(reason)])
    if (this.#guest.run.cutBy === undefined) this.#guest.drain()
    return this.#end('cancelled')
  }

  expire(): RunEnd {
    this.#guest.locateWaiting()
    return this.#end('wall_exceeded')
  }

  takeCalls(): readonly GuestCall[] {
    return this.#guest.run.takeCalls()
  }

  dispose(): void {
    this.#guest.forget()
  }

  #dispatch({ limits, roomBytes, runId, now, seed, wallDeadline, event, payload }: RunTerms): RunEnd | undefined {
    const { machine, base } = this
    this.#guest.begin({ limits, runId, now, seed, wallDeadline, isLoading: false }, limits.cpuMs)
    this.#takeBallast(roomBytes)
    if (this.#guest.isTooLarge()) this.#guest.cut('memory_exceeded')
    const numbers = [this.#guest.number(limits.outputBytes), this.#guest.number(limits.hostCallArgumentBytes)]
    const entry = this.#guest.keeps ? 'dispatch' : 'begin'
    const value = this.#guest.enter(entry, [this.#guest.string(event), this.#guest.string(payload), ...numbers])
    if (value !== undefined) {
      const answer = machine.readText(base.layout.context, value, limits.outputBytes + ANSWER_ROOM_BYTES)
      if (answer !== ANSWERS.pending) this.#guest.run.settle(answer)
      if (this.#guest.keeps) machine.exports.freeValue(base.layout.context, value)
    }
    return this.#conclude()
  }

  #continue(entry: GuestEntry, args: readonly Pointer[]): RunEnd | undefined {
    this.#guest.enter(entry, args)
    return this.#conclude()
  }

  /** Runs jobs, then says whether the run is over. */
  #conclude(): RunEnd | undefined {
    const run = this.#guest.run
    if (run.cutBy === undefined && !run.isSettled) this.#guest.drain()
    if (this.#guest.isTooLarge()) this.#guest.cut('memory_exceeded')
    this.#guest.reportRejection()
    if (run.cutBy !== undefined) return this.#end(run.cutBy)
    if (run.isSettled) return runEndOf(run, this.#guest.usage())
    if (run.pendingCalls > 0 || run.timerCount > 0 || this.#listens()) return undefined
    return { ...this.#end('wall_exceeded'), stalled: true }
  }

  #listens(): boolean {
    const value = this.#guest.enter('listens', [])
    return value !== undefined && this.machine.exports.getFloat64(this.base.layout.context, value) === 1
  }

  #end(status: OutcomeStatus): RunEnd {
    this.#guest.cut(status)
    return cutEndOf(this.#guest.run, status, this.#guest.usage())
  }

  /** A memory is never smaller than what the build needs: what it has beyond the room that a run is given is taken away. */
  #takeBallast(roomBytes: number): void {
    const ballast = this.machine.pages * PAGE_BYTES - this.#guest.baseline - roomBytes
    if (ballast <= LEAST_BALLAST_BYTES) return
    if (this.machine.hasNoBallast) this.machine.takeBallast(ballast)
    this.#guest.discount(ballast)
  }

  /** Brand-new again. A script that runs twice in a row is kept whole, so that its next resets are one copy. */
  #reset(image: ImageRef | Image, sameScript: boolean): void {
    const { machine, base } = this
    if (!sameScript) {
      machine.distrustBallast()
      machine.forgetKept()
      machine.restore(base.image, image)
      machine.clearDeadStack()
    } else if (machine.hasKept) machine.restoreKept()
    else {
      machine.restore(base.image, image)
      machine.keep()
    }
  }
}
