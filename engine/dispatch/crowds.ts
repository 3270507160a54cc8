// Runs that meet: those of one script for one tenant, those of one schedule. Their mode says what becomes of one that comes while another is under way.
import type { OverlapMode } from '../model/manifest.ts'
import { Turns } from './turns.ts'

/** Runs of a crowd of mode `parallel` that wait. */
const MOST_WAITING = 1_000

/** How a run meets others, and which. */
export interface CrowdTerms {
  /** The same for all that meet. */
  readonly key: string
  /** Who they are, in a sentence: `"report" (every 5m)`. */
  readonly name: string
  readonly mode: OverlapMode
  /** The most at once with `parallel`; the most that wait with `queued`. */
  readonly most: number
}

/** A run in a crowd. */
export interface CrowdMember {
  /** Its turn has come. May be called at once. */
  readonly start: () => void
  /** A later one takes its place: it has to end, now or soon. */
  readonly replace: () => void
}

interface Crowd {
  readonly turns: Turns
  /** Those that are under way or wait, by when they came. */
  readonly members: Set<CrowdMember>
}

/** The crowds of one script. */
export class Crowds {
  readonly #crowds = new Map<string, Crowd>()

  /** Starts a member now or later; or says why it never will. */
  enter({ key, mode, most }: CrowdTerms, member: CrowdMember): 'entered' | 'overlaps' | 'full' {
    const crowd = this.#crowds.get(key) ?? { turns: new Turns(), members: new Set() }
    const { turns, members } = crowd
    if (mode === 'single' && members.size > 0) return 'overlaps'
    if (mode === 'queued' && turns.waiting >= most) return 'full'
    if (mode === 'parallel' && turns.waiting >= MOST_WAITING) return 'full'
    const replaced = mode === 'restart' ? [...members] : []
    this.#crowds.set(key, crowd)
    members.add(member) // before the others end: the crowd stays the same one
    for (const other of replaced) other.replace()
    if (!members.has(member)) return 'entered' // whoever was told of their end has sent another one, which has replaced this one, too
    turns.enter(member.start, mode === 'parallel' ? most : 1, Number.POSITIVE_INFINITY)
    return 'entered'
  }

  /** A member ended: after its turn came, or before. */
  leave(key: string, member: CrowdMember, hadTurn: boolean): void {
    const crowd = this.#crowds.get(key)
    if (crowd === undefined || !crowd.members.delete(member)) return
    if (crowd.members.size === 0) this.#crowds.delete(key)
    if (hadTurn) crowd.turns.leave()
    else crowd.turns.withdraw(member.start)
  }

  /** Runs of a crowd that wait. */
  waiting(key: string): number {
    return this.#crowds.get(key)?.turns.waiting ?? 0
  }
}
