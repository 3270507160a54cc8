// The books of a soak: every event that was accepted must come to exactly one outcome, and each outcome is judged.
import { inspect } from 'node:util'
import type { EngineObserver, Outcome } from '../../engine/index.ts'
import { CountedKv } from './counted-kv.ts'
import { FollowedStates } from './followed-states.ts'
import { type Accepted, judge } from './judge.ts'
import { Latencies } from './latencies.ts'
import { RunnerEnds } from './runner-ends.ts'

const MOST_PROBLEMS_TOLD = 20

/** See the head of the file. */
export class Ledger {
  readonly ends = new RunnerEnds()
  readonly kv = new CountedKv()
  readonly normal = new Latencies()
  readonly hostile = new Latencies()
  readonly statuses: Record<string, number> = {}
  /** Of what was under way while the engine was closed. */
  readonly lastStatuses: Record<string, number> = {}
  /** The first ones, in words. */
  readonly problems: string[] = []
  problemCount = 0
  /** Events for a script that were accepted. */
  accepted = 0
  /** Outcomes that their callers were given. */
  claimed = 0
  /** Runs that count as what stopped a runner that the soak had harmed. */
  victims = 0
  /** Good results since the soak last harmed a runner. */
  okSinceHarm = 0
  /** Set while the engine is being closed. */
  isClosing = false
  readonly #states = new FollowedStates()
  /** Runs whose outcome was told to the observer, and not yet to the caller. */
  readonly #told = new Set<string>()
  readonly #waiting = new Set<Accepted>()

  /** For the engine: it sees what callers do not. */
  get observer(): EngineObserver {
    return {
      run: (outcome) => {
        const { runId, script } = outcome
        this.#states.ended(outcome)
        if (this.#told.has(runId)) this.fail(`run ${runId} of ${script} has two outcomes`)
        this.#told.add(runId)
      },
      hostCall: this.kv.onCall,
      runner: this.ends.onChange,
    }
  }

  /** Accepted events that have no outcome. */
  get waiting(): readonly Accepted[] {
    return [...this.#waiting]
  }

  /** An event is handed to the engine for a script. */
  accept(accepted: Accepted): void {
    this.accepted++
    this.#waiting.add(accepted)
  }

  /** The caller has the outcome of an accepted event. */
  claim(accepted: Accepted, outcome: Outcome): void {
    const { status, runId, script } = outcome
    this.claimed++
    if (!this.#waiting.delete(accepted)) this.fail(`${accepted.event} of ${script} has two outcomes`)
    if (!this.#told.delete(runId)) this.fail(`run ${runId} of ${script} was told to its caller, and not to the observer`)
    const statuses = this.isClosing ? this.lastStatuses : this.statuses
    statuses[status] = (statuses[status] ?? 0) + 1
    const isHostile = 'statuses' in accepted.expected
    const latencies = isHostile ? this.hostile : this.normal
    latencies.add(performance.now() - accepted.acceptedAt)
    if (status === 'ok' && !isHostile) this.okSinceHarm++
    const { problem, isVictim } = judge(accepted, outcome, { ends: this.ends, counted: this.kv.take(runId), isClosing: this.isClosing })
    if (isVictim === true) this.victims++
    if (problem !== undefined) this.#tell(accepted, outcome, problem)
    this.#followState(accepted, outcome)
  }

  /** Something is wrong. */
  fail(problem: string): void {
    this.problemCount++
    if (this.problems.length < MOST_PROBLEMS_TOLD) this.problems.push(problem)
  }

  /** The books are closed: nothing may be open any more. */
  close(): void {
    for (const { script, event, acceptedAt } of this.#waiting)
      this.fail(`${event} of ${script} has no outcome after ${((performance.now() - acceptedAt) / 1000).toFixed(1)} s`)
    if (this.#told.size > 0)
      this.fail(`${this.#told.size} outcomes were told to the observer, and not to a caller: ${[...this.#told].slice(0, 5).join(' ')}`)
    if (this.victims > this.ends.stops)
      this.fail(`${this.victims} runs count as what stopped a runner; the soak has stopped only ${this.ends.stops}`)
  }

  #followState({ expected, tenant, version }: Accepted, outcome: Outcome): void {
    const isCounting = 'counts' in expected && expected.counts !== 'kv'
    const seen = isCounting && outcome.status === 'ok' ? ((outcome.value as readonly unknown[])[1] as number) : undefined
    const state = JSON.stringify([outcome.script, tenant, version])
    for (const wrong of this.#states.claimed({ state, outcome, seen })) this.fail(wrong)
  }

  #tell({ event, version, acceptedAt }: Accepted, outcome: Outcome, wrong: string): void {
    const { script, status, value, error, stateLost } = outcome
    const shown = inspect(
      { status, value, error, stateLost },
      { depth: 4, breakLength: Number.POSITIVE_INFINITY, compact: true, maxStringLength: 300 },
    ).slice(0, 1_500)
    const ago = (performance.now() - acceptedAt).toFixed(0)
    this.fail(`${event} of ${script}, version ${version}, after ${ago} ms: ${wrong}: ${shown}`)
  }
}
