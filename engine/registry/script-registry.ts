// Which version of which script is in force. Versions are swapped whole; a broken one never replaces a good one.
import type { ScriptFault } from '../model/outcome.ts'
import type { ScriptEntry, ScriptId } from '../model/script.ts'
import type { EffectivePolicy } from '../policy/resolve.ts'
import type { ScriptStore, StoreWatch } from '../source/script-store.ts'
import { prepareScript, type Workshop } from './prepare-script.ts'
import { describeScript, type ScriptInfo, type ScriptRecord } from './script-record.ts'

/** Told of changes. */
export interface RegistryListener {
  onLoaded(script: ScriptInfo): void
  onFailed(script: ScriptInfo): void
  onDenied(script: ScriptInfo): void
  onRemoved(script: ScriptInfo): void
  /** The store itself could not be read; what was in force stays. */
  onProblem(error: unknown): void
}

/** What the registry is made of. */
export interface RegistryOptions {
  readonly store: ScriptStore
  readonly workshop: Workshop
  readonly policyOf: (script: ScriptId) => EffectivePolicy
  readonly listener: RegistryListener
}

interface Held {
  readonly record: ScriptRecord
  /** Why a newer version is not in force. */
  readonly newer: ScriptFault | undefined
}

/** Scripts that are prepared at once: bundling is in threads, loading in turn. */
const AT_ONCE = 8

/** See the head of the file. */
export class ScriptRegistry {
  readonly #options: RegistryOptions
  #held: ReadonlyMap<ScriptId, Held> = new Map()
  #subscribers = new Map<string, readonly ScriptRecord[]>()
  #last: Promise<void> = Promise.resolve()
  #watch: StoreWatch | undefined

  constructor(options: RegistryOptions) {
    this.#options = options
  }

  /** Loads every script. Throws what listing the store throws. */
  async start(watch: boolean): Promise<void> {
    if (watch)
      this.#watch = await this.#options.store.watch(
        (paths) => void this.#inTurn(() => this.#onChange(paths)).catch(this.#options.listener.onProblem),
      )
    await this.#inTurn(() => this.#refresh(() => true, 'source'))
  }

  /** Looks at every script again. Throws what listing the store throws; what was in force stays then. */
  reload(): Promise<void> {
    return this.#inTurn(() => this.#refresh(() => true, 'source'))
  }

  /** Meets every script with a policy that has changed. */
  repolicy(): Promise<void> {
    return this.#inTurn(() => this.#refresh(() => true, 'policy'))
  }

  /** The record of a script. */
  get(script: ScriptId): ScriptRecord | undefined {
    return this.#held.get(script)?.record
  }

  /** What is in force, in order of id. */
  list(): readonly ScriptInfo[] {
    return [...this.#held.values()].map(({ record, newer }) => describeScript(record, newer))
  }

  /** Scripts that handle an event, by priority, then by id. The same array until something changes. */
  subscribers(event: string): readonly ScriptRecord[] {
    let known = this.#subscribers.get(event)
    if (known === undefined) {
      known = this.#findSubscribers(event)
      this.#subscribers.set(event, known)
    }
    return known
  }

  /** Resolves when no change is under way. */
  async close(): Promise<void> {
    await this.#watch?.close()
    await this.#last
  }

  #findSubscribers(event: string): readonly ScriptRecord[] {
    const found: { readonly record: ScriptRecord; readonly priority: number }[] = []
    for (const { record } of this.#held.values()) {
      if (record.status === 'failed') continue
      const { handlers } = record.manifest
      const handler = handlers.find((declared) => declared.event === event) ?? handlers.find((declared) => declared.event === '*')
      if (handler !== undefined) found.push({ record, priority: handler.priority })
    }
    return found.sort((a, b) => b.priority - a.priority).map(({ record }) => record)
  }

  /** One change at a time. */
  #inTurn(change: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(change)
    this.#last = turn.catch(() => undefined) // its caller is told
    return turn
  }

  async #onChange(paths: ReadonlySet<string>): Promise<void> {
    const isTouched = ({ record }: Held): boolean =>
      record.status === 'failed' || paths.has(record.entry.path) || record.bundle.inputs.some((input) => paths.has(input))
    const someoneKnowsIt = [...paths].every((path) =>
      [...this.#held.values()].some(({ record }) => record.status !== 'failed' && record.bundle.inputs.includes(path)),
    )
    // A path that nobody knows may be a new file that wins an import: then everyone is looked at.
    await this.#refresh((held) => !someoneKnowsIt || isTouched(held), 'source')
  }

  async #refresh(isDue: (held: Held) => boolean, because: 'source' | 'policy'): Promise<void> {
    const entries = await this.#options.store.list()
    const next = new Map<ScriptId, Held>()
    const due: ScriptEntry[] = []
    for (const entry of entries) {
      const held = this.#held.get(entry.id)
      if (held === undefined || isDue(held)) due.push(entry)
    }
    const prepared = await inBatches(due, (entry) =>
      prepareScript(entry, this.#options.store, this.#options.policyOf(entry.id), this.#options.workshop),
    )
    for (const entry of entries) {
      const held = this.#held.get(entry.id)
      const made = prepared.get(entry)
      if (made !== undefined) next.set(entry.id, choose(held, made, because))
      else if (held !== undefined) next.set(entry.id, held)
    }
    const before = this.#held
    this.#held = next
    this.#subscribers = new Map()
    this.#tell(before, next, prepared)
    this.#dropImages(before, next)
  }

  #tell(before: ReadonlyMap<ScriptId, Held>, after: ReadonlyMap<ScriptId, Held>, prepared: ReadonlyMap<ScriptEntry, ScriptRecord>): void {
    const { listener } = this.#options
    for (const [id, held] of before) if (!after.has(id)) listener.onRemoved(describeScript(held.record))
    for (const [entry, made] of prepared) {
      const now = after.get(entry.id)
      if (now === undefined) continue
      const info = describeScript(now.record, now.newer)
      if (made.status === 'failed') listener.onFailed({ ...info, error: made.fault })
      else if (made.status === 'denied') listener.onDenied({ ...info, denied: made.denied, error: made.fault })
      else if (before.get(entry.id)?.record !== now.record) listener.onLoaded(info)
    }
  }

  #dropImages(before: ReadonlyMap<ScriptId, Held>, after: ReadonlyMap<ScriptId, Held>): void {
    const used = new Set(imageKeys(after))
    for (const key of imageKeys(before)) if (!used.has(key)) this.#options.workshop.images.drop(key)
  }
}

/** What is in force from now on: a version that is not ready does not replace one that is, unless it is policy that took something away. */
function choose(held: Held | undefined, made: ScriptRecord, because: 'source' | 'policy'): Held {
  if (held === undefined || made.status === 'ready') {
    const isSame =
      held?.record.status === 'ready' &&
      made.status === 'ready' &&
      held.record.imageKey === made.imageKey &&
      held.record.policy === made.policy
    return isSame ? { record: held.record, newer: undefined } : { record: made, newer: undefined }
  }
  const isPolicysDoing = because === 'policy' && made.status === 'denied'
  if (held.record.status !== 'ready' || isPolicysDoing) return { record: made, newer: undefined }
  return { record: { ...held.record, policy: made.policy }, newer: made.fault }
}

function imageKeys(scripts: ReadonlyMap<ScriptId, Held>): string[] {
  return [...scripts.values()].flatMap(({ record }) => (record.status === 'ready' ? [record.imageKey] : []))
}

async function inBatches(
  entries: readonly ScriptEntry[],
  prepare: (entry: ScriptEntry) => Promise<ScriptRecord>,
): Promise<Map<ScriptEntry, ScriptRecord>> {
  const made = new Map<ScriptEntry, ScriptRecord>()
  const queue = [...entries]
  const work = async (): Promise<void> => {
    for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) made.set(entry, await prepare(entry))
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, entries.length) }, work))
  return made
}
