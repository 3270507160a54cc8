// The host of one test: starts the runs that it asks for, passes their calls to it, reads fixtures. What it is asked comes out of a sandbox and is believed in nothing.
import { createHash } from 'node:crypto'
import type { Binding } from '../../bindings/binding.ts'
import { encodePayload } from '../../engine/dispatch/hooks.ts'
import type { RunOrder as DispatchOrder } from '../../engine/dispatch/run-order.ts'
import { didYouMean } from '../../engine/errors/did-you-mean.ts'
import { isEngineError } from '../../engine/errors/engine-error.ts'
import type { EventDefinitions } from '../../engine/events.ts'
import { firstCause } from '../../engine/model/event.ts'
import type { HostCall, HostReply } from '../../engine/model/host-call.ts'
import type { Outcome } from '../../engine/model/outcome.ts'
import { lowerLimits, type PerCallLimits } from '../../engine/policy/resolve.ts'
import type { ScriptRecord } from '../../engine/registry/script-record.ts'
import type { FakeReply, RunOrder, Step } from '../../engine/testing/protocol.ts'
import { listFixtures, readFixture } from '../fixtures.ts'
import type { OpenParts } from '../open-parts.ts'
import { UsageError } from '../usage-error.ts'
import { findScript, Refusal, readEvent, readFakes, readMoment } from './asked-run.ts'
import { type Doors, openDoors } from './doors.ts'
import { type RecordedReply, RunUnderTest } from './run-under-test.ts'
import type { FailedRun } from './test-report.ts'

/** What every test of a session has in common. */
export interface TestSurroundings {
  readonly directory: string
  /** Runs the scripts. */
  readonly scripts: OpenParts
  /** All that scripts can be granted. */
  readonly bindings: readonly Binding[]
  readonly events: EventDefinitions | undefined
  /** Told of every run that ended, with what would make it again. */
  readonly onRun: (run: FinishedRun) => void
}

/** A run that ended, and all that it took in. */
export interface FinishedRun {
  readonly order: DispatchOrder
  readonly outcome: Outcome
  readonly replies: readonly (RecordedReply & { readonly call: number })[]
  readonly now: number
  readonly seed: string
}

const SEED_CHARS = 48
/** Runs of a test whose end it has not heard yet. */
const MOST_OPEN_RUNS = 100
const MOST_FAILED_RUNS = 10

/** See the head of the file. One for each test; whoever made it disposes of it. */
export class TestHost implements AsyncDisposable {
  readonly #file: string
  readonly #name: string
  readonly #surroundings: TestSurroundings
  readonly #runs = new Map<number, RunUnderTest>()
  readonly #ending = new Set<Promise<void>>()
  readonly #abort = new AbortController()
  #starting = 0
  #started = 0
  #doors: Promise<Doors> | undefined
  #clock: () => number = () => 0
  /** Scripts that the test has run. */
  readonly scripts = new Set<string>()
  /** Runs that did not end well, the first few. */
  readonly failedRuns: FailedRun[] = []

  /** `file` is the test's own, relative to the scripts directory; `index` says which of its tests it is. */
  constructor(file: string, index: number, surroundings: TestSurroundings) {
    this.#file = file
    this.#name = `${file}#${index}`
    this.#surroundings = surroundings
  }

  /** Answers a host call of the test's own sandbox. */
  readonly handle = async ({ method, args }: HostCall): Promise<HostReply> => {
    try {
      return { ok: true, value: await this.#serve(method, args[0]) }
    } catch (error) {
      return { ok: false, error: describeRefusal(error) }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort('its test is over')
    await Promise.all(this.#ending)
    await (await this.#doors)?.[Symbol.asyncDispose]()
  }

  #serve(method: string, asked: unknown): unknown {
    switch (method) {
      case 'start':
        return this.#start(asked as RunOrder)
      case 'next':
        return this.#next(asked)
      case 'answer':
        return this.#answer(asked as FakeReply)
      case 'fixture':
        return this.#fixture(String(asked))
      default:
        throw new Refusal(`There is no ${method}.`)
    }
  }

  async #next(id: unknown): Promise<Step> {
    const step = await this.#runOf(id).next()
    if (step.kind === 'end') this.#runs.delete(id as number)
    return step
  }

  /** A fake may still be at it when its run is over: nobody waits for that answer, and nothing is wrong with it. */
  #answer(reply: FakeReply): void {
    const isOver = !this.#runs.has(reply.run) && Number.isInteger(reply.run) && reply.run > 0 && reply.run <= this.#started
    if (!isOver) this.#runOf(reply.run).answer({ ...reply, now: readMoment(reply.now) })
  }

  async #start(asked: RunOrder): Promise<number> {
    if (this.#runs.size + this.#starting >= MOST_OPEN_RUNS) throw new Refusal(`A test can have at most ${MOST_OPEN_RUNS} runs at once.`)
    this.#starting++
    try {
      return await this.#startNow(asked)
    } finally {
      this.#starting--
    }
  }

  async #startNow(asked: RunOrder): Promise<number> {
    const { seed, limits, kv } = asked
    const { bindings, events, scripts } = this.#surroundings
    const tenant = asked.tenant === undefined ? undefined : String(asked.tenant)
    const now = readMoment(asked.now)
    const record = findScript(scripts.registry, String(asked.script), this.#file)
    const { event, payload } = await readEvent(record, { ...asked, event: String(asked.event) }, events)
    const fakes = readFakes(asked.fakes, bindings)
    const wire = encodePayload(event, payload)
    this.#doors ??= openDoors(bindings, () => this.#clock())
    const doors = await this.#doors
    const run = new RunUnderTest({ fakes, now, doors, tenant })
    this.#clock = run.clock
    if (kv !== undefined) await fillKv(doors, record, { event, tenant, entries: kv, signal: this.#abort.signal })
    const hash = createHash('sha256').update(String(seed)).digest('hex').slice(0, SEED_CHARS)
    const own = record.policy.limits
    const order = {
      record,
      event,
      cause: firstCause(event),
      ...wire,
      // With isolation "script", states belong to tenants: no test finds what another has left.
      tenant: JSON.stringify([this.#name, tenant]),
      limits: limits === undefined ? own : lowerLimits(own, limits as PerCallLimits),
      signal: this.#abort.signal,
      surroundings: { clock: run.clock, seed: hash, handle: run.handle },
    }
    const id = ++this.#started
    this.#runs.set(id, run)
    this.scripts.add(record.entry.id)
    this.#follow(order, run, { now, seed: hash })
    return id
  }

  #follow(order: DispatchOrder, run: RunUnderTest, { now, seed }: Pick<FinishedRun, 'now' | 'seed'>): void {
    const { onRun, scripts } = this.#surroundings
    const ending = scripts.dispatcher.run(order).then((outcome) => {
      onRun({ order, outcome, replies: run.replies, now, seed })
      const { script, event, status, error } = outcome
      if (error !== undefined && this.failedRuns.length < MOST_FAILED_RUNS) this.failedRuns.push({ script, event, status, error })
      run.end(outcome)
    })
    this.#ending.add(ending)
    void ending.then(() => this.#ending.delete(ending))
  }

  #runOf(id: unknown): RunUnderTest {
    const run = this.#runs.get(id as number)
    if (run === undefined) throw new Refusal('There is no such run.')
    return run
  }

  async #fixture(name: string): Promise<{ readonly event: string; readonly payload: unknown }> {
    const { directory } = this.#surroundings
    const known = await listFixtures(directory)
    if (!known.includes(name))
      throw new Refusal(
        `There is no fixture "${name}" (fixtures/${name}.json).${didYouMean(name, known)} There are ${known.join(', ') || 'none'}.`,
      )
    const { event, payload } = await readFixture(directory, name)
    return { event, payload }
  }
}

interface Filling {
  readonly event: string
  readonly tenant: string | undefined
  readonly entries: NonNullable<RunOrder['kv']>
  readonly signal: AbortSignal
}

/** Writes entries as the script itself would: what does not fit its quota, does not fit. */
async function fillKv(doors: Doors, record: ScriptRecord, { event, tenant, entries, signal }: Filling): Promise<void> {
  const { entry, policy } = record
  const grant = record.status === 'failed' ? {} : record.permissions.grant
  const budget = { limits: policy.limits, cpuMs: 0, wallMs: 0, hostCalls: 0, wallDeadline: performance.now() + policy.limits.wallMs }
  const call = {
    script: entry.id,
    tenant,
    runId: 'test',
    event,
    cause: firstCause(event),
    grant,
    binding: 'kv',
    method: 'set',
    signal,
    budget,
  }
  for (const args of Object.entries(entries)) {
    const reply = await doors.toReal({ ...call, args })
    if (reply?.ok !== true)
      throw new Refusal(`ctx.kv of "${entry.id}" cannot hold "${args[0]}": ${reply?.error.message ?? 'there is no such binding.'}`)
  }
}

function describeRefusal(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof Refusal) return { code: 'TEST_REFUSED', message: error.message }
  if (isEngineError(error)) return { code: error.code, message: error.message }
  if (error instanceof UsageError) return { code: 'TEST_REFUSED', message: error.message }
  return { code: 'HOST_FAILURE', message: 'The runner of tests failed.' }
}
