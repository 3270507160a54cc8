// Reports of tests as people read them. Names, messages and logs come out of sandboxes: all of it is made safe for a terminal.
import { shownValue } from '../plain-value.ts'
import { formatFault, placeOf } from '../print-outcome.ts'
import { safeLine, safeLines } from '../safe-text.ts'
import { paint, type Style } from '../terminal.ts'
import type { FailedRun, FileReport, TestReport, TestTotals } from './test-report.ts'

const MARKS: Readonly<Record<TestReport['status'], readonly [mark: string, style: Style]>> = {
  passed: ['✓', 'green'],
  failed: ['✗', 'red'],
  skipped: ['-', 'dim'],
  todo: ['…', 'yellow'],
}
/** Slower tests say how slow they are. */
const SLOW_MS = 100
const MOST_LOGS = 20
const INDENT = '      '
/** What an expectation, or a run that cannot be, says of the test: no code is needed to look it up. */
const OF_THE_TEST = 'AssertionError'
const MOST_RUNS = 3
const NEVER_STARTS: ReadonlySet<FailedRun['status']> = new Set(['denied', 'load_failed'])

/** The lines of a file's report. */
export function formatFile({ file, error, tests }: FileReport): string {
  const title = `${paint('bold', safeLine(file))}${error === undefined ? '' : `: ${paint('red', 'failed')}`}`
  if (error !== undefined) return [title, ...formatFault(error)].join('\n')
  if (tests.length === 0) return `${title}\n  ${paint('dim', 'no tests')}`
  const told = new Set<string>()
  return [title, ...tests.flatMap((test) => formatTest(test, told))].join('\n')
}

/** One line for all tests. */
export function formatTotals({ files, passed, failed, skipped, todo }: TestTotals, ms: number): string {
  const parts = [
    failed > 0 ? paint('red', `${failed} failed`) : '',
    passed > 0 ? paint('green', `${passed} passed`) : '',
    skipped > 0 ? `${skipped} skipped` : '',
    todo > 0 ? paint('yellow', `${todo} to do`) : '',
  ].filter(Boolean)
  return `${parts.join(', ') || 'no tests'}, in ${files} ${files === 1 ? 'file' : 'files'}, ${(ms / 1000).toFixed(1)} s`
}

function formatTest({ path, status, ms, error, logs, failedRuns }: TestReport, told: Set<string>): string[] {
  const [mark, style] = MARKS[status]
  const time = ms >= SLOW_MS ? paint('dim', ` (${Math.round(ms)} ms)`) : ''
  return [
    `  ${paint(style, mark)} ${safeLine(path.join(' > '))}${time}`,
    ...(error === undefined ? [] : formatError(error).map((line) => `    ${line}`)),
    ...(status === 'failed' ? failedRuns.slice(0, MOST_RUNS).flatMap((run) => formatRun(run, told)) : []),
    ...formatLogs(logs),
  ]
}

/** Why a run did not end well is most often why its test fails. What keeps every run of a script from starting is told once; `told` has what was. */
function formatRun({ script, event, status, error }: FailedRun, told: Set<string>): string[] {
  const why = `${script}: ${status}: ${error?.message}`
  if (told.has(why)) return [`${INDENT}the run of ${safeLine(script)} on ${safeLine(event)}: ${paint('yellow', status)}, as above`]
  if (NEVER_STARTS.has(status)) told.add(why)
  const title = `${INDENT}the run of ${safeLine(script)} on ${safeLine(event)}: ${paint('yellow', status)}${placeOf(error)}`
  return [title, ...(error === undefined ? [] : formatFault(error).map((line) => `${INDENT}${line}`))]
}

function formatError(error: NonNullable<TestReport['error']>): string[] {
  if (error.name !== OF_THE_TEST) return formatFault(error)
  const [first = '', ...rest] = safeLines(error.message, '')
  return [
    `  ${first}`,
    ...rest.map((line) => `    ${paint(line.startsWith('-') ? 'red' : line.startsWith('+') ? 'green' : 'dim', line)}`),
    ...(error.frame === undefined ? [] : safeLines(error.frame, '    ')),
    ...(error.location === undefined
      ? []
      : [paint('dim', `  at ${safeLine(error.location.file)}:${error.location.line}:${error.location.column}`)]),
  ]
}

function formatLogs(logs: TestReport['logs']): string[] {
  const lines = logs.slice(0, MOST_LOGS).flatMap(({ level, message, data }) => {
    const [first = '', ...rest] = safeLines(data === undefined ? message : `${message} ${shownValue(data)}`, '')
    return [`${INDENT}${paint('dim', level)} ${first}`, ...rest.map((line) => `${INDENT}  ${line}`)]
  })
  return logs.length > MOST_LOGS ? [...lines, `${INDENT}… ${logs.length - MOST_LOGS} more log entries; --json prints all`] : lines
}
