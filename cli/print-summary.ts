// What many events came to, script by script.
import { OUTCOME_STATUSES } from '../engine/model/outcome.ts'
import type { RunStatistics } from './run-statistics.ts'
import { safeLine } from './safe-text.ts'
import { type Column, formatTable } from './table.ts'
import { paint } from './terminal.ts'

const COLUMNS: readonly Column[] = [
  { header: 'script' },
  { header: 'runs', align: 'right' },
  { header: 'ok', align: 'right' },
  { header: 'p50 ms', align: 'right' },
  { header: 'p95 ms', align: 'right' },
  { header: 'failed' },
]

/** A line and a table. */
export function formatSummary(events: number, statistics: RunStatistics): string {
  const rows = statistics.summarise().map(({ script, runs, statuses, wallMsP50, wallMsP95 }) => {
    const failed = OUTCOME_STATUSES.filter((status) => status !== 'ok' && statuses[status] !== undefined).map(
      (status) => `${statuses[status]} ${status}`,
    )
    return [
      safeLine(script),
      String(runs),
      String(statuses.ok ?? 0),
      wallMsP50.toFixed(1),
      wallMsP95.toFixed(1),
      paint('red', failed.join(', ')),
    ]
  })
  return `${paint('bold', `${events} events, ${statistics.runs} runs`)}\n${formatTable(COLUMNS, rows)}`
}
