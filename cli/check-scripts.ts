// `vivarium check`: the policy first, because everything else depends on it, then every script as an application would load it.
import { isEngineError, type ScriptInfo } from '../engine/index.ts'
import { readPolicyText } from '../engine/policy/bounded-read.ts'
import { readPolicy } from '../engine/policy/load.ts'
import type { CommonOptions } from './common-options.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { watchInterruption } from './interruption.ts'
import { findPlaces, openEngine, type Places } from './open-engine.ts'
import { jsonText } from './plain-value.ts'
import { formatScript, warningLines } from './print-script.ts'
import { type ErrorParts, errorParts, formatError } from './report-error.ts'
import { safeLine } from './safe-text.ts'
import { standardSurfaces } from './standard-surfaces.ts'
import { paint, printLine } from './terminal.ts'

/** What the command takes. */
export type CheckOptions = CommonOptions

/** What the command found; with `--json` this is what it prints. */
interface Findings {
  readonly ok: boolean
  readonly directory: string
  /** `file` is null without a policy. */
  readonly policy: { readonly file: string | null; readonly problems: readonly ErrorParts[]; readonly warnings: readonly string[] }
  /** Empty when the policy has problems: what scripts may do depends on it. */
  readonly scripts: readonly ScriptInfo[]
}

/** Runs the command. */
export async function checkScripts(options: CheckOptions): Promise<ExitCode> {
  const places = findPlaces(options)
  using interruption = watchInterruption()
  const findings = await find(places)
  await printLine(options.json ? jsonText(findings) : formatFindings(findings))
  return interruption.code ?? (findings.ok ? EXIT.ok : EXIT.problems)
}

async function find(places: Places): Promise<Findings> {
  const { directory, policy = null } = places
  const problems = policy === null ? [] : await findPolicyProblems(policy)
  if (problems.length > 0) return { ok: false, directory, policy: { file: policy, problems, warnings: [] }, scripts: [] }
  await using engine = await openEngine(places)
  const scripts = engine.scripts()
  return {
    ok: scripts.every(({ status }) => status === 'ready'),
    directory,
    policy: { file: policy, problems, warnings: engine.policyWarnings() },
    scripts,
  }
}

/** All of them, where the engine would stop at the first. */
async function findPolicyProblems(file: string): Promise<ErrorParts[]> {
  try {
    const reading = readPolicy({ text: await readPolicyText(file), file }, standardSurfaces())
    return reading.ok ? [] : reading.errors.map(errorParts)
  } catch (error) {
    if (isEngineError(error)) return [errorParts(error)]
    throw error
  }
}

function formatFindings(findings: Findings): string {
  const { policy, scripts } = findings
  const { file, problems, warnings } = policy
  const lines =
    problems.length > 0 ? problems.map((problem) => formatError(problem, process.stdout)) : scripts.map((script) => formatScript(script))
  return [
    ...lines,
    ...(lines.length > 0 ? [''] : []),
    describePolicy(file, problems.length),
    ...warnings.flatMap((warning) => warningLines(warning)),
    summarise(findings),
  ].join('\n')
}

function describePolicy(file: string | null, problems: number): string {
  if (file === null) return 'No policy: the built-in limits hold, and nothing is granted but ctx.log.'
  return `${safeLine(file)}: ${problems === 0 ? paint('green', 'ok') : paint('red', count(problems, 'problem'))}`
}

function summarise({ scripts, directory, policy }: Findings): string {
  if (policy.problems.length > 0) return 'Scripts were not checked: what they may do depends on the policy.'
  if (scripts.length === 0) return `There is no script in ${JSON.stringify(directory)}; "vivarium init" writes one to start from.`
  const of = (status: ScriptInfo['status']): number => scripts.filter((script) => script.status === status).length
  const warnings = scripts.reduce((sum, script) => sum + script.warnings.length, policy.warnings.length)
  const parts = [
    `${of('ready')} ready`,
    ...(['failed', 'denied'] as const).filter((status) => of(status) > 0).map((status) => paint('red', `${of(status)} ${status}`)),
  ]
  if (warnings > 0) parts.push(paint('yellow', count(warnings, 'warning')))
  return `${count(scripts.length, 'script')}: ${parts.join(', ')}. Types are not checked by this version.`
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}
