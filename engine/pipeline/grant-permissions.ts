// What a script gets: its needs ∩ policy. Decided once, when the script loads; the gate asks again at every call.
import { didYouMean } from '../errors/did-you-mean.ts'
import type { Grant, GrantShape, Narrowed } from '../model/grant.ts'
import type { AllowProblem, BindingSurface } from '../model/host-call.ts'
import type { Json } from '../model/json.ts'
import type { Needs } from '../model/manifest.ts'
import type { ScriptId } from '../model/script.ts'
import { isTable, narrow } from './narrow-grant.ts'
import { printableUpTo } from './printable.ts'

/** `ctx.log` is everyone's, unless policy takes it away: no script is refused for it. */
const LOG = 'log'
/** Granted for what stands under `every`; as a need it says nothing new. */
const SCHEDULE = 'schedule'
const LONGEST_SHOWN = 200

/** Who asks for what, and what there is. */
export interface PermissionRequest {
  readonly script: ScriptId
  readonly needs: Needs
  /** What policy allows this script: binding → what the binding's `readAllow` made of it, `false` where it is taken away. */
  readonly allow: { readonly [binding: string]: Json }
  readonly surfaces: readonly BindingSurface[]
}

/** A need that policy does not grant at all: the script does not run. */
export interface DeniedNeed {
  readonly need: string
  /** The line that the admin could add to this script's entry in the policy, or a comment that says why none would help. */
  readonly policyLine: string
  /** The same as a sentence, for people. */
  readonly advice: string
}

/** What came of the request. */
export interface Permissions {
  readonly grant: Grant
  readonly shape: GrantShape
  readonly denied: readonly DeniedNeed[]
  /** Sentences for the script's author: what was granted only in part. */
  readonly warnings: readonly string[]
}

/** Meets each need with policy. Pure; never throws. */
export function grantPermissions({ script, needs, allow, surfaces }: PermissionRequest): Permissions {
  const grant: [string, Json][] = []
  const methods: [string, readonly string[]][] = []
  const denied: DeniedNeed[] = []
  const warnings: string[] = []
  for (const [name, need] of Object.entries(needs)) {
    if (name === LOG || name === SCHEDULE) continue
    const surface = surfaces.find((known) => known.name === name)
    const allowed = Object.hasOwn(allow, name) ? (allow[name] ?? false) : false
    const met = surface === undefined || allowed === false ? undefined : meet(need, allowed, surface)
    if (surface === undefined || met === undefined || !met.isGiven) {
      denied.push(surface === undefined ? denyUnknown(name, surfaces) : denyKnown(script, need, surface))
      continue
    }
    grant.push([name, met.value])
    methods.push([name, surface.methods])
    if (met.lost.length > 0) warnings.push(describeNarrowed(script, name, met.lost))
  }
  const shape = { bindings: Object.fromEntries(methods), log: !(Object.hasOwn(allow, LOG) && allow[LOG] === false) }
  return { grant: Object.fromEntries(grant), shape, denied, warnings }
}

/** A need is written as policy is ("512KiB", a bare list): where it does not fit as it stands, the binding reads it as it reads policy. */
function meet(need: Json, allow: Json, surface: BindingSurface): Narrowed {
  if (need === true || need === false) return narrow(need, allow)
  if (surface.narrow !== undefined) return narrowBySurface(need, allow, surface.narrow)
  const reading = read(surface, need)
  if (allow === true) return reading.ok ? narrow(reading.value, allow) : { value: allow, isGiven: true, lost: [JSON.stringify(need)] }
  return narrow(reading.ok ? inWordsOfPolicy(need, reading.value, allow) : need, allow)
}

/** The binding's own measure: like its reader it is the host's code, and may not expect what a script writes. */
function narrowBySurface(need: Json, allow: Json, narrowOwn: NonNullable<BindingSurface['narrow']>): Narrowed {
  try {
    return narrowOwn(need, allow)
  } catch {
    return { value: false, isGiven: false, lost: [JSON.stringify(need)] }
  }
}

/** The reader is the host's code, the need is the script's: what the one throws at the other is a need that it does not understand. */
function read(surface: BindingSurface, need: Json): ReturnType<BindingSurface['readAllow']> {
  try {
    return surface.readAllow(need)
  } catch {
    return { ok: false, message: 'it cannot be read', path: [] }
  }
}

/** Takes from the normalised need only what the script wrote: the defaults that a reader adds are no request. */
function inWordsOfPolicy(need: Json, normal: Json, allow: Json): Json {
  if (!isTable(need) || !isTable(normal)) return kindOf(need) === kindOf(allow) ? need : normal
  const written = Object.entries(need).map(([key, value]) => [key, Object.hasOwn(normal, key) ? (normal[key] ?? value) : value] as const)
  return Object.fromEntries(written)
}

function kindOf(value: Json): string {
  return Array.isArray(value) ? 'list' : typeof value
}

function describeNarrowed(script: ScriptId, name: string, lost: readonly string[]): string {
  const what = printableUpTo(lost.join(', '), LONGEST_SHOWN)
  return `"${script}" asks for ${name}: ${what}, which the policy does not grant; ctx.${name} does without it.`
}

function denyKnown(script: ScriptId, asked: Json, surface: BindingSurface): DeniedNeed {
  const need = surface.name
  const reading = read(surface, asked)
  if (!reading.ok) return asked === true ? denyWhole(script, need, reading.message) : denyMisshapen(script, need, reading)
  const policyLine = policyLineFor(need, asked)
  return { need, policyLine, advice: `The policy's entry for "${script}" would have to say: ${policyLine}` }
}

/** Of some bindings, nobody is granted all that they can do. */
function denyWhole(script: ScriptId, need: string, message: string): DeniedNeed {
  const advice = `The policy's entry for "${script}" would have to allow ${need}: ${message}`
  return { need, policyLine: `# ${advice}`, advice }
}

/** What policy could not say either is no matter of the policy. */
function denyMisshapen(script: ScriptId, need: string, { message, path }: Pick<AllowProblem, 'message' | 'path'>): DeniedNeed {
  const place = ['needs', need, ...path].join('.')
  const advice = printableUpTo(`"${script}" asks for something that ${need} does not have: ${place}: ${message}`, LONGEST_SHOWN * 5)
  return { need, policyLine: `# ${advice}`, advice }
}

function denyUnknown(need: string, surfaces: readonly BindingSurface[]): DeniedNeed {
  const advice = describeUnknown(need, surfaces)
  return { need, policyLine: `# ${advice}`, advice }
}

function describeUnknown(name: string, surfaces: readonly BindingSurface[]): string {
  const shown = printableUpTo(name, LONGEST_SHOWN)
  const suggestion = didYouMean(
    name,
    surfaces.map((surface) => surface.name),
  )
  return `There is no binding "${shown}".${suggestion}`
}

/** JSON is YAML: text from the script cannot be read as anything but text. */
function policyLineFor(name: string, need: Json): string {
  const key = /^[A-Za-z]\w*$/.test(name) ? name : JSON.stringify(name)
  return printableUpTo(`allow: { ${key}: ${JSON.stringify(need)} }`, LONGEST_SHOWN * 5)
}
