// `npm run bench`: measures every row against its raw baseline in the same run, prints the table, keeps it under bench/results/.
// Words as arguments choose rows that contain them. Exits with 1 when a mark is missed. Each row has a process of its own: what one leaves in memory is not felt
// by the next.
import { execFile, execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Measured, type Row, reaches } from './row.ts'
import { ROWS } from './table.ts'

const MEASURE = join(import.meta.dirname, 'measure-row.ts')
const run = promisify(execFile)

const words = process.argv.slice(2)
const chosen = ROWS.filter(({ what }) => words.every((word) => what.includes(word)))
if (chosen.length === 0)
  throw new Error(`no row contains ${JSON.stringify(words)}; the rows are:\n${ROWS.map(({ what }) => what).join('\n')}`)
const results: { what: string; must: string; reached: boolean; measured: Measured }[] = []
for (const row of chosen) {
  const measured = await measure(row)
  const reached = reaches(row, measured)
  results.push({ what: row.what, must: mark(row, measured), reached, measured })
  console.log(`${reached ? 'ok  ' : 'MISS'}  ${figure(measured.value)} ${measured.unit}  (${mark(row, measured)})  ${row.what}`)
  console.log(
    `      ${Object.entries(measured.parts)
      .map(([name, value]) => `${name} ${figure(value)}`)
      .join(' · ')}`,
  )
}
if (words.length === 0) keep()
process.exitCode = results.every(({ reached }) => reached) ? 0 : 1

async function measure({ what }: Row): Promise<Measured> {
  const { stdout } = await run(process.execPath, ['--expose-gc', MEASURE, what])
  return JSON.parse(stdout) as Measured
}

function mark({ must }: Row, { unit }: Measured): string {
  return must === undefined ? 'reported' : `${must.at === 'most' ? '≤' : '≥'} ${must.value} ${unit}`
}

function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}

/** Keeps the results with what they were measured on. */
function keep(): void {
  const [cpu] = cpus()
  const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8', cwd: import.meta.dirname }).trim()
  const commit = git('rev-parse', '--short', 'HEAD')
  const machine = {
    cpu: cpu?.model ?? 'unknown',
    cores: cpus().length,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
  }
  const isDirty = git('status', '--porcelain', '--untracked-files=no') !== ''
  const path = join(import.meta.dirname, 'results', `${commit}.json`)
  writeFileSync(path, `${JSON.stringify({ commit, isDirty, at: new Date().toISOString(), machine, results }, null, 2)}\n`)
  console.log(`\nkept in bench/results/${commit}.json`)
}
