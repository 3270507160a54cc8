// An outcome as people read it: status, result or error with its code frame, what the script logged, what the run used.
import type { LogEntry, Outcome, ScriptFault, Usage } from '../engine/index.ts'
import { docsPath } from './docs-path.ts'
import { shownValue } from './plain-value.ts'
import { safeLine, safeLines } from './safe-text.ts'
import { paint, type Style } from './terminal.ts'

const LEVELS: Readonly<Record<LogEntry['level'], Style>> = { debug: 'dim', info: 'green', warn: 'yellow', error: 'red' }
const INDENT = '  '
const MOST_LOGS = 50
const MOST_FRAMES = 6

/** What is known of an outcome beside it. */
export interface OutcomeFacts {
  /** The line of its payload, where payloads have lines of their own. */
  readonly line: number | undefined
  /** Where its script runs, in words; empty where that is not known. */
  readonly home: string
  /** Its error was shown in full before. */
  readonly isKnownError: boolean
}

/** The lines of an outcome. Everything from the script is safe to print. */
export function formatOutcome(outcome: Outcome, { line, home, isKnownError }: OutcomeFacts): string {
  const { script, event, status, error, logs, usage } = outcome
  const on = line === undefined ? event : `${event}, line ${line}`
  const title = `${paint('bold', safeLine(script))} on ${safeLine(on)}: ${paint(status === 'ok' ? 'green' : 'red', status)}${placeOf(error)}`
  return [
    title,
    ...(outcome.value === undefined ? [] : labelled('value', shownValue(outcome.value))),
    ...(error === undefined ? [] : isKnownError ? [`${INDENT}as before`] : formatFault(error)),
    ...formatLogs(logs),
    ...(outcome.stateLost ? labelled('state', 'module state was lost: this run was cut') : []),
    ...(usage.wallMs === 0 ? [] : labelled('used', [formatUsage(usage), home].filter(Boolean).join(', '))), // a run that never started used nothing
  ].join('\n')
}

/** A fault as the script's author reads it: what, where, what to do. Indented. */
export function formatFault(
  { code, name, message, stack, frame, hint, docs }: ScriptFault,
  stream: NodeJS.WriteStream = process.stdout,
): string[] {
  const isPlain = code === 'EXCEPTION' || docs !== undefined
  const title = `${name}${isPlain ? '' : ` [${code}]`}: ${message}`
  return [
    ...safeLines(title, '').map((line, index) => `${index === 0 ? INDENT : INDENT.repeat(3)}${line}`),
    ...formatFrame({ frame }, INDENT.repeat(2)),
    ...formatStack(stack),
    ...(hint === undefined ? [] : safeLines(hint, INDENT)),
    ...(docs === undefined ? [] : [paint('dim', `${INDENT}${safeLine(docsPath(docs))}`, stream)]),
  ]
}

function formatFrame({ frame }: { readonly frame?: string | undefined }, indent: string): string[] {
  return frame === undefined ? [] : safeLines(frame, indent)
}

/** ` at file:line:column`, where a fault has a place. */
export function placeOf(fault: ScriptFault | undefined): string {
  const at = fault?.location
  return at === undefined ? '' : ` at ${safeLine(at.file)}:${at.line}:${at.column}`
}

/** The calls that led there; one alone is the place itself. */
function formatStack(stack = ''): string[] {
  const frames = stack.split('\n').filter((line) => /^ {4}at |^caused by: /.test(line))
  if (frames.length < 2) return []
  const rest = frames.length > MOST_FRAMES ? [`${INDENT}    … ${frames.length - MOST_FRAMES} more`] : []
  return [...frames.slice(0, MOST_FRAMES).map((line) => `${INDENT}${safeLine(line)}`), ...rest]
}

function formatLogs(logs: readonly LogEntry[]): string[] {
  const shown = logs.slice(0, MOST_LOGS).flatMap(({ level, message, data, truncated, error }) => {
    const text = data === undefined ? message : `${message} ${shownValue(data)}`
    if (error !== undefined) return [...labelled(level, `${text}${placeOf(error)}`, LEVELS[level]), ...formatFrame(error, INDENT.repeat(4))]
    return labelled(level, truncated ? `${text} (the log is cut here: limit "log")` : text, LEVELS[level])
  })
  return logs.length > MOST_LOGS ? [...shown, `${INDENT}… ${logs.length - MOST_LOGS} more log entries; --json prints all`] : shown
}

function formatUsage({ cpuMs, wallMs, memoryBytes, hostCalls }: Usage): string {
  const calls = hostCalls === 0 ? '' : `, ${hostCalls} host ${hostCalls === 1 ? 'call' : 'calls'}`
  return `${wallMs.toFixed(1)} ms, ${cpuMs.toFixed(1)} ms CPU, ${Math.round(memoryBytes / 1024)} KiB${calls}`
}

/** The first line has the label; further ones are indented below it, so that none can pass for a line of ours. */
function labelled(label: string, text: string, style: Style = 'dim'): string[] {
  const [first = '', ...rest] = safeLines(text, '')
  return [`${INDENT}${paint(style, label.padEnd(5))}  ${first}`, ...rest.map((line) => `${INDENT}       ${line}`)]
}
