// `npm run bench`: measures every row against its raw baseline in the same run, prints the table, keeps it under bench/results/.
// Words as arguments choose rows that contain them. Exits with 1 when a mark is missed.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { type Measured, type Row, reaches } from './row.ts'
import { fib, transform } from './rows/compute.ts'
import { httpFetch } from './rows/http.ts'
import { hundredScripts, inlineEvent } from './rows/inline.ts'
import { kvGet } from './rows/kv.ts'
import { memoryOfScripts, memoryOfZodScripts } from './rows/memory.ts'
import { afterKill, interruptible, uninterruptible } from './rows/over-limit.ts'
import { resetEventScript, resetZodScript } from './rows/reset.ts'
import { freshProcess, saveToForce } from './rows/start.ts'
import { hostCallRoundTrip, threadThroughput, twoThreadThroughput } from './rows/thread.ts'
import { typeCheckAfterEdit } from './rows/type-check.ts'
import { v8AgainstAsync, v8Fresh, v8Throughput } from './rows/v8.ts'

const ROWS: readonly Row[] = [
  inlineEvent,
  resetEventScript,
  resetZodScript,
  threadThroughput,
  twoThreadThroughput,
  hostCallRoundTrip,
  kvGet,
  httpFetch,
  hundredScripts,
  memoryOfScripts,
  memoryOfZodScripts,
  saveToForce,
  freshProcess,
  typeCheckAfterEdit,
  v8Throughput,
  v8AgainstAsync,
  v8Fresh,
  fib,
  transform,
  interruptible,
  uninterruptible,
  afterKill,
]

const words = process.argv.slice(2)
const results: { what: string; must: string; reached: boolean; measured: Measured }[] = []
for (const row of ROWS.filter(({ what }) => words.every((word) => what.includes(word)))) {
  const measured = await row.measure()
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
