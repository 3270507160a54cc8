// Runs test files: each file is loaded into a sandbox of its own once, and each of its tests starts from a copy of that. The scripts under test run in other sandboxes,
// under the application's policy.
import { availableParallelism } from 'node:os'
import { encodePayload } from '../../engine/dispatch/hooks.ts'
import { codeFault } from '../../engine/errors/code-fault.ts'
import type { Outcome } from '../../engine/index.ts'
import { firstCause } from '../../engine/model/event.ts'
import type { BindingSurface } from '../../engine/model/host-call.ts'
import type { EffectivePolicy } from '../../engine/policy/resolve.ts'
import type { ReadyScript } from '../../engine/registry/script-record.ts'
import { diskStore } from '../../engine/source/disk-store.ts'
import { type ListedTest, TEST_BINDING, TEST_METHODS } from '../../engine/testing/protocol.ts'
import { type Host, loadHost } from '../host-module.ts'
import { IN_MEMORY, type Places } from '../open-engine.ts'
import type { Coverage, openCoverage } from '../test-coverage/coverage.ts'
import { type OpenParts, openParts } from './engine-parts.ts'
import { type FinishedRun, TestHost, type TestSurroundings } from './test-host.ts'
import type { FileReport, TestReport } from './test-report.ts'
import { findTests, testStore } from './test-store.ts'

/** What is to be tested, and how. */
export interface SessionOptions {
  readonly places: Places
  /** In place of what policy says. */
  readonly runtime: 'quickjs' | 'v8' | undefined
  /** The most time for one test, as policies write it. */
  readonly timeout: string
  readonly isWanted: (file: string) => boolean
  /** Whether a test is to run, by its full name. */
  readonly isNamed: (name: string) => boolean
  readonly signal: AbortSignal
  /** Of which scripts to find out which lines the tests reach: of all, of those that they run, of none. */
  readonly coverage: 'all' | 'run' | undefined
}

/** Tests that are ready to run. Whoever opened them disposes of them. */
export interface TestSession extends AsyncDisposable {
  /** Relative to the scripts directory. */
  readonly files: readonly string[]
  /** The engine of the scripts under test. */
  readonly scripts: OpenParts
  /** Complete once every test has run. */
  readonly coverage: Coverage | undefined
  /** Runs every test: of a file one after another, of several files a few at once. Each file's report comes as soon as it and those before it are done. */
  run(): AsyncIterable<FileReport>
  /** Paths that a test file is made of, and those that the scripts are made of which it ran. */
  inputsOf(report: FileReport): ReadonlySet<string>
}

/** A test's own sandbox. It does no harm, but it might never end. */
const LIMITS = {
  cpu: '2s',
  memory: '128MiB',
  stack: '512KiB',
  input: '16MiB',
  output: '1MiB',
  hostCalls: 100_000,
  pendingHostCalls: 1_000,
  hostCallArgument: '16MiB',
  log: '1MiB',
  timers: 1_000,
  loadCpu: '2s',
  source: '4MiB',
  bundle: '8MiB',
}
/** Of lists and of tests: every test sees the same moment, and draws the same. */
const NOW = Date.UTC(2026, 0, 1)
const SEED = '0'.repeat(48)
const SURFACE: BindingSurface = { name: TEST_BINDING, description: '', methods: TEST_METHODS, readAllow: () => ({ ok: true, value: true }) }

/** Loads scripts and tests. Throws what `createEngine` throws, and a `UsageError` for the host module. */
export async function openTests(options: SessionOptions): Promise<TestSession> {
  const { places, runtime } = options
  const { directory, policy } = places
  const host = await loadHost(places, { kv: IN_MEMORY })
  await using opened = new AsyncDisposableStack()
  opened.defer(() => closeBindings(host))
  const effective = (found: EffectivePolicy): EffectivePolicy => onRuntime(found, runtime)
  const scripts = opened.use(await openParts({ scripts: directory, policy, events: host.events }, host.bindings, { effective }))
  const coverage = options.coverage && opened.use(await collectCoverage(places, host.bindings, { effective, of: options.coverage }))
  const files = (await findTests(directory)).filter(options.isWanted)
  const tests = opened.use(await openTestEngine(directory, files, packagesOf(scripts), options.timeout))
  const onRun = (run: FinishedRun): void => coverage?.add(run)
  const surroundings = { directory, scripts, bindings: host.bindings, events: host.events, onRun }
  const everything = opened.move()
  return {
    files,
    scripts,
    coverage,
    run: () => runFiles(files, { tests, surroundings, options }),
    inputsOf: ({ file, scripts: ran }) =>
      new Set([file, ...inputsOf(tests, idOf(file)), ...ran.flatMap((script) => inputsOf(scripts, script))]),
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  }
}

/** What it is made with takes long to load: only where it is asked for. */
const collectCoverage: typeof openCoverage = async (...given) => await (await import('../test-coverage/coverage.ts')).openCoverage(...given)

async function openTestEngine(
  directory: string,
  files: readonly string[],
  packages: readonly string[],
  timeout: string,
): Promise<OpenParts> {
  const defaults = {
    runtime: 'quickjs',
    limits: { ...LIMITS, wall: timeout },
    allow: { [TEST_BINDING]: true },
    packages,
    concurrency: { max: 100 },
  }
  const ceilings = { wall: '300s' }
  return await openParts(
    { scripts: testStore(files, diskStore(directory)), policy: { version: 1, ceilings, defaults }, bundleCache: false },
    [{ surface: SURFACE }],
    {},
  )
}

function idOf(file: string): string {
  return file.replace(/\.(?:ts|js)$/, '')
}

/** Of one that could not be loaded, nothing is known. */
function inputsOf({ registry }: OpenParts, id: string): readonly string[] {
  const record = registry.get(id)
  return record === undefined || record.status === 'failed' ? [] : record.bundle.inputs
}

/** What scripts may import, their tests may. */
function packagesOf({ registry, policyOf }: OpenParts): string[] {
  return [...new Set(registry.list().flatMap(({ id }) => policyOf(id).packages))].sort()
}

function onRuntime(policy: EffectivePolicy, runtime: SessionOptions['runtime']): EffectivePolicy {
  if (runtime === undefined || runtime === policy.runtime) return policy
  return { ...policy, runtime, placement: runtime === 'v8' ? 'process' : policy.placement, fault: undefined }
}

async function closeBindings({ bindings }: Host): Promise<void> {
  await Promise.allSettled(bindings.map(async (binding) => binding.close?.()))
}

interface Running {
  readonly tests: OpenParts
  readonly surroundings: TestSurroundings
  readonly options: SessionOptions
}

async function* runFiles(files: readonly string[], running: Running): AsyncIterable<FileReport> {
  const turns = new Turns(availableParallelism())
  const reports = files.map((file) => runFile(file, running, turns))
  for (const report of reports) {
    report.catch(() => undefined) // told to whoever asks for it
  }
  for (const report of reports) yield await report
}

async function runFile(file: string, running: Running, turns: Turns): Promise<FileReport> {
  const { tests, options } = running
  const record = tests.registry.get(idOf(file))
  if (record === undefined) return failed(file, codeFault('SCRIPT_UNKNOWN', file, ''))
  if (record.status !== 'ready') return failed(file, record.fault)
  const outcome = await turns.take(() => runInSuite(running, record, { event: 'list', payload: undefined }))
  if (outcome.status !== 'ok') return failed(file, outcome.error)
  const listed = outcome.value as readonly ListedTest[]
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

function skipped({ path, mode }: ListedTest): TestReport {
  return { path, status: mode === 'todo' ? 'todo' : 'skipped', ms: 0, logs: [], failedRuns: [] }
}

interface Chosen {
  readonly test: ListedTest
  readonly index: number
  readonly file: string
  readonly scripts: Set<string>
}

async function runTest(running: Running, record: ReadyScript, { test, index, file, scripts }: Chosen): Promise<TestReport> {
  await using host = new TestHost(file, index, running.surroundings)
  const { status, error, logs, usage } = await runInSuite(running, record, { event: 'run', payload: { index }, host })
  for (const script of host.scripts) scripts.add(script)
  return {
    path: test.path,
    status: status === 'ok' ? 'passed' : 'failed',
    ms: usage.wallMs,
    ...(error && { error }),
    logs,
    failedRuns: host.failedRuns,
  }
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

/** A few at once, first come, first served. */
class Turns {
  readonly #waiting: (() => void)[] = []
  #free: number

  constructor(count: number) {
    this.#free = count
  }

  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#free--
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free++
      else next()
    }
  }
}
