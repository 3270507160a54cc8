// What is wrong with a policy, before it is an error: where, and what would be right.
import { type EngineError, type ErrorPlace, engineError } from '../errors/engine-error.ts'
import { formatPath, type PolicyPath } from './policy-path.ts'

/** One thing that is wrong. `part` says whether the marker belongs under the key or under its value. */
export type Problem =
  | { readonly kind: 'invalid'; readonly path: PolicyPath; readonly part: 'key' | 'value'; readonly message: string }
  | { readonly kind: 'limit'; readonly path: PolicyPath; readonly part: 'value'; readonly got: string; readonly expected: string }

/** Makes the error of a problem. */
export function problemError(problem: Problem, place: ErrorPlace | undefined): EngineError {
  const details = place === undefined ? {} : { place }
  const path = formatPath(problem.path)
  if (problem.kind === 'limit') return engineError('LIMIT_INVALID', [path, problem.got, problem.expected], details)
  return engineError('POLICY_INVALID', [path, problem.message], details)
}
