// The main picture of `dev`: a table of scripts, the latest runs, the end of the log, and what the keys do. Text of scripts is made safe here.
import type { Outcome, ScriptInfo } from '../../engine/index.ts'
import { shownValue } from '../plain-value.ts'
import { placeOf } from '../print-outcome.ts'
import { describeDeclaration } from '../print-script.ts'
import { oneLine, safeLine } from '../safe-text.ts'
import { paint, type Style } from '../terminal.ts'
import { fill, fit, widthOf } from './columns.ts'
import type { DevSession } from './dev-session.ts'
import type { LogFilter, LogLine } from './log-tail.ts'
import type { RunEntry } from './run-history.ts'
import type { ScreenSize } from './screen.ts'
import type { ViewState } from './view-state.ts'

/** What the picture is made from. */
export interface View {
  readonly session: DevSession
  readonly state: ViewState
  readonly size: ScreenSize
  /** The scripts directory, as the user wrote it. */
  readonly directory: string
}

/** Rows for each part of the picture; a part without rows is not shown. */
interface Rows {
  readonly scripts: number
  readonly runs: number
  readonly log: number
}

const STATUS_STYLES: Readonly<Record<ScriptInfo['status'], Style>> = { ready: 'green', denied: 'red', failed: 'red', quarantined: 'red' }
const LEVEL_STYLES: Readonly<Record<LogLine['level'], Style>> = { debug: 'dim', info: 'green', warn: 'yellow', error: 'red' }
const KEYS = 'f fire  r re-run  o open failure  ↑↓ ⏎ script  / s l filter  ? help  q quit'
const TYPING = 'type a text, ⏎ to keep it, Esc to drop it'
const MOST_VALUE_CHARS = 500
const WIDEST_NAME = 22

/** The lines of the picture: as many as there are rows, none wider than the screen. */
export function drawMain(view: View): string[] {
  const { session, state, size } = view
  const { columns } = size
  const scripts = session.scripts
  const rows = shareRows(size.rows, scripts.length)
  const lines = [
    drawHeader(view, scripts),
    ...drawScripts(view, scripts, rows.scripts),
    ...drawRuns(view, rows.runs),
    ...drawLog(view, rows.log),
    paint('yellow', fit(safeLine(state.message), columns)),
    paint('dim', fit(state.isTyping ? TYPING : KEYS, columns)),
  ]
  return lines.slice(-size.rows)
}

/** How many rows the log has: what is scrolled at once. */
export function rowsOfLog({ rows }: ScreenSize, scripts: number): number {
  return Math.max(1, shareRows(rows, scripts).log - 1)
}

/** Each part has a title; the log gets what is left. */
function shareRows(rows: number, scripts: number): Rows {
  const free = Math.max(0, rows - 3) // header, message, keys
  const forScripts = free < 4 ? 0 : Math.min(Math.max(1, scripts), Math.max(1, Math.floor(free * 0.3))) + 1
  const forRuns = free < 12 ? 0 : Math.max(2, Math.floor(free * 0.25)) + 1
  return { scripts: forScripts, runs: forRuns, log: free - forScripts - forRuns }
}

function drawHeader({ session, size, directory }: View, scripts: readonly ScriptInfo[]): string {
  const counts = (['ready', 'failed', 'denied', 'quarantined'] as const).flatMap((status) => {
    const count = scripts.filter((script) => script.status === status).length
    return count === 0 ? [] : [paint(STATUS_STYLES[status], `${count} ${status}`)]
  })
  const broken = scripts.filter(({ status, error }) => status === 'ready' && error !== undefined).length
  if (broken > 0) counts.push(paint('yellow', `${broken} with a newer version that does not load`))
  const parts = [counts.length === 0 ? 'no scripts yet' : counts.join(', '), ...describeTypes(session)]
  return fit(`${paint('bold', 'vivarium dev')}  ${safeLine(directory)}  ${parts.join('  ')}`, size.columns)
}

function describeTypes({ types }: DevSession): string[] {
  if (types === undefined) return []
  const count = types.problems.length
  if (types.status === 'problems') return [paint('red', `${count} type ${count === 1 ? 'error' : 'errors'}`)]
  return [types.status === 'ok' ? paint('green', 'types ok') : paint('yellow', 'types not checked')]
}

function drawScripts({ session, state, size: { columns } }: View, scripts: readonly ScriptInfo[], rows: number): string[] {
  if (rows === 0) return []
  const shown = rows - 1
  const index = Math.max(
    0,
    scripts.findIndex(({ id }) => id === state.selected),
  )
  const first = Math.max(0, Math.min(index - Math.floor(shown / 2), scripts.length - shown))
  const above = first > 0 || scripts.length > shown ? ` (${index + 1} of ${scripts.length})` : ''
  const title = `  ${fill(`script${above}`, 22)} ${fill('status', 11)} ${fill('runs', 5, 'right')} ${fill('ok', 5, 'right')} ${fill('p50 ms', 7, 'right')}  handles`
  const body = scripts.slice(first, first + shown).map((script) => {
    const figures = session.runs.figures(script.id)
    const isSelected = script.id === state.selected
    const failed = figures.runs - figures.ok
    const cells = [
      `${isSelected ? '>' : ' '} ${fill(safeLine(script.id), 22)}`,
      paint(script.error !== undefined && script.status === 'ready' ? 'yellow' : STATUS_STYLES[script.status], fill(script.status, 11)),
      fill(String(figures.runs), 5, 'right'),
      paint(failed > 0 ? 'red' : 'green', fill(String(figures.ok), 5, 'right')),
      fill(figures.runs === 0 ? '' : figures.wallMsP50.toFixed(1), 7, 'right'),
      ` ${script.error === undefined ? describeDeclaration(script) : paint('red', safeLine(script.error.message))}`,
    ]
    const line = fit(cells.join(' '), columns)
    return isSelected ? paint('bold', line) : line
  })
  const none = scripts.length === 0 ? [paint('dim', fit('  Save a script here, or run "vivarium new" in another terminal.', columns))] : []
  return padRows([paint('dim', fit(title, columns)), ...body, ...none], rows)
}

function drawRuns({ session, size: { columns } }: View, rows: number): string[] {
  if (rows === 0) return []
  const entries = session.runs.latest(rows - 1)
  const widest = (texts: readonly string[]): number => Math.min(WIDEST_NAME, Math.max(0, ...texts.map(widthOf)))
  const widths = {
    script: widest(entries.map(({ outcome }) => safeLine(outcome.script))),
    event: widest(entries.map(({ outcome }) => safeLine(outcome.event))),
    status: widest(entries.map(({ outcome }) => outcome.status)),
  }
  return padRows([drawTitle('runs, the latest first', columns), ...entries.map((entry) => drawRun(entry, widths, columns))], rows)
}

interface RunWidths {
  readonly script: number
  readonly event: number
  readonly status: number
}

function drawRun({ at, outcome }: RunEntry, widths: RunWidths, columns: number): string {
  const { script, event, status, usage } = outcome
  const cells = [
    paint('dim', timeOf(at)),
    fill(safeLine(script), widths.script),
    fill(safeLine(event), widths.event),
    paint(status === 'ok' ? 'green' : 'red', fill(status, widths.status)),
    fill(usage.wallMs.toFixed(1), 6, 'right'),
    ` ${detailOf(outcome)}`,
  ]
  return fit(cells.join(' '), columns)
}

/** What a run came to, on one line. */
function detailOf({ error, value }: Outcome): string {
  if (error !== undefined) return `${safeLine(error.message, MOST_VALUE_CHARS)}${placeOf(error)}`
  return value === undefined ? '' : safeLine(oneLine(shownValue(value)), MOST_VALUE_CHARS)
}

function drawLog({ session, state, size: { columns } }: View, rows: number): string[] {
  if (rows === 0) return []
  const later = state.logSkip === 0 ? '' : `, ${state.logSkip} later lines below`
  const title = drawTitle(`log${describeFilter(state)}${later}`, columns)
  const lines = session.log.last(rows - 1, state.filter, state.logSkip).map((line) => drawLogLine(line, columns))
  return padRows([title, ...lines], rows)
}

function drawLogLine({ at, source, level, text }: LogLine, columns: number): string {
  const line = safeLine(oneLine(text))
  return fit(
    `${paint('dim', timeOf(at))} ${paint(LEVEL_STYLES[level], fill(level, 5))} ${paint('bold', safeLine(source))}  ${line}`,
    columns,
  )
}

/** ` (script hello, warn and worse, "text")`. */
function describeFilter({ filter, isTyping }: ViewState): string {
  const parts = partsOf(filter, isTyping)
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`
}

function partsOf({ script, level, text = '' }: LogFilter, isTyping: boolean): string[] {
  return [
    ...(script === undefined ? [] : [`of ${safeLine(script)}`]),
    ...(level === undefined ? [] : [level === 'error' ? 'errors' : `${level} and worse`]),
    ...(text === '' && !isTyping ? [] : [`with "${safeLine(text)}${isTyping ? '_' : ''}"`]),
  ]
}

function drawTitle(text: string, columns: number): string {
  const start = fit(`── ${text} `, columns)
  return paint(
    'dim',
    fill(start, columns).replace(/ *$/, (space) => (space === '' ? '' : ` ${'─'.repeat(space.length - 1)}`)),
  )
}

/** `12:03:01`, where the user is. */
function timeOf(at: number): string {
  const time = new Date(at)
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':')
}

function padRows(lines: readonly string[], rows: number): string[] {
  return Array.from({ length: rows }, (_, row) => lines[row] ?? '')
}
