// Globs over script ids: `reports/**`, `*`, `{daily,weekly}/*`, `report-?`, `[ab]*`. One small, predictable language: no negation, no groups, no escapes.
import picomatch from 'picomatch'
import type { ScriptId } from '../model/script.ts'

const MAX_LENGTH = 256
/** Wildcards that may stand in one part of a path: matching time grows with their power. */
const MAX_STARS_IN_PART = 3
const MAX_GLOBSTARS = 3

/** What is wrong with a glob, as the end of a sentence about it; undefined for a good one. */
export function globFault(glob: string): string | undefined {
  if (glob === '') return 'is empty; write "**" for every script'
  if (glob.length > MAX_LENGTH) return `is longer than ${MAX_LENGTH} characters`
  const unusable = /[()|\\"'\p{Cc}\p{Cf}]|^!/u.exec(glob)?.[0]
  if (unusable !== undefined) return `has ${JSON.stringify(unusable)}; globs know *, **, ?, [ab] and {a,b} only`
  if (/^\.?\//.test(glob)) return 'begins with "/" or "./"; globs match the id of a script, like "reports/weekly"'
  if (/\.[cm]?[jt]s$/.test(glob))
    return `ends in a file extension; globs match the id of a script: write "${glob.replace(/\.[cm]?[jt]s$/, '')}"`
  const parts = glob.split('/')
  if (parts.filter((part) => part === '**').length > MAX_GLOBSTARS) return `has more than ${MAX_GLOBSTARS} "**"`
  const isCrowded = parts.some((part) => part !== '**' && part.split('*').length - 1 > MAX_STARS_IN_PART)
  return isCrowded ? `has more than ${MAX_STARS_IN_PART} "*" between two slashes` : undefined
}

/**
 * Makes the matcher of a glob that has no {@link globFault}. `*` stays within one part of a path and, like `**`, never matches a part that begins with
 * a dot; `reports/**` also matches the script `reports` (the folder's own index).
 */
export function compileGlob(glob: string): (script: ScriptId) => boolean {
  const isMatch = picomatch(glob, { dot: false, noextglob: true, nonegate: true, regex: false, windows: false, strictBrackets: false })
  return (script) => isMatch(script)
}
