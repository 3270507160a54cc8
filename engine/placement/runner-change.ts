// What an observer is told of a runner.
import type { RunnerChange } from '../observe/observer.ts'
import type { RunnerEnd, RunnerEndFacts } from '../runner/runner-client.ts'

/** The end of a runner that had been started. */
export function changeOf(role: string, kind: RunnerEnd, { reason, detail }: RunnerEndFacts): RunnerChange {
  return { kind, role, ...(reason === undefined ? {} : { reason }), ...(detail === undefined ? {} : { detail }) }
}
