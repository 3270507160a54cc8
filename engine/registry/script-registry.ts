// Which version of which script is in force. Versions are swapped whole; a broken one never replaces a good one.
import { isDeepStrictEqual } from 'node:util'
import { isScheduleEvent } from '../model/event.ts'
import type { ScriptFault } from '../model/outcome.ts'
import type { ScriptEntry, ScriptId } from '../model/script.ts'
import type { EffectivePolicy } from '../policy/resolve.ts'
import type { ScriptHome } from '../policy/script-home.ts'
import type { ScriptStore, StoreWatch } from '../source/script-store.ts'
import { prepareScript, regrantScript, type Workshop } from './prepare-script.ts'
import { describeScript, type ReadyScript, type ScriptInfo, type ScriptRecord } from './script-record.ts'

/** Told of changes. */
export interface RegistryListener {
  /** Also of a version that was in force all the while, when a newer one that could not be loaded is gone. */
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
  /** Other versions are in force than before. */
  readonly onSwap: () => void
}

interface Held {
  readonly record: ScriptRecord
  /** Why a newer version is not in force. */
  readonly newer: ScriptFault | undefined
}

/** Scripts that are prepared at once: bundling is in threads, loading in turn. */
const AT_ONCE = 8
/** A host without `events` may send any number of names. */
const MOST_EVENTS_KNOWN = 10_000

/** See the head of the file. */
export class ScriptRegistry {
  readonly #options: RegistryOptions
  #held: ReadonlyMap<ScriptId, Held> = new Map()
  #subscribers = new Map<string, readonly ScriptRecord[]>()
  #last: Promise<void> = Promise.resolve()
  #watch: StoreWatch | undefined
  #isClosed = false

  constructor(options: RegistryOptions) {
    this.#options = options
  }

  /** Loads every script. Throws what listing the store throws. */
  async start(watch: boolean): Promise<void> {
    if (watch)
      this.#watch = await this.#options.store.watch(
        (paths) => void this.#inTurn(() => this.#onChange(paths)).catch(this.#options.listener.onProblem),
      )
    await this.#inTurn(() => this.#refresh(() => true))
  }

  /** Looks at every script again, and tells of what has changed. Throws what listing the store throws; what was in force stays then. */
  reload(): Promise<void> {
    return this.#inTurn(() =>
      this.#refresh(
        () => true,
        () => false,
      ),
    )
  }

  /** Meets every script with a policy that has changed. Never rejects because of a script. */
  repolicy(): Promise<void> {
    return this.#inTurn(() => this.#repolicy())
  }

  /** The record of a script. */
  get(script: ScriptId): ScriptRecord | undefined {
    return this.#held.get(script)?.record
  }

  /** Every version that is in force and runs. */
  ready(): readonly ReadyScript[] {
    return [...this.#held.values()].flatMap(({ record }) => (record.status === 'ready' ? [record] : []))
  }

  /** What is in force, in order of id. */
  list(): readonly ScriptInfo[] {
    return [...this.#held.values()].map(({ record, newer }) => describeScript(record, newer))
  }

  /** Where scripts run that are in force. */
  homes(): readonly ScriptHome[] {
    return [...this.#held.values()].flatMap(({ record }) => (record.status === 'ready' ? [record.home] : []))
  }

  /** Scripts that handle an event, by priority, then by id. The same array until something changes. */
  subscribers(event: string): readonly ScriptRecord[] {
    let known = this.#subscribers.get(event)
    if (known === undefined) {
      if (this.#subscribers.size >= MOST_EVENTS_KNOWN) this.#subscribers.clear()
      known = this.#findSubscribers(event)
      this.#subscribers.set(event, known)
    }
    return known
  }

  /** Resolves when no change is under way; one that was is dropped, and nobody is told of it. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#watch?.close()
    await this.#last
  }

  #findSubscribers(event: string): readonly ScriptRecord[] {
    const found: { readonly record: ScriptRecord; readonly priority: number }[] = []
    for (const { record } of this.#held.values()) {
      if (record.status === 'failed') continue
      const { handlers, every } = record.manifest
      if (isScheduleEvent(event)) {
        if (every.some((declared) => declared.event === event)) found.push({ record, priority: 0 })
        continue
      }
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
    // What a version that could not be loaded is made of is not known.
    const isTouched = ({ record, newer }: Held): boolean =>
      record.status === 'failed' ||
      newer !== undefined ||
      paths.has(record.entry.path) ||
      record.bundle.inputs.some((input) => paths.has(input))
    const someoneKnowsIt = [...paths].every((path) =>
      [...this.#held.values()].some(({ record }) => record.status !== 'failed' && record.bundle.inputs.includes(path)),
    )
    // A path that nobody knows may be a new file that wins an import: then everyone is looked at.
    await this.#refresh(
      (held) => !someoneKnowsIt || isTouched(held),
      ({ path }) => paths.has(path),
    )
  }

  /** `isAsked`: who is told even when it fails as it did before. */
  async #refresh(isDue: (held: Held) => boolean, isAsked: (entry: ScriptEntry) => boolean = () => true): Promise<void> {
    const entries = await this.#options.store.list()
    const isNew = ({ id }: ScriptEntry): boolean => {
      const held = this.#held.get(id)
      return held === undefined || isDue(held)
    }
    const made = await inBatches(entries.filter(isNew), (entry) => this.#prepare(entry))
    const next = new Map<ScriptId, Held>()
    for (const entry of entries) {
      const held = this.#held.get(entry.id)
      const record = made.get(entry)
      if (record !== undefined) next.set(entry.id, choose(held, record))
      else if (held !== undefined) next.set(entry.id, held)
    }
    const isNews = (entry: ScriptEntry, record: ScriptRecord): boolean => isAsked(entry) || !failsAsBefore(this.#held.get(entry.id), record)
    this.#swap(next, new Map([...made].flatMap(([entry, record]) => (isNews(entry, record) ? [[entry.id, record]] : []))))
  }

  async #repolicy(): Promise<void> {
    const before = this.#held
    const met = await inBatches([...before.values()], (held) => this.#meet(held))
    // In the order that they had: who is done first says nothing about who runs first.
    this.#swap(new Map([...before].map(([id, held]) => [id, met.get(held) ?? held])), new Map())
  }

  /** A script that was loaded meets the policy as it is now; one that needs other packages, or was not loaded, starts from its source. */
  async #meet({ record, newer }: Held): Promise<Held> {
    const policy = this.#options.policyOf(record.entry.id)
    if (record.status === 'failed') return { record: await this.#prepare(record.entry), newer: undefined }
    if (isBundledAlike(record.policy, policy)) return { record: await regrantScript(record, policy, this.#options.workshop), newer }
    const made = await this.#prepare(record.entry)
    if (made.status !== 'failed' || POLICYS_DOING.has(made.fault.code)) return { record: made, newer: undefined }
    return { record: await regrantScript(record, policy, this.#options.workshop), newer: made.fault }
  }

  #prepare(entry: ScriptEntry): Promise<ScriptRecord> {
    const { store, policyOf, workshop } = this.#options
    return prepareScript(entry, store, policyOf(entry.id), workshop)
  }

  /** Puts versions in force, all at once. `made` are those that were tried and are news, whether they are in force now or not. */
  #swap(next: ReadonlyMap<ScriptId, Held>, made: ReadonlyMap<ScriptId, ScriptRecord>): void {
    if (this.#isClosed) return
    const before = this.#held
    this.#held = next
    this.#subscribers = new Map()
    const used = new Set(imageKeys(next))
    for (const key of imageKeys(before)) if (!used.has(key)) this.#options.workshop.images.drop(key)
    this.#options.onSwap()
    this.#tell(before, made)
  }

  #tell(before: ReadonlyMap<ScriptId, Held>, made: ReadonlyMap<ScriptId, ScriptRecord>): void {
    const { listener } = this.#options
    for (const [id, held] of before) if (!this.#held.has(id)) listener.onRemoved(describeScript(held.record))
    for (const [id, { record, newer }] of this.#held) {
      const tried = made.get(id)
      const told = tried ?? record
      const earlier = before.get(id)
      const isAsBefore = isSameVersion(earlier?.record, record) && !isMended(earlier, newer)
      if (tried === undefined && (isAsBefore || failsAsBefore(earlier, record))) continue
      const info = describeScript(record, newer)
      if (told.status === 'failed') listener.onFailed({ ...info, error: told.fault })
      else if (told.status === 'denied') listener.onDenied({ ...info, denied: told.denied, error: told.fault })
      else if (!isAsBefore) listener.onLoaded(info)
    }
  }
}

/** Faults of a load for which policy, not the source, is to blame. */
const POLICYS_DOING: ReadonlySet<string> = new Set([
  'IMPORT_PACKAGE_DENIED',
  'SOURCE_TOO_LARGE',
  'BUNDLE_TOO_LARGE',
  'V8_UNAVAILABLE',
  'POLICY_INVALID',
  'TYPE_ERROR',
  'TYPE_CHECK_FAILED',
  'TYPE_CHECK_UNAVAILABLE',
])

/** What is in force from now on: a version that is not ready does not replace one that is. */
function choose(held: Held | undefined, made: ScriptRecord): Held {
  if (held?.record.status !== 'ready') return { record: made, newer: undefined }
  if (made.status !== 'ready') return { record: held.record, newer: made.fault }
  return { record: isSameVersion(held.record, made) ? held.record : made, newer: undefined }
}

/** Whether a version fails, or is denied, in the same way as the last one did. */
function failsAsBefore(held: Held | undefined, made: ScriptRecord): boolean {
  if (held === undefined || made.status === 'ready') return false
  return isDeepStrictEqual(held.record.status === 'ready' ? held.newer : held.record.fault, made.fault)
}

/** Whether a newer version that could not be loaded is gone: what was in force all the while is the latest again. */
function isMended(held: Held | undefined, newer: ScriptFault | undefined): boolean {
  return held?.newer !== undefined && newer === undefined
}

/** Whether two records run alike, but for limits and the like. */
function isSameVersion(a: ScriptRecord | undefined, b: ScriptRecord): boolean {
  if (a?.status !== b.status) return false
  if (a.status === 'ready' && b.status === 'ready')
    return a.imageKey === b.imageKey && isDeepStrictEqual(a.permissions.grant, b.permissions.grant)
  return a === b
}

/** Whether the source makes the same bundle under both. */
function isBundledAlike(a: EffectivePolicy, b: EffectivePolicy): boolean {
  const { sourceBytes, bundleBytes } = a.limits
  return (
    isDeepStrictEqual(a.packages, b.packages) &&
    a.typeCheck === b.typeCheck &&
    sourceBytes === b.limits.sourceBytes &&
    bundleBytes === b.limits.bundleBytes
  )
}

function imageKeys(scripts: ReadonlyMap<ScriptId, Held>): string[] {
  return [...scripts.values()].flatMap(({ record }) => (record.status === 'ready' ? [record.imageKey] : []))
}

async function inBatches<T extends object, R>(items: readonly T[], make: (item: T) => Promise<R>): Promise<Map<T, R>> {
  const made = new Map<T, R>()
  const queue = [...items]
  const work = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) made.set(item, await make(item))
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, work))
  return made
}
