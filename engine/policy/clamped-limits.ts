// Limits that a policy sets and that never hold, because a ceiling is lower: what an admin reads in the file is not what scripts get.
import { LIMIT_NAMES, LIMITS, type LimitName } from '../model/limits.ts'
import { formatLimit } from './limit-value.ts'
import { formatPath, type PolicyPath } from './policy-path.ts'
import type { PolicyRevision, PolicySettings } from './policy-revision.ts'

/** One sentence for each limit above its ceiling, in the order of the file. */
export function clampedLimits(revision: PolicyRevision): readonly string[] {
  return [
    ...clampedIn(revision, ['defaults'], revision.defaults),
    ...revision.scripts.flatMap(({ glob, settings }) => clampedIn(revision, ['scripts', glob], settings)),
  ]
}

function clampedIn(revision: PolicyRevision, path: PolicyPath, { limits = {} }: PolicySettings): readonly string[] {
  return LIMIT_NAMES.flatMap((name) => {
    const value = limits[name]
    const ceiling = Math.min(revision.ceilings[name] ?? Number.POSITIVE_INFINITY, LIMITS[name].ceiling)
    if (value === undefined || value <= ceiling) return []
    const own = [...path, 'limits', name]
    const holds = `so ${formatLimit(name, ceiling)} holds`
    return [`${placeOf(revision, own)}: ${formatPath(own)} is ${formatLimit(name, value)}, above ${ceilingOf(revision, name)}, ${holds}.`]
  })
}

function ceilingOf(revision: PolicyRevision, name: LimitName): string {
  const own = revision.ceilings[name]
  if (own === undefined || own > LIMITS[name].ceiling) return 'the built-in ceiling'
  return `the ceiling (${placeOf(revision, ['ceilings', name])})`
}

function placeOf(revision: PolicyRevision, path: PolicyPath): string {
  const line = revision.lines[formatPath(path)]
  return line === undefined ? revision.source : `${revision.source}:${line}`
}
