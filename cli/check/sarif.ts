// What `vivarium check` found as SARIF 2.1.0, for tools that show findings beside the lines of a code review.
import { join, relative, sep } from 'node:path'
import { CODES } from '../../engine/errors/codes.ts'
import type { ScriptFault } from '../../engine/model/outcome.ts'
import { type Findings, untold } from './findings.ts'
import type { ScriptPlace } from './script-places.ts'

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json'

interface Region {
  readonly startLine: number
  readonly startColumn?: number
  readonly endLine?: number
  readonly endColumn?: number
}

interface Result {
  readonly ruleId: string
  readonly level: 'error' | 'warning'
  readonly message: string
  readonly file?: string | undefined
  readonly region?: Region | undefined
}

/** The log of one run. `places`: where scripts are. Paths are relative to the current directory, as tools that run in a repository's root want them. */
export function toSarif(findings: Findings, places: ReadonlyMap<string, ScriptPlace>, version: string): object {
  const all = resultsOf(findings, places)
  const results = all.filter(({ file }) => file !== undefined)
  // Tools refuse a result that is nowhere; what is about no file is about the run.
  const notes = all.filter(({ file }) => file === undefined)
  const rules = [...new Set(results.map(({ ruleId }) => ruleId))].sort()
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'vivarium', version, rules: rules.map((id) => ({ id, ...helpOf(id) })) } },
        columnKind: 'utf16CodeUnits',
        ...(notes.length > 0 && { invocations: [invocationOf(notes)] }),
        results: results.map(formatResult),
      },
    ],
  }
}

function resultsOf(findings: Findings, places: ReadonlyMap<string, ScriptPlace>): readonly Result[] {
  const { directory, policy, types } = findings
  return [
    ...policy.problems.map(
      ({ code, message, location, hint }): Result => ({
        ruleId: code,
        level: 'error',
        message: sentence(message, hint),
        file: location?.file ?? policy.file ?? undefined,
        region: location && { startLine: location.line, startColumn: location.column },
      }),
    ),
    ...policy.warnings.map((message): Result => ({ ruleId: 'POLICY_WARNING', level: 'warning', message, file: policy.file ?? undefined })),
    ...resultsOfScripts(findings, places),
    ...untold(findings).map(
      ({ file, code, message, hint, line, column, endLine, endColumn }): Result => ({
        ruleId: code,
        level: 'error',
        message: sentence(message, hint),
        file: join(directory, file),
        region: { startLine: line, startColumn: column, endLine, endColumn },
      }),
    ),
    ...(types.error === undefined ? [] : [{ ruleId: types.error.code, level: 'error' as const, message: types.error.message }]),
  ]
}

function resultsOfScripts({ directory, scripts, refused }: Findings, places: ReadonlyMap<string, ScriptPlace>): readonly Result[] {
  return scripts.flatMap(({ id, error, warnings }): Result[] => {
    const own = places.get(id)
    const placed = (place: ScriptPlace | undefined): Pick<Result, 'file' | 'region'> =>
      place === undefined ? {} : { file: join(directory, place.file), region: regionOf(place) }
    const ofError = error === undefined || refused.includes(id) ? [] : [{ ...resultOfFault(error), ...placed(error.location ?? own) }]
    const ofWarnings = warnings.map((message): Result => {
      const file = own && { file: own.file, line: 1 }
      return { ruleId: 'SCRIPT_WARNING', level: 'warning', message: `${id}: ${message}`, ...placed(file) }
    })
    return [...ofError, ...ofWarnings]
  })
}

function resultOfFault({ code, message, hint }: ScriptFault): Result {
  return { ruleId: code, level: 'error', message: sentence(message, hint) }
}

function regionOf({ line, column }: ScriptPlace): Region {
  return { startLine: line, ...(column !== undefined && { startColumn: column }) }
}

function formatResult({ ruleId, level, message, file = '', region }: Result): object {
  const physicalLocation = { artifactLocation: { uri: uriOf(file) }, ...(region && { region }) }
  return { ruleId, level, message: { text: message }, locations: [{ physicalLocation }] }
}

function invocationOf(notes: readonly Result[]): object {
  return { executionSuccessful: notes.every(({ level }) => level !== 'error'), toolExecutionNotifications: notes.map(formatNote) }
}

function formatNote({ ruleId, level, message }: Result): object {
  return { descriptor: { id: ruleId }, level, message: { text: message } }
}

function uriOf(file: string): string {
  return relative(process.cwd(), file).split(sep).map(encodeURIComponent).join('/')
}

function sentence(message: string, hint: string | undefined): string {
  return hint === undefined ? message : `${message}\n${hint}`
}

function helpOf(rule: string): object {
  if (/^TS\d/.test(rule)) return { shortDescription: { text: `TypeScript ${rule.slice(2)}` } }
  return Object.hasOwn(CODES, rule) ? { help: { text: `docs/errors.md#${rule}` } } : {}
}
