// `vivarium explain`: what a script declares and was granted, and every setting with the line that set it.
import type { ExplainedSetting, ScriptInfo } from '../engine/index.ts'
import type { CommonOptions } from './common-options.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { findScript } from './find-script.ts'
import { watchInterruption } from './interruption.ts'
import { findPlaces, openEngine } from './open-engine.ts'
import { jsonText, shownValue } from './plain-value.ts'
import { formatScript, warningLines } from './print-script.ts'
import { oneLine, safeLine } from './safe-text.ts'
import { formatTable } from './table.ts'
import { paint, printLine, printNote } from './terminal.ts'

/** What the command takes. */
export type ExplainOptions = CommonOptions

type SetBy = ExplainedSetting['setBy']

/** In the table. */
const WIDEST_VALUE = 80
/** What a script may do is shown as a whole. */
const WIDEST_GRANT = 2_000

/** Runs the command. Throws a `UsageError` for a script that there is not. */
export async function explainScript(script: string, options: ExplainOptions): Promise<ExitCode> {
  const places = findPlaces(options)
  using interruption = watchInterruption()
  await using engine = await openEngine(places)
  const info = findScript(engine.scripts(), script, places.directory)
  const settings = engine.explain(info.id)
  const policyWarnings = engine.policyWarnings()
  await printLine(options.json ? jsonText({ ...info, settings, policyWarnings }) : formatExplanation(info, settings))
  if (options.json === undefined) for (const warning of policyWarnings) printNote(warningLines(warning, process.stderr).join('\n'))
  return interruption.code ?? EXIT.ok
}

function formatExplanation(info: ScriptInfo, settings: readonly ExplainedSetting[]): string {
  const columns = [{ header: paint('dim', 'setting') }, { header: paint('dim', 'value') }, { header: paint('dim', 'set by') }]
  const rows = settings.map((setting) => [safeLine(setting.path), showSetting(setting.value), describeOrigin(setting)])
  return [formatScript(info), ...describeGrant(info), '', formatTable(columns, rows)].join('\n')
}

/** What it asked for beside what it got. */
function describeGrant({ name, id, handlers, needs, grant }: ScriptInfo): string[] {
  const priorities = handlers.filter(({ priority }) => priority !== 0).map(({ event, priority }) => `${event} ${priority}`)
  return [
    ...(name === id ? [] : [`name     ${safeLine(name)}`]),
    ...(priorities.length === 0 ? [] : [`priority ${safeLine(priorities.join(', '))}`]),
    ...Object.entries(needs).map(([need, value]) => `needs    ${safeLine(need)}: ${showSetting(value)}`),
    ...Object.entries(grant).map(([binding, value]) => `granted  ${safeLine(binding)}: ${showSetting(value, WIDEST_GRANT)}`),
  ].map((line) => `  ${line}`)
}

/** `policy.yaml:12 (entry "reports/**")`, `policy.yaml:3; 900ms in policy.yaml:9 was too much`, `policy.yaml:4, in place of v8: …`. */
function describeOrigin({ setBy, clampedBy, written, because }: ExplainedSetting): string {
  if (clampedBy === undefined) {
    const instead = written === undefined ? '' : `, in place of ${written}`
    return `${describePlace(setBy)}${instead}${because === undefined ? '' : `: ${safeLine(because)}`}`
  }
  const ceiling = clampedBy === 'built-in' ? 'the built-in ceiling' : `the ceiling in ${describePlace(clampedBy)}`
  return `${ceiling}, clamping ${written} of ${describePlace(setBy)}`
}

function describePlace(setBy: SetBy): string {
  if (setBy === 'built-in') return paint('dim', 'built-in')
  if (setBy === 'host') return 'createEngine'
  const { file, line, glob } = setBy
  const place = `${safeLine(file)}${line === undefined ? '' : `:${line}`}`
  return glob === undefined ? place : `${place} (${safeLine(JSON.stringify(glob))})`
}

function showSetting(value: unknown, widest = WIDEST_VALUE): string {
  const text = typeof value === 'string' ? value : oneLine(shownValue(value))
  return safeLine(text, widest)
}
