// What `npm start` tells its reader: the table, one error as a script's author sees it, what was contained, and what to try next.
import { styleText } from 'node:util'
import type { Outcome, ScriptFault } from '../engine/model/outcome.ts'
import type { RunStatistics, ScriptStatistics } from './run-statistics.ts'
import { type Column, formatTable } from './table.ts'

/** Something that went wrong with a script: in a run, or when it was loaded. */
export interface Failure {
  readonly script: string
  readonly event?: string
  readonly status: string
  readonly error?: ScriptFault | undefined
}

/** What the showcase found. */
export interface Showcase {
  readonly deliveries: number
  readonly ms: number
  readonly statistics: RunStatistics
  /** One failed outcome of each script that had any. */
  readonly failures: ReadonlyMap<string, Outcome>
  /** Scripts that could not be loaded. */
  readonly unloaded: readonly Failure[]
  /** What scripts did outside, through host functions. */
  readonly outside: {
    /** What arrived at the chat. */
    readonly messages: readonly string[]
    /** How often the register of contributors was asked. */
    readonly questions: number
    /** What was written, by name of the file. */
    readonly pages: ReadonlyMap<string, string>
  }
}

const COLUMNS: readonly Column[] = [
  { header: 'script' },
  { header: 'runs', align: 'right' },
  { header: 'ok', align: 'right' },
  { header: 'failed' },
  { header: 'p50 ms', align: 'right' },
  { header: 'p95 ms', align: 'right' },
  { header: 'CPU ms, all', align: 'right' },
  { header: 'memory KiB', align: 'right' },
  { header: 'host calls', align: 'right' },
]

/** Of what was sent, and of the page that was written. */
const MESSAGES_SHOWN = 3
const LINES_SHOWN = 8

const NEXT = `Try next:
  npm run vivarium -- run issues.opened --data scripts/fixtures/issues.opened.json --dir scripts
  npm run vivarium -- test --dir scripts
  npm run vivarium -- explain hostile/endless-loop --dir scripts
  and edit scripts/issue-triage/rules.json, or write a script of your own beside it.
`

/** Whether a script is one of those that misbehave on purpose. */
export function isHostile(script: string): boolean {
  return script.startsWith('hostile/')
}

/** The whole report, as text that ends with a newline; coloured when it goes to a terminal. */
export function formatReport(showcase: Showcase): string {
  const scripts = showcase.statistics.summarise()
  return [title(showcase, scripts), table(scripts), outside(showcase), sampleError(showcase), containment(scripts), NEXT]
    .filter(Boolean)
    .join('\n\n')
}

/** A failure in full: what happened where, the code frame, what to do. */
export function showError({ script, event = 'load', status, error }: Failure): string {
  const at = error?.location === undefined ? '' : ` at ${error.location.file}:${error.location.line}:${error.location.column}`
  const what = `${paint('bold', script)} on ${event}: ${paint('red', status)}${at}`
  return [what, error?.message, error?.frame, error?.hint].filter(Boolean).join('\n')
}

function title({ deliveries, ms, statistics }: Showcase, scripts: readonly ScriptStatistics[]): string {
  const runs = `${statistics.runs} runs of ${scripts.length} scripts`
  return paint('bold', `${deliveries} GitHub deliveries, ${runs}, a brand-new sandbox for each: ${(ms / 1000).toFixed(1)} s`)
}

function table(scripts: readonly ScriptStatistics[]): string {
  const [useful, hostile] = [scripts.filter(({ script }) => !isHostile(script)), scripts.filter(({ script }) => isHostile(script))]
  const columns = COLUMNS.map((column) => ({ ...column, header: paint('dim', column.header) }))
  return formatTable(columns, [...useful.map(row), [], ...hostile.map(row)])
}

function row({ script, runs, statuses, wallMsP50, wallMsP95, cpuMs, memoryBytes, hostCalls }: ScriptStatistics): string[] {
  const { ok = 0, ...failed } = statuses
  const failures = Object.entries(failed).map(([status, count]) => `${count} ${status}`)
  return [
    script,
    String(runs),
    ok === 0 ? '' : paint('green', String(ok)),
    paint(isHostile(script) ? 'yellow' : 'red', failures.join(', ')),
    wallMsP50.toFixed(2),
    wallMsP95.toFixed(2),
    cpuMs.toFixed(1),
    (memoryBytes / 1024).toFixed(0),
    hostCalls === 0 ? '' : String(hostCalls),
  ]
}

/** What became of requests, secrets and files. */
function outside({ outside: { messages, questions, pages } }: Showcase): string {
  const [name, page = ''] = [...pages][0] ?? []
  return [
    `Sent to a server on this machine: ${messages.length} signed messages, ${questions} questions. The last messages:`,
    ...messages.slice(-MESSAGES_SHOWN).map((message) => `  ${message}`),
    ...(name === undefined
      ? []
      : [
          `Written in the evening, ${name}:`,
          ...page
            .trimEnd()
            .split('\n')
            .filter(Boolean)
            .slice(0, LINES_SHOWN)
            .map((line) => `  ${line}`),
        ]),
  ].join('\n')
}

/** One failure, as the author of that script sees it. */
function sampleError({ failures }: Showcase): string {
  const outcome = [...failures.values()].sort((a, b) => (a.script < b.script ? -1 : 1)).find(({ error }) => error?.frame !== undefined)
  return outcome === undefined ? '' : `What the author of a failing script sees:\n\n${showError(outcome)}`
}

function containment(scripts: readonly ScriptStatistics[]): string {
  const counts = new Map<string, number>()
  for (const { statuses } of scripts.filter(({ script }) => isHostile(script))) {
    for (const [status, count] of Object.entries(statuses)) counts.set(status, (counts.get(status) ?? 0) + count)
  }
  const ended = [...counts].filter(([status]) => status !== 'ok').map(([status, count]) => `${count} ${status}`)
  const useful = scripts.filter(({ script }) => !isHostile(script))
  const unharmed = useful.filter(({ runs, statuses }) => statuses.ok === runs).length
  return `Contained: ${ended.join(', ')}.\nUnharmed beside them: ${unharmed} of ${useful.length} useful scripts, and the program that printed this.`
}

function paint(style: 'bold' | 'dim' | 'green' | 'red' | 'yellow', text: string): string {
  return text === '' ? '' : styleText(style, text, { stream: process.stdout })
}
