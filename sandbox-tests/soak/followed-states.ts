// The states of scripts with isolation `script`: each run must continue where the last one ended, unless an outcome has said that the state was lost.
import type { Outcome } from '../../engine/index.ts'

/** A run that has ended. */
export interface StateStep {
  readonly state: string
  readonly outcome: Outcome
  /** How many runs its state has seen, this one included, where the run says so. */
  readonly seen: number | undefined
}

interface Followed {
  /** What the last run said. */
  last: number
  /** An outcome has said that the state was lost, and no run has begun anew since. */
  isLost: boolean
  /** The last runs, in words. */
  readonly history: string[]
}

const LONGEST_HISTORY = 12

/** See the head of the file. */
export class FollowedStates {
  readonly #states = new Map<string, Followed>()
  /** Of each script, the runs that have ended, in order, from the first one whose caller does not have its outcome. */
  readonly #ended = new Map<string, string[]>()
  readonly #claimed = new Map<string, StateStep>()

  /** A run has ended: the observer is told at once, and so in the right order. */
  ended({ script, runId }: Outcome): void {
    const runs = this.#ended.get(script)
    if (runs === undefined) this.#ended.set(script, [runId])
    else runs.push(runId)
  }

  /** A caller has an outcome, perhaps together with those of other scripts, and so later than the next one. Says what is wrong, of this run and of those that had to wait for it. */
  claimed(step: StateStep): string[] {
    const { script, runId } = step.outcome
    this.#claimed.set(runId, step)
    const runs = this.#ended.get(script) ?? []
    const wrong: string[] = []
    for (
      let [first = ''] = runs, next = this.#claimed.get(first);
      next !== undefined;
      [first = ''] = runs, next = this.#claimed.get(first)
    ) {
      runs.shift()
      this.#claimed.delete(first)
      const problem = this.#follow(next)
      if (problem !== undefined) wrong.push(problem)
    }
    return wrong
  }

  #follow({ state, outcome, seen }: StateStep): string | undefined {
    const { event, script, runId, status } = outcome
    const stateLost = outcome.stateLost === true
    const followed = this.#find(state)
    const { last, history } = followed
    const isNew = seen === 1 && (stateLost || followed.isLost)
    const isRight = seen === undefined || seen === last + 1 || isNew
    if (seen !== undefined) followed.last = seen
    followed.isLost = stateLost || (seen === undefined && followed.isLost)
    history.push(`${event} ${runId} ${status}${seen === undefined ? '' : ` ${seen}`}${stateLost ? ', state lost' : ''}`)
    if (history.length > LONGEST_HISTORY) history.shift()
    return isRight ? undefined : `${event} of ${script}: its state ${state} has seen ${seen} runs, after ${last} (${history.join('; ')})`
  }

  #find(state: string): Followed {
    let followed = this.#states.get(state)
    if (followed === undefined) {
      followed = { last: 0, isLost: false, history: [] }
      this.#states.set(state, followed)
    }
    return followed
  }
}
