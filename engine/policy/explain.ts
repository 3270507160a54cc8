// Every effective value of one script and the line that set it, as data. How it looks is for the command line to say.
import type { Json } from '../model/json.ts'
import { LIMIT_NAMES } from '../model/limits.ts'
import type { ScriptId } from '../model/script.ts'
import { type DecidedLimit, type DecidedSettings, decideSettings } from './decide.ts'
import type { Decided, Layer } from './layers.ts'
import { formatLimit } from './limit-value.ts'
import { formatPath, type PolicyPath } from './policy-path.ts'
import type { PolicyRevision } from './policy-revision.ts'
import type { FoundHome, HomePlacement } from './script-home.ts'

/** Where in a policy a value was set. */
export interface PolicyOrigin {
  /** The file as it was named, or `object` for a policy that the host passed. */
  readonly file: string
  /** From 1; absent for an object. */
  readonly line?: number
  /** The entry under `scripts`; absent for `defaults` and `ceilings`. */
  readonly glob?: string
}

/** Who set a value: `host` for an option of `createEngine`. */
export type SetBy = 'built-in' | 'host' | PolicyOrigin

/** One effective value. */
export interface ExplainedSetting {
  /** `limits.cpu`, `allow.http`, `runtime`. */
  readonly path: string
  /** As a policy would write it: limits with their unit; `false` for a binding that was taken away. */
  readonly value: Json
  readonly setBy: SetBy
  /** Where a ceiling cut what was set: whose it is. */
  readonly clampedBy?: SetBy
  /** Where something else holds than what was set: what was set, as a policy would write it. */
  readonly written?: string
  /** Where something else holds than what was set, and no ceiling is why: why. */
  readonly because?: string
}

/**
 * Explains a script's policy: one row a setting, always the same rows in the same order; then one a binding. With a home, runtime and placement are those that the
 * script really has.
 */
export function explainPolicy(revision: PolicyRevision, script: ScriptId, found?: FoundHome): readonly ExplainedSetting[] {
  const decided = decideSettings(revision, script)
  const row = (path: PolicyPath, { value, layer }: Decided<Json>, linePath = path): ExplainedSetting => ({
    path: formatPath(path),
    value,
    setBy: layer === undefined ? 'built-in' : originOf(revision, layer, linePath),
  })
  const fallback = row(['fallback'], decided.fallback)
  return [
    runtimeRow(row(['runtime'], decided.runtime), fallback.setBy, found),
    placementRow(row(['placement'], decided.placement, placementLine(decided)), found?.home.placement),
    fallback,
    row(['jit'], decided.jit),
    row(['isolation'], decided.isolation),
    ...LIMIT_NAMES.map((name): ExplainedSetting => {
      const limit = decided.limits[name]
      const shown = { value: formatLimit(name, limit.effective), layer: limit.layer }
      return { ...row(['limits', name], shown), ...clampOf(revision, name, limit) }
    }),
    row(['concurrency', 'max'], decided.concurrencyMax),
    row(['concurrency', 'mode'], decided.concurrencyMode),
    row(['concurrency', 'queue'], decided.concurrencyQueue),
    ...[...decided.allow].map(([binding, value]) => row(['allow', binding], value)),
    row(['allow', 'schedule'], decided.schedule),
    row(['packages'], decided.packages),
    row(['onError'], decided.onError),
    row(['typeCheck'], decided.typeCheck),
  ]
}

/** A runtime that is not available gives way to the one that `fallback` names. */
function runtimeRow(row: ExplainedSetting, setBy: SetBy, found: FoundHome | undefined): ExplainedSetting {
  if (found?.fellBack === undefined) return row
  return { ...row, value: found.home.runtime, setBy, written: String(row.value), because: found.fellBack }
}

/** The host may have chosen another place for what a policy puts, or leaves, in threads. */
function placementRow(row: ExplainedSetting, placement: HomePlacement | undefined): ExplainedSetting {
  if (placement === undefined || placement === row.value) return row
  return { ...row, value: placement, setBy: 'host', ...(row.setBy !== 'built-in' && { written: String(row.value) }) }
}

/** A placement that no line chose follows from the line that chose the runtime. */
function placementLine({ placement }: DecidedSettings): PolicyPath {
  return placement.layer?.settings.placement === undefined ? ['runtime'] : ['placement']
}

function originOf(revision: PolicyRevision, layer: Layer, path: PolicyPath): PolicyOrigin {
  const [section, glob] = layer.path
  return { ...lineOf(revision, [...layer.path, ...path]), ...(section === 'scripts' && { glob: String(glob) }) }
}

function clampOf(
  revision: PolicyRevision,
  name: (typeof LIMIT_NAMES)[number],
  { value, clampedBy }: DecidedLimit,
): Partial<ExplainedSetting> {
  if (clampedBy === undefined) return {}
  return { clampedBy: clampedBy === 'built-in' ? 'built-in' : lineOf(revision, ['ceilings', name]), written: formatLimit(name, value) }
}

function lineOf(revision: PolicyRevision, path: PolicyPath): PolicyOrigin {
  const line = revision.lines[formatPath(path)]
  return line === undefined ? { file: revision.source } : { file: revision.source, line }
}
