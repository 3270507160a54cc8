// A script as `check` and `run` show it: what it declares, or why it does not run.
import type { ScriptInfo } from '../engine/index.ts'
import { formatFault, placeOf } from './print-outcome.ts'
import { safeLine, safeLines } from './safe-text.ts'
import { paint, type Style } from './terminal.ts'

const STYLES: Readonly<Record<ScriptInfo['status'], Style>> = { ready: 'green', denied: 'red', failed: 'red', quarantined: 'red' }

/** The lines of a script, for a stream. */
export function formatScript(script: ScriptInfo, stream: NodeJS.WriteStream = process.stdout): string {
  const { id, status, error, warnings, every, denied } = script
  const declared = describeDeclaration(script)
  const title = `${paint('bold', safeLine(id), stream)}: ${paint(STYLES[status], status, stream)}${placeOf(error)}${declared === '' ? '' : ` (${declared})`}`
  return [
    title,
    ...(error === undefined ? [] : status === 'denied' ? safeLines(error.message, '  ') : formatFault(error, stream)),
    ...denied.flatMap(({ policyLine }) => safeLines(`policy: ${policyLine}`, '  ')),
    ...warnings.flatMap((warning) => warningLines(warning, stream)),
    ...(every.length === 0 ? [] : safeLines(scheduleNote(every), '  ')),
  ].join('\n')
}

/** `on push, release.published; needs kv`; empty for a script that did not load. */
export function describeDeclaration({ handlers, needs }: ScriptInfo): string {
  const events = handlers.map(({ event }) => (event === '*' ? 'every event' : event))
  const parts = [
    events.length === 0 ? '' : `on ${events.join(', ')}`,
    Object.keys(needs).length === 0 ? '' : `needs ${Object.keys(needs).join(', ')}`,
  ]
  return safeLine(parts.filter(Boolean).join('; '))
}

/** What this version does with schedules. */
export function scheduleNote(every: readonly string[]): string {
  return `note: schedules are listed and do not run in this version: ${every.join(', ')}`
}

function warningLines(warning: string, stream: NodeJS.WriteStream): string[] {
  return safeLines(warning, '').map((line, index) => (index === 0 ? `  ${paint('yellow', 'warning:', stream)} ${line}` : `    ${line}`))
}
