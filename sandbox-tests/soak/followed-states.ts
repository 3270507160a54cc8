// The states of scripts with isolation `script`: each run must continue where the last one ended, unless an outcome has said that the state was lost.

/** What a run did to its state, as far as it can be told. */
export interface StateStep {
  /** How many runs the state has seen, this one included; undefined where the run did not say. */
  readonly seen: number | undefined
  readonly stateLost: boolean
}

interface Followed {
  last: number
  /** An outcome has said so, and no run has begun anew since. */
  isLost: boolean
}

/** See the head of the file. */
export class FollowedStates {
  readonly #states = new Map<string, Followed>()

  /** Takes note of a run that has ended; runs of one state in the order of their ends. Says what is wrong. */
  follow(state: string, { seen, stateLost }: StateStep): string | undefined {
    let followed = this.#states.get(state)
    if (followed === undefined) {
      followed = { last: 0, isLost: false }
      this.#states.set(state, followed)
    }
    const { last } = followed
    const isNew = seen === 1 && (stateLost || followed.isLost)
    const isNext = seen === last + 1
    if (seen !== undefined) followed.last = seen
    followed.isLost = stateLost || (seen === undefined && followed.isLost)
    if (seen === undefined || isNew || isNext) return undefined
    return `its state has seen ${seen} runs, after ${last}${stateLost ? ', and was lost' : ''}`
  }
}
