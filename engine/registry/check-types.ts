// The gate for types: what policy says of a script whose types do not fit.
import { EngineError, isEngineError } from '../errors/engine-error.ts'
import type { Bundle } from '../model/bundle.ts'
import type { TypeChecker, TypeProblem } from '../pipeline/type-check/type-checker.ts'
import { problemLine, typeError } from '../pipeline/type-check/type-problem.ts'
import type { EffectivePolicy } from '../policy/resolve.ts'

const SOURCE = /\.(?:ts|mts|js|mjs)$/
/** Warnings are for people: the first few say it. */
const MOST_WARNINGS = 5

/**
 * Checks the files that a bundle was made of, as policy wants it. Returns what the script is warned of. Throws `TYPE_ERROR`, and what kept the files from being
 * checked, where policy enforces.
 */
export async function checkTypes(
  { inputs }: Pick<Bundle, 'inputs'>,
  { typeCheck }: Pick<EffectivePolicy, 'typeCheck'>,
  checker: Pick<TypeChecker, 'check'>,
): Promise<readonly string[]> {
  if (typeCheck === 'off') return []
  try {
    const problems = await checker.check(inputs.filter((path) => SOURCE.test(path)))
    const [first] = problems
    if (first === undefined) return []
    if (typeCheck === 'enforce') throw refusal(first, problems.length - 1)
    return shorten(problems)
  } catch (error) {
    if (typeCheck === 'enforce' || !isEngineError(error)) throw error
    return [error.message]
  }
}

function refusal(first: TypeProblem, more: number): EngineError {
  return first.code === 'TYPE_CHECK_FAILED' ? new EngineError(first.code, first.message) : typeError(first, more)
}

function shorten(problems: readonly TypeProblem[]): readonly string[] {
  const shown = problems.slice(0, MOST_WARNINGS).map(problemLine)
  const more = problems.length - shown.length
  return more === 0 ? shown : [...shown, `${more} more type errors; "vivarium check" shows all.`]
}
