// Whether an outcome is one that the design allows, for what was asked, what the soak did to it and what happened to runners meanwhile.
import { isDeepStrictEqual } from 'node:util'
import type { Outcome, OutcomeStatus } from '../../engine/index.ts'
import type { Expectation } from './normal-scripts.ts'
import type { RunnerEnds } from './runner-ends.ts'

/** An event that was accepted for one script. */
export interface Accepted {
  readonly script: string
  readonly event: string
  readonly acceptedAt: number
  /** The version that was in force. */
  readonly version: number
  readonly tenant: string | undefined
  /** What its outcome must be; or, for a hostile script, the statuses that it may have. */
  readonly expected: Expectation | { readonly statuses: readonly OutcomeStatus[] }
  /** Whether its handler calls the host. */
  readonly callsHost: boolean
  /** Set once the soak has cancelled it. */
  readonly signal: AbortSignal | undefined
}

/** What else a verdict depends on. */
export interface Circumstances {
  readonly ends: RunnerEnds
  /** The answers to the run's increments in kv. */
  readonly counted: readonly number[]
  /** The engine is being closed: what is under way may be lost. */
  readonly isClosing: boolean
}

/** What is to be said of an outcome. */
export interface Verdict {
  readonly problem?: string
  /** It was computed when its runner was stopped, and counts as what stopped it: of each harmed runner, that can be said of one run. */
  readonly isVictim?: true
}

const FINE: Verdict = Object.freeze({})
const VICTIM: Verdict = Object.freeze({ isVictim: true })
/** A bystander is run again this often. */
const MOST_ATTEMPTS = 3
const LONGEST_START_MS = 15_000
/** How an engine can see a runner that was stopped while it computed. */
const STOPPED: ReadonlySet<OutcomeStatus> = new Set(['cpu_exceeded', 'wall_exceeded'])

/** Judges one outcome. */
export function judge(accepted: Accepted, outcome: Outcome, { ends, counted, isClosing }: Circumstances): Verdict {
  const { status } = outcome
  const { expected, signal } = accepted
  if (counted.length > 1) return bad(`it incremented ${counted.length} times`)
  if (status === 'cancelled') return signal?.aborted === true ? FINE : bad('nobody has cancelled it')
  if (isClosing && ['runner_lost', 'load_failed'].includes(status)) return FINE
  if ('statuses' in expected) return judgeHostile(accepted, status, expected.statuses, ends)
  if (status === expected.status) return judgeResult(accepted, outcome, expected, counted)
  if (status === 'runner_lost') return judgeLost(accepted, ends)
  if (STOPPED.has(status) && ends.stops > 0) return VICTIM
  if (status === 'load_failed') return judgeLoad(accepted, ends)
  return bad(`${status}, not ${expected.status}`)
}

/** Also a hostile run can be the one that a harmed runner computed. Quarantine is for all whose runners ended too often. */
function judgeHostile(accepted: Accepted, status: OutcomeStatus, statuses: readonly OutcomeStatus[], ends: RunnerEnds): Verdict {
  if (statuses.includes(status) || status === 'wall_exceeded') return FINE
  if (status === 'load_failed') return judgeLoad(accepted, ends)
  if (status === 'quarantined')
    return Object.keys(ends.changes).includes('runner killed') || ends.harms > 0 ? FINE : bad('quarantined, without a kill')
  if (status === 'runner_lost') return ends.endsSince(accepted.acceptedAt) > 0 ? FINE : bad('lost, though no runner ended')
  if (STOPPED.has(status) && ends.stops > 0) return VICTIM
  return bad(`${status}, not ${[...statuses, 'wall_exceeded'].join(' or ')}`)
}

/** The image had to be made again, and the loader was ended meanwhile; nobody is told of the end of one that had not started. */
function judgeLoad({ acceptedAt }: Accepted, ends: RunnerEnds): Verdict {
  const isExplained = ends.endsSince(acceptedAt) > 0 || ends.harmsSince(acceptedAt - LONGEST_START_MS) > 0
  return isExplained ? FINE : bad('it could not be loaded, though no loader ended')
}

function judgeLost({ acceptedAt, callsHost }: Accepted, ends: RunnerEnds): Verdict {
  const ended = ends.endsSince(acceptedAt)
  if (ended === 0) return bad('lost, though no runner ended')
  return callsHost || ended >= MOST_ATTEMPTS ? FINE : bad('lost, though it had called nobody and could have been run again')
}

function judgeResult({ version }: Accepted, outcome: Outcome, expected: Expectation, counted: readonly number[]): Verdict {
  if (expected.status === 'exception') {
    const { code, message } = outcome.error ?? {}
    const isRight = code === expected.code && message === expected.message(version)
    return isRight ? FINE : bad(`another error: ${code} ${message}`)
  }
  const counts = 'counts' in expected ? expected.counts : undefined
  const isCounting = counts === 'kv' || counts === 'both'
  if (isCounting && counted.length !== 1) return bad(`ok, with ${counted.length} increments`)
  if (!isCounting && counted.length > 0) return bad('it incremented')
  if (expected.status === 'denied' || !('value' in expected || 'counts' in expected)) return FINE
  const [said, ...rest] = outcome.value as readonly unknown[]
  if (said !== version) return bad(`version ${said} ran, not ${version}`)
  if (isCounting && rest.at(-1) !== counted[0]) return bad(`it says that the counter was ${rest.at(-1)}; it was ${counted[0]}`)
  if ('counts' in expected) return FINE // of states: whoever follows them looks
  if (!isDeepStrictEqual(rest, expected.value)) return bad('another value')
  const logs = outcome.logs.map(({ message }) => message)
  if (expected.logs !== undefined && !isDeepStrictEqual(logs, expected.logs)) return bad(`other logs: ${logs.join(', ')}`)
  return FINE
}

function bad(problem: string): Verdict {
  return { problem }
}
