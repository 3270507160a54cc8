// Runs test files: each file is loaded into a sandbox of its own once, and each of its tests starts from a copy of that. The scripts under test run in other sandboxes,
// under the application's policy.
import { availableParallelism } from 'node:os'
import type { BindingSurface } from '../../engine/model/host-call.ts'
import type { EffectivePolicy } from '../../engine/policy/resolve.ts'
import { diskStore } from '../../engine/source/disk-store.ts'
import { TEST_BINDING, TEST_METHODS } from '../../engine/testing/protocol.ts'
import { closeBindings } from '../close-bindings.ts'
import { loadHost } from '../host-module.ts'
import type { Places } from '../open-engine.ts'
import { type OpenParts, openParts } from '../open-parts.ts'
import type { Coverage, openCoverage } from '../test-coverage/coverage.ts'
import { AtOnce } from './at-once.ts'
import { type Running, runFile } from './run-file.ts'
import type { FinishedRun } from './test-host.ts'
import type { FileReport } from './test-report.ts'
import { findTests, testId, testStore } from './test-store.ts'

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
const SURFACE: BindingSurface = { name: TEST_BINDING, description: '', methods: TEST_METHODS, readAllow: () => ({ ok: true, value: true }) }

/** Loads scripts and tests. Throws what `createEngine` throws, and a `UsageError` for the host module. */
export async function openTests(options: SessionOptions): Promise<TestSession> {
  const { places, runtime } = options
  const { directory, policy } = places
  const host = await loadHost(places)
  await using opened = new AsyncDisposableStack()
  opened.defer(() => closeBindings(host.bindings))
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
    run: () => runFiles(files, { tests, surroundings, options, turns: new AtOnce(availableParallelism()) }),
    inputsOf: ({ file, scripts: ran }) =>
      new Set([file, ...inputsOf(tests, testId(file)), ...ran.flatMap((script) => inputsOf(scripts, script))]),
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

async function* runFiles(files: readonly string[], running: Running): AsyncIterable<FileReport> {
  const reports = files.map((file) => runFile(file, running))
  for (const report of reports) {
    report.catch(() => undefined) // told to whoever asks for it
  }
  for (const report of reports) yield await report
}
