// From a file to a record: bundle, load, manifest, grant, image. The one place that knows the order.
import { createHash } from 'node:crypto'
import { codeFault } from '../errors/code-fault.ts'
import { didYouMean } from '../errors/did-you-mean.ts'
import { engineError } from '../errors/engine-error.ts'
import type { Bundle } from '../model/bundle.ts'
import type { BindingSurface } from '../model/host-call.ts'
import type { Json } from '../model/json.ts'
import type { Manifest } from '../model/manifest.ts'
import type { ScriptEntry } from '../model/script.ts'
import type { Bundler } from '../pipeline/bundler.ts'
import { grantOverlap } from '../pipeline/grant-overlap.ts'
import { type DeniedNeed, grantPermissions } from '../pipeline/grant-permissions.ts'
import { grantSchedules } from '../pipeline/grant-schedules.ts'
import { readManifest } from '../pipeline/read-manifest.ts'
import type { Loaded, LoadRequest, ShapeOf } from '../placement/loader.ts'
import type { EffectivePolicy } from '../policy/resolve.ts'
import type { FoundHome, ScriptHome } from '../policy/script-home.ts'
import type { Image } from '../sandbox/image.ts'
import type { ScriptStore } from '../source/script-store.ts'
import { faultOfError, faultOfLoad } from './faults.ts'
import type { ImageStore } from './image-store.ts'
import type { DeniedScript, ReadyScript, ScriptRecord } from './script-record.ts'

/** What preparing takes. */
export interface Workshop {
  readonly bundler: Bundler
  /** Where a script runs. Throws `V8_UNAVAILABLE`, `POLICY_INVALID`. */
  readonly findHome: (policy: EffectivePolicy) => FoundHome
  /** Loads where handlers will run: a hostile top level is no nearer to anyone than they are. */
  readonly load: (home: ScriptHome, request: LoadRequest, shapeOf: ShapeOf) => Promise<Loaded>
  readonly images: ImageStore
  readonly surfaces: readonly BindingSurface[]
  /** Names of the host's events; undefined when any name goes. */
  readonly events: readonly string[] | undefined
  /** Looks at types where policy wants it; returns warnings. Throws where policy enforces. Undefined where nobody looks. */
  readonly checkTypes?: ((bundle: Bundle, policy: EffectivePolicy) => Promise<readonly string[]>) | undefined
}

/** A script on its way to a record. */
interface Making {
  readonly entry: ScriptEntry
  readonly policy: EffectivePolicy
  readonly found: FoundHome
  readonly bundle: Bundle
  readonly typeWarnings: readonly string[]
}

/** Globals that are made at load for scripts that name them, and at the first touch for others. */
const LAZY_GLOBALS =
  /\b(?:URL|URLSearchParams|TextEncoder|TextDecoder|structuredClone|atob|btoa|AbortController|AbortSignal|Event|EventTarget|DOMException|crypto|Headers|Request|Response)\b/g
const NO_SCHEDULES: ReturnType<typeof grantSchedules> = Object.freeze({ schedules: [], warnings: [] })
/** A top level sees this moment, whenever it is loaded. */
const LOAD_TIME_MS = Date.UTC(2000, 0, 1)

/** Prepares a script. Never rejects because of the script: what is wrong with it is in the record. */
export async function prepareScript(
  entry: ScriptEntry,
  store: ScriptStore,
  policy: EffectivePolicy,
  workshop: Workshop,
): Promise<ScriptRecord> {
  try {
    const found = workshop.findHome(policy)
    const bundle = await workshop.bundler.bundle(entry, { store, packages: policy.packages, limits: policy.limits })
    const typeWarnings = (await workshop.checkTypes?.(bundle, policy)) ?? []
    return await loadBundle({ entry, policy, found, bundle, typeWarnings }, workshop)
  } catch (error) {
    return { status: 'failed', entry, policy, fault: faultOfError(error) }
  }
}

/**
 * Meets a script that was loaded with a policy that has changed. New limits cost nothing; a grant that differs, another runtime or placement freeze a new image of
 * the same bundle, whatever has become of the source meanwhile. Never rejects.
 */
export async function regrantScript(
  { entry, bundle, manifest, typeWarnings, ...known }: ReadyScript | DeniedScript,
  policy: EffectivePolicy,
  workshop: Workshop,
): Promise<ScriptRecord> {
  try {
    const making = { entry, policy, found: workshop.findHome(policy), bundle, typeWarnings }
    const record = grantRecord(making, manifest, workshop)
    const isLoaded = 'imageKey' in known && record.status === 'ready' && known.imageKey === record.imageKey
    return record.status !== 'ready' || isLoaded ? record : await loadBundle(making, workshop)
  } catch (error) {
    return { status: 'failed', entry, policy, fault: faultOfError(error) }
  }
}

/** Makes the image of a record again: it had to leave the store. Rejects when the loader is lost. */
export async function makeImage(record: ReadyScript, workshop: Workshop): Promise<Image> {
  const { image } = await workshop.load(record.home, loadRequest(record.bundle, record.policy), () => JSON.stringify(record.shape))
  if (image === undefined) throw engineError('LOAD_FAILED', [record.entry.id, 'it no longer loads as it did'])
  return image
}

async function loadBundle(making: Making, workshop: Workshop): Promise<ScriptRecord> {
  const { entry, policy, found, bundle } = making
  let record: ScriptRecord | undefined
  const { end, image } = await workshop.load(found.home, loadRequest(bundle, policy), (descriptor) => {
    record = grantRecord(making, readManifest(entry.id, JSON.parse(descriptor) as Json, bundle), workshop)
    return record.status === 'ready' ? JSON.stringify(record.shape) : undefined
  })
  if (!end.ok)
    return { status: 'failed', entry, policy, fault: faultOfLoad(end, bundle, { limits: policy.limits, runtime: found.home.runtime }) }
  if (record === undefined) throw engineError('INTERNAL', ['a load ended without a manifest'])
  if (record.status === 'ready' && image !== undefined) workshop.images.put(record.imageKey, image)
  return record
}

function grantRecord(
  { entry, policy, found, bundle, typeWarnings }: Making,
  manifest: Manifest,
  { surfaces, events }: Workshop,
): ScriptRecord {
  const { home, fellBack } = found
  // Policy leaves out what it takes away; for `log`, which everyone has otherwise, that must be said.
  const allow = { ...policy.allow, log: policy.allow['log'] ?? false }
  const permissions = grantPermissions({ script: entry.id, needs: manifest.needs, allow, surfaces })
  const { shape } = permissions
  const denied = [...permissions.denied, ...deniedSchedules(entry.id, manifest, policy)]
  if (denied.length > 0) {
    const needs = denied.map(({ need }) => need).join('", "')
    const fault = { ...codeFault('PERMISSION_DENIED', needs, entry.id), hint: denied.map(({ advice }) => advice).join('\n') }
    return { status: 'denied', entry, policy, home, bundle, typeWarnings, manifest, permissions, denied, fault }
  }
  const { schedules, warnings: ofSchedules } =
    policy.schedule === undefined ? NO_SCHEDULES : grantSchedules(entry.id, manifest.every, policy.schedule)
  const { overlap, warnings: ofOverlap } = grantOverlap(entry.id, manifest.overlap, policy.concurrency)
  const warnings = [
    ...permissions.warnings,
    ...ofSchedules,
    ...ofOverlap,
    ...unknownEvents(manifest, events),
    ...unpinnedPackages(bundle),
    ...typeWarnings,
  ]
  if (fellBack !== undefined)
    warnings.push(`It runs on ${home.runtime}, as the policy's "fallback" says, and not on ${policy.runtime}: ${fellBack}`)
  const imageKey = imageKeyOf(home, bundle, shape)
  return {
    status: 'ready',
    entry,
    policy,
    home,
    bundle,
    typeWarnings,
    manifest,
    permissions,
    shape,
    overlap,
    schedules,
    imageKey,
    warnings,
  }
}

/** Schedules are asked for by declaring them. */
function deniedSchedules(script: string, { every }: Manifest, { schedule }: EffectivePolicy): readonly DeniedNeed[] {
  if (every.length === 0 || schedule !== undefined) return []
  const policyLine = 'allow: { schedule: true }'
  return [{ need: 'schedule', policyLine, advice: `The policy's entry for "${script}" would have to say: ${policyLine}` }]
}

/** Images of one home mean nothing in another. */
function imageKeyOf(home: ScriptHome, bundle: Bundle, shape: unknown): string {
  return createHash('sha256').update(home.name).update(bundle.hash).update(JSON.stringify(shape)).digest('hex')
}

function loadRequest(bundle: Bundle, { limits }: EffectivePolicy) {
  const named = new Set(bundle.code.match(LAZY_GLOBALS))
  if (bundle.code.includes('.searchParams')) named.add('URLSearchParams')
  if (bundle.code.includes('.fetch(')) named.add('Response')
  if (bundle.code.includes('.signal')) named.add('AbortSignal')
  const touches = [...named].sort().join(' ')
  return { code: bundle.code, touches, limits, now: LOAD_TIME_MS, seed: bundle.hash.slice(0, 48) }
}

function unpinnedPackages({ unpinned }: Bundle): string[] {
  if (unpinned.length === 0) return []
  const names = unpinned.map((name) => `"${name}"`).join(', ')
  return [`No package-lock.json pins ${names}: the next "npm install" may bring other versions. Commit one beside node_modules.`]
}

function unknownEvents(manifest: Manifest, events: readonly string[] | undefined): string[] {
  if (events === undefined) return []
  const unknown = manifest.handlers.filter(({ event }) => event !== '*' && !events.includes(event))
  return unknown.map(({ event }) => `The host has no event "${event}".${didYouMean(event, events)}`)
}
