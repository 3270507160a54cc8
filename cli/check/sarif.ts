// What `vivarium check` found as SARIF 2.1.0, for tools that show findings beside the lines of a code review.
import { join, relative, sep } from 'node:path'
import { CODES } from '../../engine/errors/codes.ts'
import type { ScriptFault } from '../../engine/model/outcome.ts'
import { type Findings, untold } from './findings.ts'

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json'

interface Region {
  readonly startLine: number
  readonly startColumn: number
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

/** The log of one run. Places are relative to the current directory, as tools that run in a repository's root want them. */
export function toSarif(findings: Findings, version: string): object {
  const results = resultsOf(findings)
  const rules = [...new Set(results.map(({ ruleId }) => ruleId))].sort()
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'vivarium', version, rules: rules.map((id) => ({ id, ...helpOf(id) })) } },
        columnKind: 'utf16CodeUnits',
        results: results.map(formatResult),
      },
    ],
  }
}

function resultsOf(findings: Findings): readonly Result[] {
  const { directory, policy, scripts, refused, types } = findings
  const inScripts = (file: string): string => join(directory, file)
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
    ...scripts.flatMap(({ id, error, warnings }): Result[] => [
      ...(error === undefined || refused.includes(id) ? [] : [resultOfFault(error, inScripts)]),
      ...warnings.map((message): Result => ({ ruleId: 'SCRIPT_WARNING', level: 'warning', message: `${id}: ${message}` })),
    ]),
    ...untold(findings).map(
      ({ file, code, message, hint, line, column, endLine, endColumn }): Result => ({
        ruleId: code,
        level: 'error',
        message: sentence(message, hint),
        file: inScripts(file),
        region: { startLine: line, startColumn: column, endLine, endColumn },
      }),
    ),
    ...(types.error === undefined ? [] : [{ ruleId: types.error.code, level: 'error' as const, message: types.error.message }]),
  ]
}

function resultOfFault({ code, message, hint, location }: ScriptFault, inScripts: (file: string) => string): Result {
  return {
    ruleId: code,
    level: 'error',
    message: sentence(message, hint),
    file: location && inScripts(location.file),
    region: location && { startLine: location.line, startColumn: location.column },
  }
}

function formatResult({ ruleId, level, message, file, region }: Result): object {
  const place = file && { physicalLocation: { artifactLocation: { uri: uriOf(file) }, ...(region && { region }) } }
  return { ruleId, level, message: { text: message }, locations: place ? [place] : [] }
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
