// A figure of a check that found something else than it should is worth nothing.
import type { TypeProblem } from '../engine/pipeline/type-check/type-checker.ts'

/** Throws unless a check found so many problems. */
export function expectProblems(found: readonly TypeProblem[], count: number): void {
  if (found.length !== count) throw new Error(`${found.length} type errors instead of ${count}: ${JSON.stringify(found.slice(0, 2))}`)
}
