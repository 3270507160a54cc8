// What came of tests, as data: printed for people, or as JSON for programs.
import type { LogEntry, Outcome, ScriptFault } from '../../engine/index.ts'

/** What came of one test. */
export interface TestReport {
  /** The names of the groups that it is in, then its own. */
  readonly path: readonly string[]
  readonly status: 'passed' | 'failed' | 'skipped' | 'todo'
  /** From its start to its end. */
  readonly ms: number
  readonly error?: ScriptFault
  /** What the test itself logged, not its scripts. */
  readonly logs: readonly LogEntry[]
  /** Runs of the test that did not end well, as it may have wanted. */
  readonly failedRuns: readonly FailedRun[]
}

/** A run that did not end well. */
export type FailedRun = Pick<Outcome, 'script' | 'event' | 'status' | 'error'>

/** What came of a file of tests. */
export interface FileReport {
  /** Relative to the scripts directory. */
  readonly file: string
  readonly status: 'passed' | 'failed'
  /** Why none of its tests could run. */
  readonly error?: ScriptFault
  readonly tests: readonly TestReport[]
  /** The scripts that its tests have run. */
  readonly scripts: readonly string[]
}

/** How many of each there are. */
export interface TestTotals {
  readonly files: number
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly todo: number
}

/** Counts tests. A file that could not be loaded is one that failed. */
export function countTests(files: readonly FileReport[]): TestTotals {
  const of = (status: TestReport['status']): number =>
    files.reduce((sum, { tests }) => sum + tests.filter((test) => test.status === status).length, 0)
  const broken = files.filter(({ error }) => error !== undefined).length
  return { files: files.length, passed: of('passed'), failed: of('failed') + broken, skipped: of('skipped'), todo: of('todo') }
}
