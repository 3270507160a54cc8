// The soak behind `npm run soak`: normal and hostile events at random on every combination while runners are killed, and load + run cycles over bare cells.
//   npm run soak                                                  5 minutes for the combinations together, then 100,000 cycles of cells
//   npm run soak -- --seconds 60 --seed S                         the same choices again
//   npm run soak -- --combinations quickjs-thread,v8-process      only these; `cells` is one of them
//   npm run soak -- --json                                        a report for machines on the standard output, progress on the other one
import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { type CellsReport, cellsProblems, soakCells } from './cells.ts'
import { COMBINATIONS, type Combination } from './combinations.ts'
import { showCells, showReports } from './show-reports.ts'
import { type CombinationReport, soakCombination } from './soak-combination.ts'

const CELLS = 'cells'
const KNOWN = [...COMBINATIONS, CELLS] as const

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '300' },
    seed: { type: 'string', default: randomBytes(4).toString('hex') },
    combinations: { type: 'string', default: KNOWN.join(',') },
    cycles: { type: 'string', default: '100000' },
    'cell-seconds': { type: 'string', default: '180' },
    json: { type: 'boolean', default: false },
  },
})
const tell = (line: string): void => (values.json ? console.error(line) : console.log(line))
process.exitCode = await main()

async function main(): Promise<number> {
  const chosen = values.combinations.split(',')
  const unknown = chosen.filter((name) => !KNOWN.some((known) => known === name))
  const seconds = Number(values.seconds)
  if (unknown.length > 0 || !(seconds > 0)) {
    console.error(`Give --seconds a number, and --combinations some of ${KNOWN.join(',')}.`)
    return 2
  }
  tell(`seed ${values.seed}`)
  const combinations = COMBINATIONS.filter((name) => chosen.includes(name))
  const reports = await soakAll(combinations, seconds / Math.max(1, combinations.length))
  const cells = chosen.includes(CELLS)
    ? await soakCells({ cycles: Number(values.cycles), maxSeconds: Number(values['cell-seconds']) }, tell)
    : undefined
  return conclude(reports, cells)
}

async function soakAll(combinations: readonly Combination[], seconds: number): Promise<CombinationReport[]> {
  const reports: CombinationReport[] = []
  for (const combination of combinations) reports.push(await soakCombination({ combination, seconds, seed: values.seed, tell }))
  return reports
}

function conclude(reports: readonly CombinationReport[], cells: CellsReport | undefined): number {
  const problems = [
    ...reports.flatMap(({ combination, problems: found }) => found.map((problem) => `${combination}: ${problem}`)),
    ...(cells === undefined ? [] : cellsProblems(cells).map((problem) => `${CELLS}: ${problem}`)),
  ]
  if (values.json)
    console.log(JSON.stringify({ seed: values.seed, node: process.version, combinations: reports, cells, problems }, undefined, 2))
  else {
    console.log(showReports(reports))
    if (cells !== undefined) console.log(showCells(cells))
  }
  for (const problem of problems) console.error(problem)
  if (problems.length === 0) return 0
  const total = reports.reduce((sum, { problemCount }) => sum + problemCount, 0)
  console.error(
    `${Math.max(total, problems.length)} problems; again: npm run soak -- --seed ${values.seed} --seconds ${values.seconds} --combinations ${values.combinations}`,
  )
  return 1
}
