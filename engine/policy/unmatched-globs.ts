// Entries of a policy that hold for no script: most often a name that was mistyped, or a script that was renamed.
import { didYouMean } from '../errors/did-you-mean.ts'
import type { ScriptId } from '../model/script.ts'
import { quoteText } from './describe-value.ts'
import { formatPath } from './policy-path.ts'
import type { PolicyRevision } from './policy-revision.ts'
import { compileGlob } from './script-glob.ts'

/** One sentence for each entry under `scripts` that matches none of the scripts, in the order of the file. */
export function unmatchedGlobs(revision: PolicyRevision, scripts: readonly ScriptId[]): readonly string[] {
  return revision.scripts.flatMap(({ glob }) => {
    const isMatch = compileGlob(glob)
    if (scripts.some(isMatch)) return []
    const line = revision.lines[formatPath(['scripts', glob])]
    const place = `${revision.source}${line === undefined ? '' : `:${line}`}`
    return [`${place}: the entry ${quoteText(glob)} matches no script.${didYouMean(glob, scripts)}`]
  })
}
