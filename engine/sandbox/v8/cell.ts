// A live sandbox on V8: an isolate that is bound to one script, brand-new contexts of it, one kept where a state goes on. Calling the guest is the
// business of guest.ts.
import { engineError } from '../../errors/engine-error.ts'
import type { Limits } from '../../model/limits.ts'
import type { OutcomeStatus } from '../../model/outcome.ts'
import { ANSWERS } from '../guest/host-ops.ts'
import type { Image, ImageRef } from '../image.ts'
import { cutEndOf, loadEndOf, runEndOf } from '../run-end.ts'
import type { ActivityMarker, Cell, GuestCall, LoadEnd, LoadTerms, RawLogs, RunEnd, RunTerms } from '../sandbox.ts'
import type { V8Base } from './base.ts'
import { ENTRIES, type Entry } from './guest/entry.ts'
import { Guest } from './guest.ts'
import { decodeRecipe, encodeRecipe, type Recipe } from './recipe.ts'

/** What an answer begins with that is no portrait of a default export. */
const FAULTS: ReadonlySet<string> = new Set([ANSWERS.fault, ANSWERS.stackOverflow, ANSWERS.outOfMemory])

/** A run that was cut before it had its share of the machine begins again, so often at most in all. */
const MOST_STARTS = 3

/** See the seam, `Cell`. */
export class V8Cell implements Cell {
  readonly #guest: Guest
  readonly #arena: WebAssembly.Memory | undefined
  /** What the isolate is bound to; undefined when there is none, or when it must not be used again. */
  #recipe: Recipe | undefined
  #recipeText = ''

  constructor(base: V8Base, memoryBytes: number, arena: WebAssembly.Memory | undefined, marker: ActivityMarker) {
    this.#guest = new Guest(base, memoryBytes, marker)
    this.#arena = arena
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

  load(terms: LoadTerms): LoadEnd {
    this.#recipe = { ...terms, shape: '' }
    this.#recipeText = ''
    const fault = this.#guest.bind(terms.code)
    const text = fault === undefined ? this.#loadScript(terms) : `${ANSWERS.fault}${JSON.stringify(fault)}`
    if (fault !== undefined) this.#beginLoad(terms)
    this.#guest.checkMemory(terms.limits.memoryBytes)
    const end = loadEndOf(this.#guest.run, text)
    if (this.#guest.run.cutBy !== undefined) this.#unbind()
    return end
  }

  freeze(shape: string): Image {
    const recipe = this.#recipe
    this.#guest.enter(ENTRIES.grant, [shape])
    if (recipe === undefined || this.#guest.run.cutBy !== undefined) throw engineError('SANDBOX_FAULT', [])
    // What was loaded has done its work: whoever serves the script follows the recipe.
    this.#unbind()
    return { bytes: encodeRecipe({ ...recipe, shape }) }
  }

  start(image: ImageRef | Image, terms: RunTerms, sameScript: boolean): RunEnd | undefined {
    let end = this.#start(image, terms, sameScript)
    // The engine's timeout is wall time: on a busy machine it may come before the run has had its share. Nobody has heard of it yet, so it begins anew.
    for (let starts = 1; end?.status === 'cpu_exceeded' && this.#guest.isRepeatable && starts < MOST_STARTS; starts++)
      end = this.#start(image, terms, false)
    return end
  }

  #start(image: ImageRef | Image, terms: RunTerms, sameScript: boolean): RunEnd | undefined {
    const recipe = this.#bindTo(image, sameScript)
    const portrait = this.#loadScript(recipe, terms.limits)
    if (this.#guest.run.cutBy !== undefined || portrait === undefined || FAULTS.has(portrait[0] ?? '')) {
      // It has loaded before, under the same limits: the machine is to blame, or the engine.
      this.#unbind()
      throw engineError('SANDBOX_FAULT', [])
    }
    return this.#dispatch(terms)
  }

  resume(terms: RunTerms): RunEnd | undefined {
    return this.#dispatch(terms)
  }

  snapshot(): Image {
    throw engineError('INTERNAL', ['a state of v8 cannot leave its cell'])
  }

  adopt(_image: Image): void {
    throw engineError('INTERNAL', ['a state of v8 cannot leave its cell'])
  }

  settle(id: number, ok: boolean, text: string, now: number): RunEnd | undefined {
    this.#guest.run.moveTo(now)
    this.#guest.run.pendingCalls--
    return this.#continue(ENTRIES.settle, [id, ok ? 1 : 0, text])
  }

  fireDue(now: number): RunEnd | undefined {
    this.#guest.run.moveTo(now)
    const moment = performance.now()
    for (const id of this.#guest.run.dueTimers(moment)) {
      if (!this.#guest.run.expireTimer(id, moment)) continue
      const end = this.#continue(ENTRIES.fire, [id])
      if (end !== undefined) return end
    }
    return undefined
  }

  cancel(reason: string, now: number): RunEnd {
    this.#guest.run.moveTo(now)
    this.#guest.enter(ENTRIES.abort, [reason])
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
    this.#recipe = undefined
    this.#guest.dispose()
  }

  /** The recipe of an image, and an isolate that is bound to it. */
  #bindTo(image: ImageRef | Image, sameScript: boolean): Recipe {
    if (sameScript && this.#recipe !== undefined && this.#recipeText !== '') return this.#recipe
    const text = this.#read(image)
    if (this.#recipe !== undefined && this.#recipeText === text) return this.#recipe
    const recipe = decodeRecipe(text)
    if (this.#guest.bind(recipe.code) !== undefined) throw engineError('SANDBOX_FAULT', [])
    this.#recipe = recipe
    this.#recipeText = text
    return recipe
  }

  #read(image: ImageRef | Image): string {
    if (!('offset' in image)) return Buffer.from(image.bytes).toString()
    // A view of shared memory must be copied before it is decoded.
    return Buffer.from(new Uint8Array((this.#arena as WebAssembly.Memory).buffer, image.offset, image.length)).toString()
  }

  #beginLoad({ limits, now, seed }: Omit<LoadTerms, 'code'>): void {
    this.#guest.begin({ limits, runId: '', now, seed, wallDeadline: Number.POSITIVE_INFINITY, isLoading: true }, limits.loadCpuMs)
  }

  /** Evaluates the bound script in a brand-new context; that of a recipe is made ready for runs with these limits. */
  #loadScript(terms: Omit<LoadTerms, 'code'> & { readonly shape?: string }, limits?: Limits): string | undefined {
    this.#beginLoad(terms)
    return this.#guest.load(terms.touches, terms.shape, limits)
  }

  #dispatch({ limits, runId, now, seed, wallDeadline, event, payload }: RunTerms): RunEnd | undefined {
    this.#guest.begin({ limits, runId, now, seed, wallDeadline, isLoading: false }, limits.cpuMs)
    const answer = this.#guest.dispatch(event, payload)
    if (typeof answer === 'string' && answer !== ANSWERS.pending) this.#guest.run.settle(answer)
    return this.#conclude()
  }

  #continue(entry: Entry, given: readonly (string | number)[]): RunEnd | undefined {
    this.#guest.enter(entry, given)
    return this.#conclude()
  }

  /** Says whether the run is over. */
  #conclude(): RunEnd | undefined {
    const { run } = this.#guest
    this.#guest.checkMemory(run.start.limits.memoryBytes)
    if (run.cutBy !== undefined) return this.#end(run.cutBy)
    if (run.isSettled) return runEndOf(run, this.#guest.usage())
    if (run.pendingCalls > 0 || run.timerCount > 0 || this.#guest.enter(ENTRIES.listens, []) === 1) return undefined
    return { ...this.#end('wall_exceeded'), stalled: true }
  }

  #end(status: OutcomeStatus): RunEnd {
    const { run } = this.#guest
    // After a violent end nothing of the isolate is used again: jobs may wait in it that nobody metered.
    if (run.cutBy !== undefined) this.#unbind()
    run.cut(status)
    return cutEndOf(run, status, this.#guest.usage())
  }

  #unbind(): void {
    this.#recipe = undefined
    this.#recipeText = ''
    this.#guest.unbind()
  }
}
