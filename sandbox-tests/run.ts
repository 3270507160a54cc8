// The test runner behind `npm test`: every sandbox-tests/**/*.test.ts in a process of its own, a few at once.
//   npm test                    all
//   npm test -- policy repo     those whose name contains one of the words
// Lines that a test prints with "# " in front (reasons for skips, figures) are shown also when it passes.
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { findTestFiles, type TestFile } from './harness/test-file.ts'
import { killAllTests, runTestFile, type TestReport } from './harness/test-process.ts'

/** More at once would make tests with deadlines depend on each other. */
const MAX_AT_ONCE = 2

const { values, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: { root: { type: 'string', default: import.meta.dirname } },
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    killAllTests()
    process.exit(signal === 'SIGINT' ? 130 : 143)
  })
}

const files = findTestFiles(resolve(values.root), filters)
if (files.length === 0) console.log(`No test file matches ${filters.join(' ')}`)
const reports = await runAll(files)
printSummary(reports)

async function runAll(queue: readonly TestFile[]): Promise<TestReport[]> {
  const waiting = [...queue]
  const done: TestReport[] = []
  const worker = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const report = await runTestFile(file)
      printReport(report)
      done.push(report)
    }
  }
  await Promise.all(Array.from({ length: Math.min(MAX_AT_ONCE, availableParallelism()) }, worker))
  return done
}

function printReport({ file, passed, failed, skipped, ms, trouble, output }: TestReport): void {
  const counts = [`${passed} passed`, failed > 0 && `${failed} failed`, skipped > 0 && `${skipped} skipped`].filter(Boolean).join(', ')
  console.log(
    `${failed === 0 ? 'ok  ' : 'FAIL'}  ${file.name}  ${counts}  ${(ms / 1000).toFixed(1)} s${trouble === undefined ? '' : `  (${trouble})`}`,
  )
  const shown = failed === 0 ? readNotes(output) : output.trimEnd().split('\n')
  for (const line of shown) console.log(`      ${line}`)
}

/** The lines with "# " in front; uvu's marks for the tests before may stand on the same line. */
function readNotes(output: string): string[] {
  return output
    .split('\n')
    .map((line) => line.replace(/^[•✘ ]+(?=# )/, ''))
    .filter((line) => line.startsWith('# '))
}

function printSummary(all: readonly TestReport[]): void {
  const sum = (field: 'passed' | 'failed' | 'skipped') => all.reduce((total, report) => total + report[field], 0)
  const failing = all.filter((report) => report.failed > 0)
  if (failing.length > 0) console.log(`\nFailing: ${failing.map((report) => report.file.name).join(' ')}\n`)
  console.log(`${sum('passed')} passed, ${sum('failed')} failed${sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : ''}`)
  process.exitCode = failing.length > 0 || all.length === 0 ? 1 : 0
}
