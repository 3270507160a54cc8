// What a soak came to, for people: a table with a line for each combination, and below it what there is to say of each.
import type { CellsReport } from './cells.ts'
import { MOST_LEFT, mostArenaBytes } from './footprint.ts'
import type { CombinationReport } from './soak-combination.ts'

const MiB = 1024 ** 2
const HEAD = [
  'combination',
  'events',
  'ok',
  'per s',
  'harmed',
  'victims',
  'killed',
  'lost',
  'started',
  'p50 ms',
  'p99 ms',
  'hostile p99',
  'problems',
]

/** A table and its notes, as text. */
export function showReports(reports: readonly CombinationReport[]): string {
  const rows = [HEAD, ...reports.map(toRow)]
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const table = rows.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  '),
  )
  return [...table, '', ...reports.flatMap(toNotes)].join('\n')
}

/** The soak of cells, in two lines. */
export function showCells({
  cycles,
  seconds,
  ends,
  heapGrowthBytes,
  externalGrowthBytes,
  handlesBefore,
  handlesAfter,
}: CellsReport): string {
  const kinds = Object.entries(ends).map(([kind, count]) => `${kind} ${count}`)
  const growth = `heap ${toKiB(heapGrowthBytes)} KiB, outside it ${toKiB(externalGrowthBytes)} KiB since the first tenth; handles ${handlesBefore} → ${handlesAfter}`
  return [`cells: ${cycles} cycles in ${seconds.toFixed(1)} s, every result right; ${growth}`, `  ${kinds.join(', ')}`].join('\n')
}

function toRow({
  combination,
  events,
  statuses,
  seconds,
  harms,
  victims,
  runners,
  normalMs,
  hostileMs,
  problemCount,
}: CombinationReport): string[] {
  const count = (kind: string): string => String((runners[`runner ${kind}`] ?? 0) + (runners[`loader ${kind}`] ?? 0))
  return [
    combination,
    String(events),
    String(statuses['ok'] ?? 0),
    (events / seconds).toFixed(0),
    String(harms),
    String(victims),
    count('killed'),
    count('lost'),
    count('started'),
    normalMs.p50.toFixed(1),
    normalMs.p99.toFixed(1),
    hostileMs.p99.toFixed(0),
    String(problemCount),
  ]
}

function toNotes({
  combination,
  statuses,
  lastStatuses,
  growthBytes,
  arenaBytes,
  hostCalls,
  reloads,
  seconds,
}: CombinationReport): string[] {
  const growth = (['heap', 'external', 'rss'] as const).map((name) => {
    const most = MOST_LEFT[`${name}Bytes`]
    return `${name} ${(growthBytes[name] / MiB).toFixed(1)} of ${most / MiB} MiB`
  })
  return [
    `${combination}: ${inOrder(statuses)}; while it was closed: ${inOrder(lastStatuses)}`,
    `  ${hostCalls} host calls, ${reloads} reloads; left behind: ${growth.join(', ')}, images ${toKiB(arenaBytes)} of ${toKiB(mostArenaBytes(seconds))} KiB`,
  ]
}

/** The most frequent first. */
function inOrder(statuses: Readonly<Record<string, number>>): string {
  const entries = Object.entries(statuses).sort(([, a], [, b]) => b - a)
  return entries.map(([status, count]) => `${status} ${count}`).join(', ')
}

function toKiB(bytes: number): string {
  return (bytes / 1024).toFixed(0)
}
