// What `vivarium check` finds: the policy's problems, what became of each script, and what is wrong with types.
import type { ScriptFault, ScriptInfo } from '../../engine/index.ts'
import type { TypeProblem } from '../../engine/pipeline/type-check/type-checker.ts'

/** What a look at the types came to. */
export interface TypeFindings {
  /** `ok`; `problems`; `unavailable` where nobody could look; `skipped` where nobody should, or where the policy has to be right first. */
  readonly status: 'ok' | 'problems' | 'unavailable' | 'skipped'
  readonly problems: readonly TypeProblem[]
  /** Why nobody could look. */
  readonly error?: ScriptFault
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
  readonly policy: { readonly file: string | null; readonly problems: readonly ScriptFault[]; readonly warnings: readonly string[] }
  /** Empty when the policy has problems: what scripts may do depends on it. */
  readonly scripts: readonly ScriptInfo[]
  /** Ids of denied scripts to which the policy says no in so many words (`allow: { http: false }`): a decision, and no problem. */
  readonly refused: readonly string[]
  readonly types: TypeFindings
}

/** What is wrong with types and was not told with a script already: why it was refused is on the same line, or nothing of the file can be read. */
export function untold({
  scripts,
  types,
}: Pick<Findings, 'scripts'> & { readonly types: Pick<TypeFindings, 'problems'> }): readonly TypeProblem[] {
  return types.problems.filter(
    ({ file, line }) =>
      !scripts.some(({ error }) => error?.location?.file === file && (error.location.line === line || error.code === 'SYNTAX_ERROR')),
  )
}
