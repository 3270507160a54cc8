// The way of one run into its lane: through the crowds that it belongs to, one after another, then to a place among the runs of its script.
import { codeFault } from '../errors/code-fault.ts'
import type { ScriptFault } from '../model/outcome.ts'
import type { CrowdMember, CrowdTerms } from './crowds.ts'
import type { Lane } from './lane.ts'

/** What a run has to pass. */
export interface EntranceTerms {
  readonly script: string
  readonly lane: Lane
  /** In an order that all runs of the lane keep: of two runs in two crowds, each could else wait for the turn that the other has. */
  readonly crowds: readonly CrowdTerms[]
  /** Runs of the script at once. */
  readonly atOnce: number
  /** Runs of the script that wait. */
  readonly waiting: number
}

/** Told how it goes. */
export interface Entrant {
  /** It has its place. */
  begin(): void
  /** It gets none: status `queue_full`. */
  onTurnedAway(fault: ScriptFault): void
  /** A later run takes its place. */
  onReplaced(fault: ScriptFault): void
}

/** Most runs belong to no crowd. */
const NOBODY: readonly CrowdMember[] = Object.freeze([])

/** See the head of the file. */
export class Entrance {
  readonly #terms: EntranceTerms
  readonly #entrant: Entrant
  readonly #members: readonly CrowdMember[]
  /** Crowds whose turn has come. */
  #passed = 0
  #state: 'outside' | 'waiting' | 'inside' | 'left' = 'outside'

  constructor(terms: EntranceTerms, entrant: Entrant) {
    this.#terms = terms
    this.#entrant = entrant
    this.#members = terms.crowds.length === 0 ? NOBODY : terms.crowds.map((crowd) => this.#memberOf(crowd))
  }

  /** Goes as far as it can, and on when it may. */
  enter(): void {
    const { crowds, lane, script, atOnce, waiting } = this.#terms
    const terms = crowds[this.#passed]
    const member = this.#members[this.#passed]
    if (terms === undefined || member === undefined) {
      this.#state = 'waiting'
      if (lane.enter(this.#start, atOnce, waiting)) return
      this.#state = 'outside'
      return this.#entrant.onTurnedAway(codeFault('QUEUE_FULL', `"${script}"`, atOnce, lane.waiting))
    }
    const met = lane.crowds.enter(terms, member)
    if (met === 'overlaps') this.#entrant.onTurnedAway(codeFault('RUN_OVERLAPS', terms.name))
    if (met === 'full')
      this.#entrant.onTurnedAway(
        codeFault('QUEUE_FULL', terms.name, terms.mode === 'queued' ? 1 : terms.most, lane.crowds.waiting(terms.key)),
      )
  }

  /** The run is over, however far it has come. */
  leave(): void {
    const { crowds, lane } = this.#terms
    const state = this.#state
    this.#state = 'left'
    if (state === 'inside') lane.leave()
    else if (state === 'waiting') lane.withdraw(this.#start)
    if (this.#members.length === 0) return
    for (const [index, member] of this.#members.entries()) lane.crowds.leave(crowds[index]?.key ?? '', member, index < this.#passed)
  }

  #memberOf({ name }: CrowdTerms): CrowdMember {
    return {
      start: () => {
        this.#passed++
        this.enter()
      },
      replace: () => this.#entrant.onReplaced(codeFault('RUN_REPLACED', name)),
    }
  }

  readonly #start = (): void => {
    this.#state = 'inside'
    this.#entrant.begin()
  }
}
