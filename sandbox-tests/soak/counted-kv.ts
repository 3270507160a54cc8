// What the counters in kv must hold: every increment that the gate answered, and nothing else.
import { openSqliteKvStore } from '../../bindings/index.ts'
import type { EngineObserver } from '../../engine/index.ts'

type HostCall = Parameters<NonNullable<EngineObserver['hostCall']>>[0]
type HostReply = Parameters<NonNullable<EngineObserver['hostCall']>>[1]

const KEY = 'count'

/** See the head of the file. */
export class CountedKv {
  /** Namespace of a script of a tenant → increments that were answered. */
  readonly #answered = new Map<string, number>()
  /** Run → the counter's values that it was answered with, until its outcome is known. */
  readonly #ofRuns = new Map<string, number[]>()
  /** Host calls that were answered, of all bindings. */
  calls = 0

  /** For `observer.hostCall`. */
  readonly onCall = (call: HostCall, reply: HostReply): void => {
    this.calls++
    if (call.binding !== 'kv' || call.method !== 'increment' || !reply.ok) return
    const namespace = JSON.stringify([call.tenant ?? null, call.script])
    this.#answered.set(namespace, (this.#answered.get(namespace) ?? 0) + 1)
    const values = this.#ofRuns.get(call.runId)
    if (values === undefined) this.#ofRuns.set(call.runId, [reply.value as number])
    else values.push(reply.value as number)
  }

  /** The values of a run that has ended: at most one, since each handler increments once. */
  take(runId: string): readonly number[] {
    const values = this.#ofRuns.get(runId) ?? []
    this.#ofRuns.delete(runId)
    return values
  }

  /** Compares with what is in the file, which nobody has open any more. Says what is wrong. */
  async compare(file: string): Promise<string[]> {
    const store = openSqliteKvStore(file)
    try {
      const found: string[] = []
      for (const [namespace, answered] of this.#answered) {
        const text = await store.get({ namespace, quota: { bytes: 1024, keys: 10 }, now: Date.now() }, KEY)
        if (Number(text) !== answered) found.push(`kv of ${namespace}: the counter is ${text}, and ${answered} increments were answered`)
      }
      return found
    } finally {
      await store.close()
    }
  }
}
