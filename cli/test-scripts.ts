// `vivarium test`: the tests of a scripts directory, in sandboxes like the scripts themselves.
import { relative, resolve, sep } from 'node:path'
import type { CommonOptions } from './common-options.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { watchInterruption } from './interruption.ts'
import { findPlaces } from './open-engine.ts'
import { jsonText } from './plain-value.ts'
import { formatFailure } from './print-script.ts'
import { printLine, printNote } from './terminal.ts'
import { formatFile, formatTotals } from './test/print-tests.ts'
import { countTests, type FileReport } from './test/test-report.ts'
import { openTests, type SessionOptions } from './test/test-session.ts'
import { describeCoverage, formatCoverage, writeLcov } from './test-coverage/print-coverage.ts'
import { UsageError } from './usage-error.ts'

/** What the command takes. */
export interface TestOptions extends CommonOptions {
  readonly name?: string
  readonly runtime?: 'quickjs' | 'v8'
  readonly timeout: string
  readonly coverage?: true
  readonly lcov?: string
}

/** Runs the command. Throws a `UsageError` when there is nothing to test. */
export async function testScripts(wanted: readonly string[], options: TestOptions): Promise<ExitCode> {
  using interruption = watchInterruption()
  const places = findPlaces(options)
  const session: SessionOptions = {
    places,
    runtime: options.runtime,
    timeout: options.timeout,
    withCoverage: options.coverage === true || options.lcov !== undefined,
    isWanted: fileFilter(wanted, places.directory),
    isNamed: (name) => options.name === undefined || name.includes(options.name),
    signal: interruption.signal,
  }
  const isGood = await runOnce(session, wanted, options)
  return interruption.code ?? (isGood ? EXIT.ok : EXIT.problems)
}

async function runOnce(session: SessionOptions, wanted: readonly string[], { json, lcov }: TestOptions): Promise<boolean> {
  const start = performance.now()
  await using tests = await openTests(session)
  if (tests.files.length === 0) throw nothingToTest(session.places.directory, wanted)
  if (json === undefined)
    for (const script of tests.scripts.registry.list()) if (script.status === 'failed') printNote(formatFailure(script, process.stderr))
  const files: FileReport[] = []
  for await (const report of tests.run()) {
    files.push(report)
    if (json === undefined) await printLine(formatFile(report))
  }
  const totals = countTests(files)
  const ok = totals.failed === 0
  const { directory } = session.places
  const reached = await tests.coverage?.report()
  const coverage = reached && describeCoverage(reached, directory)
  if (reached !== undefined && lcov !== undefined) writeLcov(reached, lcov)
  if (json) await printLine(jsonText({ ok, directory, totals, files, ...(coverage && { coverage }) }))
  else {
    if (coverage !== undefined) await printLine(`\n${formatCoverage(coverage)}`)
    await printLine(`\n${formatTotals(totals, performance.now() - start)}`)
  }
  return ok
}

/** A path from here or from the scripts directory, or a part of one. */
function fileFilter(wanted: readonly string[], directory: string): (file: string) => boolean {
  if (wanted.length === 0) return () => true
  const parts = wanted.flatMap((text) => [text, relative(directory, resolve(text)).split(sep).join('/')]).filter((text) => text !== '')
  return (file) => parts.some((part) => file.includes(part))
}

function nothingToTest(directory: string, wanted: readonly string[]): UsageError {
  const where = JSON.stringify(directory)
  if (wanted.length > 0)
    return new UsageError(`No test file in ${where} is called ${wanted.map((text) => JSON.stringify(text)).join(' or ')}.`, {
      hint: 'Test files are called NAME.test.ts; write the path of one, or a part of it.',
    })
  return new UsageError(`There is no test in ${where}.`, {
    hint: 'Write one into NAME.test.ts beside the script; docs/testing-scripts.md shows how.',
  })
}
