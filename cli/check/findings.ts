// What `vivarium check` finds: the policy's problems, what became of each script, and what is wrong with types.
import type { ScriptInfo } from '../../engine/index.ts'
import type { TypeProblem } from '../../engine/pipeline/type-check/type-checker.ts'
import type { ErrorParts } from '../report-error.ts'

/** What a look at the types came to. */
export interface TypeFindings {
  /** `ok`; `problems`; `unavailable` where nobody could look; `skipped` where nobody should, or where the policy has to be right first. */
  readonly status: 'ok' | 'problems' | 'unavailable' | 'skipped'
  readonly problems: readonly TypeProblem[]
  /** Why nobody could look. */
  readonly error?: ErrorParts
  /** `.vivarium/env.d.ts`, and whether it is there and out of date. */
  readonly environment: { readonly file: string; readonly isStale: boolean }
}

/** All of it; with `--json` this is what is printed. */
export interface Findings {
  readonly ok: boolean
  readonly directory: string
  /** The module with the application's events and bindings; null where there is none. */
  readonly host: string | null
  /** `file` is null without a policy. */
  readonly policy: { readonly file: string | null; readonly problems: readonly ErrorParts[]; readonly warnings: readonly string[] }
  /** Empty when the policy has problems: what scripts may do depends on it. */
  readonly scripts: readonly ScriptInfo[]
  readonly types: TypeFindings
}

/** Whether a problem is what a script was refused for: it was told with the script already. */
export function isTold({ file, line, column }: TypeProblem, scripts: readonly ScriptInfo[]): boolean {
  return scripts.some(({ error }) => {
    const place = error?.code === 'TYPE_ERROR' ? error.location : undefined
    return place?.file === file && place.line === line && place.column === column
  })
}
