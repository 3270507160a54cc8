// From an event and a script to an outcome: who may run, and when. Nothing that a script does makes it throw.
import { codeFault } from '../errors/code-fault.ts'
import type { FailedOutcome, Outcome, ScriptFault } from '../model/outcome.ts'
import type { ReadyScript, ScriptRecord } from '../registry/script-record.ts'
import { KeptStates } from './kept-states.ts'
import { Lane } from './lane.ts'
import { LiveRun, reasonOf } from './live-run.ts'
import { failedOutcome, type RunIdentity } from './outcomes.ts'
import { redactOutcome } from './redact-outcome.ts'
import type { DispatcherOptions, RunOrder, RunTools } from './run-order.ts'

export type { DispatcherOptions, RunOrder } from './run-order.ts'

/** See the head of the file. */
export class Dispatcher {
  readonly #options: RunTools
  readonly #lanes = new Map<string, Lane>()

  constructor(options: DispatcherOptions) {
    this.#options = { ...options, states: new KeptStates() }
  }

  /** Runs a script for an event. Never rejects. */
  run(order: RunOrder): Promise<Outcome> {
    return new Promise((resolve) => {
      const identity = { script: order.record.entry.id, event: order.event, runId: this.#options.runId() }
      const end = (ended: Outcome): void => {
        const { runId: causedBy } = order.cause
        const outcome = this.#redacted(causedBy === undefined ? ended : { ...ended, causedBy })
        this.#options.observer.run?.(outcome)
        resolve(outcome)
      }
      const lane = this.#lane(identity.script)
      const refusal = refuse(order, identity, lane)
      if (refusal !== undefined) return end(refusal)
      const run = new LiveRun(this.#options, order.record as ReadyScript, { order, identity, lane, end })
      run.enter()
    })
  }

  /** What becomes of a run that ended well, with a result that the host has no use for: the fault is shown at the script's handler. */
  refuseResult(record: ScriptRecord, { value: _refused, ...rest }: Outcome, fault: ScriptFault): Outcome {
    const error = this.#options.mapperOf(record as ReadyScript, rest.event).ended(fault)
    return this.#redacted({ ...rest, status: 'exception', error } as FailedOutcome)
  }

  /** Whether a script runs no more because it had to be killed too often. */
  isQuarantined(script: string, hash: string): boolean {
    return this.#lanes.get(script)?.isQuarantined(hash) ?? false
  }

  /** Gives every script another chance. */
  forgive(): void {
    for (const lane of this.#lanes.values()) lane.forgive()
  }

  #redacted(outcome: Outcome): Outcome {
    const { redact } = this.#options
    return redact === undefined ? outcome : redactOutcome(outcome, redact)
  }

  #lane(script: string): Lane {
    let lane = this.#lanes.get(script)
    if (lane === undefined) {
      lane = new Lane()
      this.#lanes.set(script, lane)
    }
    return lane
  }
}

/** Why a run never starts. */
function refuse({ record, signal, payloadBytes, limits }: RunOrder, identity: RunIdentity, lane: Lane): Outcome | undefined {
  const { script } = identity
  if (record.status === 'failed') return failedOutcome(identity, 'load_failed', record.fault)
  if (record.status === 'denied') return failedOutcome(identity, 'denied', record.fault)
  const { hash } = record.bundle
  if (lane.isQuarantined(hash)) return failedOutcome(identity, 'quarantined', codeFault('QUARANTINED', script, lane.killsOf(hash)))
  if (signal?.aborted === true) return failedOutcome(identity, 'cancelled', codeFault('CANCELLED', reasonOf(signal)))
  if (payloadBytes > limits.inputBytes)
    return failedOutcome(identity, 'exception', codeFault('INPUT_TOO_LARGE', identity.event, `${payloadBytes} bytes`, limits.inputBytes))
  return undefined
}
