// One file of tests: its list, then each test in a sandbox of its own, one after another.
import { encodePayload } from '../../engine/dispatch/hooks.ts'
import { codeFault } from '../../engine/errors/code-fault.ts'
import type { Outcome, ScriptFault } from '../../engine/index.ts'
import { firstCause } from '../../engine/model/event.ts'
import type { ReadyScript } from '../../engine/registry/script-record.ts'
import type { ListedTest } from '../../engine/testing/protocol.ts'
import type { OpenParts } from '../open-parts.ts'
import type { AtOnce } from './at-once.ts'
import { TestHost, type TestSurroundings } from './test-host.ts'
import type { FileReport, TestReport } from './test-report.ts'
import { testId } from './test-store.ts'

const MOST_TRIES = 3
/** Of lists and of tests: every test sees the same moment, and draws the same. */
const NOW = Date.UTC(2026, 0, 1)
const SEED = '0'.repeat(48)
const MODES: ReadonlySet<unknown> = new Set<ListedTest['mode']>(['run', 'only', 'skip', 'todo'])
/** How advice on limits ends. */
const POLICY_HINT = /, or raise the limit "(\w+)" in the policy\.$/

/** What the files of a session have in common. */
export interface Running {
  /** The engine of the tests. */
  readonly tests: OpenParts
  readonly surroundings: TestSurroundings
  readonly options: { readonly isNamed: (name: string) => boolean; readonly signal: AbortSignal }
  readonly turns: AtOnce
}

/** Runs the tests of a file. Never rejects because of what is in it. */
export async function runFile(file: string, running: Running): Promise<FileReport> {
  const { tests, options, turns } = running
  const record = tests.registry.get(testId(file))
  if (record === undefined) return failed(file, codeFault('SCRIPT_UNKNOWN', file, ''))
  if (record.status !== 'ready') return failed(file, record.fault)
  const outcome = await turns.take(() => runInSuite(running, record, { event: 'list', payload: undefined }))
  if (outcome.status !== 'ok') return failed(file, outcome.error)
  const listed = readList(outcome.value)
  if (listed === undefined) return failed(file, codeFault('RESULT_NOT_PLAIN', 'tests', 'no list of them'))
  const hasOnly = listed.some(({ mode }) => mode === 'only')
  const scripts = new Set<string>()
  const reports: TestReport[] = []
  for (const [index, test] of listed.entries()) {
    if (options.signal.aborted) break
    if (!options.isNamed(test.path.join(' > '))) continue
    const isSkipped = test.mode === 'skip' || test.mode === 'todo' || (hasOnly && test.mode !== 'only')
    reports.push(isSkipped ? skipped(test) : await turns.take(() => runTest(running, record, { test, index, file, scripts })))
  }
  return {
    file,
    status: reports.some(({ status }) => status === 'failed') ? 'failed' : 'passed',
    tests: reports,
    scripts: [...scripts].sort(),
  }
}

/** What a file says of its tests, as far as it can be believed. */
function readList(value: unknown): readonly ListedTest[] | undefined {
  const isTest = (item: unknown): boolean => {
    const { path, mode } = (typeof item === 'object' && item !== null ? item : {}) as { readonly path?: unknown; readonly mode?: unknown }
    return Array.isArray(path) && path.every((name) => typeof name === 'string') && MODES.has(mode)
  }
  return Array.isArray(value) && value.every(isTest) ? value : undefined
}

function skipped({ path, mode }: ListedTest): TestReport {
  return { path, status: mode === 'todo' ? 'todo' : 'skipped', ms: 0, logs: [], failedRuns: [] }
}

interface Chosen {
  readonly test: ListedTest
  readonly index: number
  readonly file: string
  readonly scripts: Set<string>
}

/** That a runner was lost which others were in, or that earlier tests hung too often, is no fault of a test: it gets another try. */
async function runTest(running: Running, record: ReadyScript, chosen: Chosen): Promise<TestReport> {
  const { tests, surroundings } = running
  for (let tries = 1; ; tries++) {
    // A file whose tests hang runs alone, and is put away after three of them: the others are still to come.
    if (tests.dispatcher.isQuarantined(record.entry.id, record.bundle.hash)) tests.dispatcher.forgive()
    const report = await tryTest(running, record, chosen)
    if (tries === MOST_TRIES || report.status === 'passed' || !wasDisturbed(report)) return report
    if (report.failedRuns.some(({ status }) => status === 'quarantined')) surroundings.scripts.dispatcher.forgive()
  }
}

async function tryTest(running: Running, record: ReadyScript, { test, index, file, scripts }: Chosen): Promise<TestReport> {
  await using host = new TestHost(file, index, running.surroundings)
  const { status, error, logs, usage } = await runInSuite(running, record, { event: 'run', payload: { index }, host })
  for (const script of host.scripts) scripts.add(script)
  const { failedRuns } = host
  return {
    path: test.path,
    status: status === 'ok' ? 'passed' : 'failed',
    ms: usage.wallMs,
    ...(error && { error: ofTheTest(error) }),
    logs,
    failedRuns,
  }
}

/** The limits of a test's own sandbox are in no policy. */
function ofTheTest(error: ScriptFault): ScriptFault {
  const hint = error.hint?.replace(POLICY_HINT, (_, limit) => (limit === 'wall' ? '; --timeout allows more.' : '.'))
  return { ...error, ...(hint !== undefined && { hint }) }
}

function wasDisturbed({ error, failedRuns }: TestReport): boolean {
  return error?.code === 'RUNNER_LOST' || failedRuns.some(({ status }) => status === 'runner_lost' || status === 'quarantined')
}

interface Asked {
  readonly event: 'list' | 'run'
  readonly payload: unknown
  readonly host?: TestHost
}

function runInSuite({ tests, options }: Running, record: ReadyScript, { event, payload, host }: Asked): Promise<Outcome> {
  const handle = host?.handle ?? (async () => ({ ok: false, error: { code: 'TEST_REFUSED', message: 'No test runs.' } }) as const)
  return tests.dispatcher.run({
    record,
    event,
    cause: firstCause(event),
    ...encodePayload(event, payload),
    tenant: undefined,
    limits: record.policy.limits,
    signal: options.signal,
    surroundings: { clock: () => NOW, seed: SEED, handle },
  })
}

function failed(file: string, error: FileReport['error']): FileReport {
  return { file, status: 'failed', ...(error && { error }), tests: [], scripts: [] }
}
