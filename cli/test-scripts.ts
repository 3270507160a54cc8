// `vivarium test`: the tests of a scripts directory, in sandboxes like the scripts themselves.
import { relative, resolve, sep } from 'node:path'
import { didYouMean } from '../engine/errors/did-you-mean.ts'
import type { CommonOptions } from './common-options.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { watchInterruption } from './interruption.ts'
import { findPlaces } from './open-engine.ts'
import { jsonText } from './plain-value.ts'
import { formatFailure } from './print-script.ts'
import { reportError } from './report-error.ts'
import { safeLine } from './safe-text.ts'
import { paint, printLine, printNote } from './terminal.ts'
import { formatFile, formatTotals } from './test/print-tests.ts'
import { watchChanges } from './test/test-changes.ts'
import { countTests, type FileReport } from './test/test-report.ts'
import { openTests, type SessionOptions, type TestSession } from './test/test-session.ts'
import { testId } from './test/test-store.ts'
import { UsageError } from './usage-error.ts'

/** What the command takes. */
export interface TestOptions extends CommonOptions {
  readonly name?: string
  readonly runtime?: 'quickjs' | 'v8'
  readonly timeout: string
  readonly coverage?: true
  readonly lcov?: string
  readonly watch?: true
}

/** Runs the command. Throws a `UsageError` when there is nothing to test. */
export async function testScripts(wanted: readonly string[], options: TestOptions): Promise<ExitCode> {
  using interruption = watchInterruption()
  const places = findPlaces(options)
  const { seen, isWanted, isNamed } = chooseTests(wanted, options.name, places.directory)
  const session: SessionOptions = {
    places,
    runtime: options.runtime,
    timeout: options.timeout,
    coverage: coverageOf(wanted, options),
    isWanted,
    isNamed,
    signal: interruption.signal,
  }
  if (options.watch === true) await watchTests(session, options)
  else {
    const findings = await runOnce(session, options)
    if (findings.isNothing && interruption.code === undefined)
      throw nothingToTest(places.directory, { wanted, name: findings.files.length > 0 ? options.name : undefined, seen })
    return interruption.code ?? (findings.isGood ? EXIT.ok : EXIT.problems)
  }
  return interruption.code ?? EXIT.ok
}

/** Whoever chooses tests asks about their scripts. */
function coverageOf(wanted: readonly string[], { coverage, lcov, name, watch }: TestOptions): SessionOptions['coverage'] {
  if (coverage === undefined && lcov === undefined) return undefined
  return wanted.length === 0 && name === undefined && watch === undefined ? 'all' : 'run'
}

/** What a round of tests came to. */
interface Findings {
  readonly isGood: boolean
  /** Nothing was tested, and nothing is known to be wrong. */
  readonly isNothing: boolean
  readonly files: readonly FileReport[]
  /** Test file → paths that it is made of, or that the scripts are made of that it ran. */
  readonly inputs: ReadonlyMap<string, ReadonlySet<string>>
}

async function runOnce(session: SessionOptions, { json, lcov, name }: TestOptions): Promise<Findings> {
  const start = performance.now()
  await using tests = await openTests(session)
  if (json === undefined)
    for (const script of tests.scripts.registry.list()) if (script.status === 'failed') printNote(formatFailure(script, process.stderr))
  const files: FileReport[] = []
  for await (const report of tests.run()) {
    files.push(report)
    if (json === undefined && (name === undefined || !hasNothing(report))) await printLine(formatFile(report))
  }
  const inputs = new Map(files.map((report) => [report.file, tests.inputsOf(report)]))
  const isNothing = name === undefined ? files.length === 0 : files.every(hasNothing)
  if (isNothing) return { isGood: true, isNothing, files, inputs }
  const totals = countTests(files)
  const ok = totals.failed === 0
  const { directory } = session.places
  const coverage = await describeCoverage(tests, directory, lcov)
  if (json) await printLine(jsonText({ ok, directory, totals, files, ...(coverage && { coverage: coverage.report }) }))
  if (json === undefined) {
    if (coverage !== undefined) await printLine(`\n${coverage.text}`)
    await printLine(`\n${formatTotals(totals, performance.now() - start)}`)
  }
  return { isGood: ok, isNothing, files, inputs }
}

/** None of its tests was chosen. */
function hasNothing({ tests, error }: FileReport): boolean {
  return tests.length === 0 && error === undefined
}

/** Coverage for programs and for people; undefined where nobody asked for it. */
async function describeCoverage({ coverage }: TestSession, directory: string, lcov: string | undefined) {
  if (coverage === undefined) return undefined
  const { describeCoverage, formatCoverage, writeLcov } = await import('./test-coverage/print-coverage.ts')
  const reached = await coverage.report()
  if (lcov !== undefined) writeLcov(reached, lcov)
  const report = describeCoverage(reached, directory)
  return { report, text: formatCoverage(report) }
}

/** Runs tests again whenever something changes that they are made of, until the signal is aborted. */
async function watchTests(session: SessionOptions, options: TestOptions): Promise<void> {
  await using changes = await watchChanges(session.places)
  const say = (text: string): void => printNote(paint('dim', text, process.stderr))
  let last: Findings | undefined
  for (let round = session; !session.signal.aborted; ) {
    const found = await runOnce(round, options).catch((error: unknown) =>
      reportError(error, { json: options.json === true, verbose: false }),
    )
    last = found === undefined ? undefined : { ...found, inputs: new Map([...(last?.inputs ?? []), ...found.inputs]) }
    const failed = new Set(found?.files.filter(({ status }) => status === 'failed').map(({ file }) => file))
    if (found?.isNothing)
      say(options.name === undefined ? 'There is no test yet.' : `No test here has ${safeLine(JSON.stringify(options.name))} in its name.`)
    say('Waiting for changes; Ctrl+C ends.')
    const paths = await changes.next(session.signal)
    if (paths === undefined) return
    say(`\n${[...paths].map((path) => safeLine(path)).join(', ')} changed.`)
    const isAffected = affectedBy(paths, last)
    round = { ...session, isWanted: (file) => session.isWanted(file) && (failed.has(file) || isAffected(file)) }
  }
}

/** Tests that did not run last, or that something is made of which changed; all of them when nobody is known to be made of it, as of a fixture or the policy. */
function affectedBy(paths: ReadonlySet<string>, last: Findings | undefined): (file: string) => boolean {
  const known = new Set([...(last?.inputs.values() ?? [])].flatMap((inputs) => [...inputs]))
  if (last === undefined || [...paths].some((path) => !known.has(path))) return () => true
  return (file) => {
    const inputs = last.inputs.get(file)
    return inputs === undefined || !inputs.isDisjointFrom(paths)
  }
}

/** What there is to choose from, as far as it was asked about: paths of files without `.test.ts`, and names of tests, each with its groups and without. */
interface Seen {
  readonly files: Set<string>
  readonly names: Set<string>
}

/** Which files and which tests are to run; what else there is, is known once they were asked about it. */
function chooseTests(wanted: readonly string[], named: string | undefined, directory: string) {
  const seen: Seen = { files: new Set(), names: new Set() }
  const isChosen = fileFilter(wanted, directory)
  return {
    seen,
    isWanted: (file: string): boolean => {
      seen.files.add(testId(file).replace(/\.test$/, ''))
      return isChosen(file)
    },
    isNamed: (name: string): boolean => {
      seen.names.add(name).add(name.split(' > ').at(-1) ?? name)
      return named === undefined || name.includes(named)
    },
  }
}

/** A path from here or from the scripts directory, or a part of one. */
function fileFilter(wanted: readonly string[], directory: string): (file: string) => boolean {
  if (wanted.length === 0) return () => true
  const parts = wanted.flatMap((text) => [text, relative(directory, resolve(text)).split(sep).join('/')]).filter((text) => text !== '')
  return (file) => parts.some((part) => file.includes(part))
}

interface Asked {
  readonly wanted: readonly string[]
  /** Undefined where no file was found. */
  readonly name: string | undefined
  readonly seen: Seen
}

function nothingToTest(directory: string, { wanted, name, seen }: Asked): UsageError {
  const where = JSON.stringify(directory)
  if (name !== undefined)
    return new UsageError(`No test in ${where} has ${JSON.stringify(name)} in its name.`, {
      hint: `${didYouMean(name, [...seen.names])} Names are those of groups and tests: "counts > big orders"; upper and lower case differ.`.trim(),
    })
  if (wanted.length > 0)
    return new UsageError(`No test file in ${where} is called ${wanted.map((text) => JSON.stringify(text)).join(' or ')}.`, {
      hint: `${wanted.map((text) => didYouMean(text.replace(/\.test(?:\.[jt]s)?$/, ''), [...seen.files])).join('')} Test files are called NAME.test.ts; write the path of one, or a part of it.`.trim(),
    })
  return new UsageError(`There is no test in ${where}.`, {
    hint: 'Write one into NAME.test.ts beside the script; docs/testing-scripts.md shows how.',
  })
}
