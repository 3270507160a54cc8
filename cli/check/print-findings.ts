// What `vivarium check` found, for people.
import type { ScriptInfo } from '../../engine/index.ts'
import type { TypeProblem } from '../../engine/pipeline/type-check/type-checker.ts'
import { formatScript, warningLines } from '../print-script.ts'
import { formatError } from '../report-error.ts'
import { safeLine, safeLines } from '../safe-text.ts'
import { paint } from '../terminal.ts'
import { type Findings, untold } from './findings.ts'

/** The lines of what was found. */
export function formatFindings(findings: Findings): string {
  const { policy, scripts, types } = findings
  const parts =
    policy.problems.length > 0
      ? policy.problems.map((problem) => formatError(problem, process.stdout))
      : scripts.map((script) => formatScript(script))
  const problems = untold(findings).map(formatTypeProblem)
  const faults = types.error === undefined ? [] : [formatError(types.error, process.stdout)]
  return [
    ...setApart([...parts, ...problems, ...faults]),
    ...(parts.length + problems.length > 0 ? [''] : []),
    describePolicy(policy.file, policy.problems.length),
    ...[...policy.warnings, ...staleWarning(types)].flatMap((warning) => warningLines(warning)),
    summarise(findings),
  ].join('\n')
}

/** With an empty line before and behind each part of several lines. */
function setApart(parts: readonly string[]): string[] {
  const isLong = (part: string | undefined): boolean => part?.includes('\n') === true
  return parts.flatMap((part, index) => (index > 0 && (isLong(part) || isLong(parts[index - 1])) ? ['', part] : [part]))
}

/** A problem with types: place, TypeScript's words, the frame, what to do. */
export function formatTypeProblem({ file, line, column, code, message, frame, hint }: TypeProblem): string {
  const [first = '', ...reasons] = message.split('\n')
  return [
    `${paint('bold', safeLine(file))}:${line}:${column}: ${paint('red', 'type error')} ${safeLine(first)} ${paint('dim', `(${code})`)}`,
    ...reasons.flatMap((reason) => safeLines(reason, '')),
    ...(frame === undefined ? [] : safeLines(frame, '  ')),
    ...(hint === undefined ? [] : safeLines(hint, '  ')),
  ].join('\n')
}

function staleWarning({ environment }: Findings['types']): string[] {
  if (!environment.isStale) return []
  return [
    `${environment.file} is out of date: editors see other events, bindings or grants than there are. "vivarium types" writes it anew.`,
  ]
}

function describePolicy(file: string | null, problems: number): string {
  if (file === null) return 'No policy: the built-in limits hold, and nothing is granted but ctx.log.'
  return `${safeLine(file)}: ${problems === 0 ? paint('green', 'ok') : paint('red', count(problems, 'problem'))}`
}

function summarise(findings: Findings): string {
  const { scripts, refused, directory, policy, types } = findings
  if (policy.problems.length > 0) return 'Scripts were not checked: what they may do depends on the policy.'
  if (scripts.length === 0) return `There is no script in ${JSON.stringify(directory)}; "vivarium init" writes one to start from.`
  const of = (status: ScriptInfo['status']): number => scripts.filter((script) => script.status === status).length
  const warnings = scripts.reduce((sum, script) => sum + script.warnings.length, policy.warnings.length)
  const lacking = of('denied') - refused.length
  const parts = [`${of('ready')} ready`]
  if (of('failed') > 0) parts.push(paint('red', `${of('failed')} failed`))
  if (lacking > 0) parts.push(paint('red', `${lacking} denied`))
  if (refused.length > 0) parts.push(`${refused.length} denied as the policy says`)
  const problems = untold(findings).length
  if (problems > 0) parts.push(paint('red', count(problems, 'type error')))
  if (warnings > 0) parts.push(paint('yellow', count(warnings, 'warning')))
  const untyped = types.status === 'unavailable' || types.status === 'skipped' ? ' Types were not checked.' : ''
  return `${count(scripts.length, 'script')}: ${parts.join(', ')}.${untyped}`
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}
