// A script as `check` and `run` show it: what it declares, or why it does not run.
import type { ScheduleInfo, ScriptInfo } from '../engine/index.ts'
import { formatFault, placeOf } from './print-outcome.ts'
import { safeLine, safeLines } from './safe-text.ts'
import { paint, type Style } from './terminal.ts'

const STYLES: Readonly<Record<ScriptInfo['status'], Style>> = { ready: 'green', denied: 'red', failed: 'red', quarantined: 'red' }

/** The lines of a script, for a stream. */
export function formatScript(script: ScriptInfo, stream: NodeJS.WriteStream = process.stdout): string {
  const { id, status, error, warnings, schedules, denied } = script
  const declared = describeDeclaration(script)
  const title = `${paint('bold', safeLine(id), stream)}: ${paint(STYLES[status], status, stream)}${placeOf(error)}${declared === '' ? '' : ` (${declared})`}${status === 'ready' ? `, ${describeHome(script)}` : ''}`
  return [
    title,
    ...(error === undefined ? [] : status === 'denied' ? safeLines(error.message, '  ') : formatFault(error, stream)),
    ...denied.flatMap(({ advice }) => safeLines(advice, '  ')),
    ...warnings.flatMap((warning) => warningLines(warning, stream)),
    ...schedules.flatMap((schedule) => safeLines(describeSchedule(schedule), '  ')),
  ].join('\n')
}

/** A script that did not load, on one line: `check` has the rest. */
export function formatFailure({ id, status, error }: ScriptInfo, stream: NodeJS.WriteStream): string {
  const why = error === undefined ? '' : `: ${error.message}`
  return `${paint('bold', safeLine(id), stream)}: ${paint(STYLES[status], status, stream)}${placeOf(error)}${safeLine(why)}`
}

/** What a script is warned of, each after the script's name: for a command that shows nothing else of it. */
export function formatWarnings({ id, warnings }: ScriptInfo, stream: NodeJS.WriteStream): string[] {
  return warnings.map((warning) => `${paint('bold', safeLine(id), stream)}: ${warningLines(warning, stream).join('\n').trimStart()}`)
}

/** `on quickjs (thread)`. */
export function describeHome({ runtime, placement }: Pick<ScriptInfo, 'runtime' | 'placement'>): string {
  return `on ${runtime} (${placement})`
}

/** `on push, release.published; needs kv`; empty for a script that did not load. */
export function describeDeclaration({ handlers, needs, mode }: ScriptInfo): string {
  const events = handlers.map(({ event }) => (event === '*' ? 'every event' : event))
  const parts = [
    events.length === 0 ? '' : `on ${events.join(', ')}`,
    Object.keys(needs).length === 0 ? '' : `needs ${Object.keys(needs).join(', ')}`,
    mode === 'parallel' ? '' : `mode ${mode}`,
  ]
  return safeLine(parts.filter(Boolean).join('; '))
}

/** `every 0 8 * * 1-5 (Europe/Berlin), missed: once; next on 2026-11-23 at 07:00:00 UTC`. */
export function describeSchedule({ event, timeZone, missed, mode, next }: ScheduleInfo): string {
  const terms = [
    `${event}${timeZone === undefined ? '' : ` (${timeZone})`}`,
    ...(missed === 'skip' ? [] : [`missed: ${missed}`]),
    ...(mode === 'single' ? [] : [`mode: ${mode}`]),
  ]
  return `${terms.join(', ')}${
    next === undefined
      ? ''
      : `; next on ${new Date(next)
          .toISOString()
          .replace('T', ' at ')
          .replace(/\.\d+Z$/, ' UTC')}`
  }`
}

/** A warning, labelled and indented. */
export function warningLines(warning: string, stream: NodeJS.WriteStream = process.stdout): string[] {
  return safeLines(warning, '').map((line, index) => (index === 0 ? `  ${paint('yellow', 'warning:', stream)} ${line}` : `    ${line}`))
}
