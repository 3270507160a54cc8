// Coverage as people and programs read it: a table, plain data, lcov.
import { basename, dirname, relative, resolve } from 'node:path'
import type { FileCoverage, Totals } from 'istanbul-lib-coverage'
import libReport from 'istanbul-lib-report'
import reports from 'istanbul-reports'
import { safeLine } from '../safe-text.ts'
import { formatTable } from '../table.ts'
import { paint } from '../terminal.ts'
import type { Reached, Unmeasured } from './coverage.ts'

const KINDS = ['lines', 'branches', 'functions', 'statements'] as const
const GOOD = 80
const POOR = 50
const MOST_RANGES = 8

/** Coverage as data. */
export interface CoverageReport {
  readonly total: CoverageNumbers
  readonly files: readonly FileCoverageReport[]
  /** Scripts of which nothing is known, and why. They are in no file and in no total. */
  readonly unmeasured: readonly Unmeasured[]
}

/** How many there are of each, and how many were reached. */
export type CoverageNumbers = { readonly [kind in (typeof KINDS)[number]]: { readonly total: number; readonly covered: number } }

/** Coverage of one file; its path is relative to the scripts directory. */
export interface FileCoverageReport extends CoverageNumbers {
  readonly file: string
  readonly uncoveredLines: readonly number[]
}

/** Makes data of coverage. */
export function describeCoverage({ files: coverage, unmeasured }: Reached, directory: string): CoverageReport {
  const files = coverage
    .files()
    .sort()
    .map((path) => describeFile(coverage.fileCoverageFor(path), relative(resolve(directory), path)))
  return { total: numbersOf(coverage.getCoverageSummary()), files, unmeasured }
}

/** The table, and below it what is not in it. */
export function formatCoverage({ total, files, unmeasured }: CoverageReport): string {
  const columns = [
    { header: paint('dim', 'coverage') },
    ...KINDS.slice(0, 3).map((kind) => ({ header: paint('dim', kind), align: 'right' as const })),
    { header: paint('dim', 'lines not reached') },
  ]
  const rows = files.map((file) => [safeLine(file.file), ...cells(file), formatLines(file.uncoveredLines)])
  const missing = unmeasured.map(({ script, reason }) => `${paint('yellow', 'not measured:')} ${safeLine(script)}: ${safeLine(reason)}`)
  return [formatTable(columns, [...rows, [paint('bold', 'all'), ...cells(total), '']]), ...missing].join('\n')
}

/** Writes the file that editors and services for code review read. Paths in it are relative to the current directory. */
export function writeLcov({ files: coverage }: Reached, file: string): void {
  const path = resolve(file)
  const context = libReport.createContext({ dir: dirname(path), coverageMap: coverage })
  reports.create('lcovonly', { file: basename(path), projectRoot: process.cwd() }).execute(context)
}

function describeFile(coverage: FileCoverage, file: string): FileCoverageReport {
  return { file, ...numbersOf(coverage.toSummary()), uncoveredLines: coverage.getUncoveredLines().map(Number) }
}

function numbersOf(summary: { readonly [kind in (typeof KINDS)[number]]: Totals }): CoverageNumbers {
  return Object.fromEntries(KINDS.map((kind) => [kind, { total: summary[kind].total, covered: summary[kind].covered }])) as CoverageNumbers
}

function cells(numbers: CoverageNumbers): string[] {
  return KINDS.slice(0, 3).map((kind) => {
    const { total, covered } = numbers[kind]
    const share = total === 0 ? 100 : Math.floor((100 * covered) / total)
    return paint(share >= GOOD ? 'green' : share >= POOR ? 'yellow' : 'red', `${share}%`)
  })
}

/** `3-5, 9` */
function formatLines(lines: readonly number[]): string {
  const ranges: [number, number][] = []
  for (const line of lines) {
    const last = ranges.at(-1)
    if (last !== undefined && last[1] === line - 1) last[1] = line
    else ranges.push([line, line])
  }
  const shown = ranges.slice(0, MOST_RANGES).map(([first, end]) => (first === end ? `${first}` : `${first}-${end}`))
  return `${shown.join(', ')}${ranges.length > MOST_RANGES ? ', …' : ''}`
}
