// Code that is in no store: prepared once for as long as it is used.
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { engineError } from '../errors/engine-error.ts'
import type { EffectivePolicy } from '../policy/resolve.ts'
import { memoryStore } from '../source/memory-store.ts'
import { prepareScript, type Workshop } from './prepare-script.ts'
import type { ScriptRecord } from './script-record.ts'

/** The id under which such code is known to policy, storage and outcomes. */
export const EVALUATE = 'evaluate'
const MOST_KEPT = 100
const LOST: ReadonlySet<string> = new Set(['LOAD_RUNNER_LOST', 'BUNDLER_LOST', 'RUNNER_START_FAILED'])

/** See the head of the file. */
export class Evaluator {
  readonly #workshop: Workshop
  readonly #policyOf: (script: string) => EffectivePolicy
  readonly #records = new LRUCache<string, { readonly policy: EffectivePolicy; readonly record: Promise<ScriptRecord> }>({ max: MOST_KEPT })

  constructor(workshop: Workshop, policyOf: (script: string) => EffectivePolicy) {
    this.#workshop = workshop
    this.#policyOf = policyOf
  }

  /** The record of code. Throws `OPTIONS_INVALID` when it is no text. */
  prepare(code: string): Promise<ScriptRecord> {
    if (typeof code !== 'string') throw engineError('OPTIONS_INVALID', [`engine.evaluate: the code must be a string, not ${typeof code}.`])
    const policy = this.#policyOf(EVALUATE)
    const key = createHash('sha256').update(code).digest('hex')
    const known = this.#records.get(key)
    if (known?.policy === policy) return known.record
    const path = `${EVALUATE}.ts`
    const record = prepareScript({ id: EVALUATE, path }, memoryStore({ [path]: code }), policy, this.#workshop)
    const kept = { policy, record }
    this.#records.set(key, kept)
    void record.then((made) => {
      // That a loader or a bundler was lost says nothing about the code.
      if (made.status === 'failed' && LOST.has(made.fault.code) && this.#records.get(key) === kept) this.#records.delete(key)
    })
    return record
  }

  /** The event that a record is run for. Throws `OPTIONS_INVALID` when it handles several and none is named. */
  eventOf(record: ScriptRecord, name: string | undefined): string {
    if (name !== undefined) return name
    const handlers = record.status === 'failed' ? [] : record.manifest.handlers
    if (handlers.length > 1)
      throw engineError('OPTIONS_INVALID', [
        `engine.evaluate: the code handles ${handlers.map(({ event }) => `"${event}"`).join(', ')}; say which in "name".`,
      ])
    const [handler] = handlers
    return handler === undefined || handler.event === '*' ? EVALUATE : handler.event
  }
}
