// Runs the sample scripts as `npm start` does: the real engine, their own policy, a server on this machine for what they reach, entries in memory.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readDeliveries } from '../../cli/deliveries.ts'
import { FurtherRuns } from '../../cli/further-runs.ts'
import { openShowcaseHost, type ShowcaseHost } from '../../cli/showcase-host.ts'
import { createEngine, type Engine } from '../../engine/index.ts'
import type { Outcome } from '../../engine/model/outcome.ts'
import { ROOT } from '../harness/source-files.ts'

/** Where the samples are. */
export const SCRIPTS = join(ROOT, 'scripts')

/** A schedule of the digest, which the samples run out of turn. */
export const EVENING = 'every 0 18 * * 1-5'

/** An engine over the samples, and the world around it. Whoever opens it disposes of it. */
export interface Samples extends AsyncDisposable {
  readonly engine: Engine
  readonly host: ShowcaseHost
  /** Outcomes of runs that other scripts set off, once all of them have ended. */
  further(): Promise<readonly Outcome[]>
}

/** Opens it. */
export async function openSamples(): Promise<Samples> {
  const host = await openShowcaseHost()
  const outcomes: Outcome[] = []
  const further = new FurtherRuns((outcome) => outcomes.push(outcome))
  const engine = await createEngine({
    scripts: SCRIPTS,
    policy: join(SCRIPTS, 'policy.yaml'),
    bindings: host.bindings,
    observer: further.observer,
    schedules: false,
  })
  return {
    engine,
    host,
    async further() {
      await further.settled(AbortSignal.timeout(30_000))
      return outcomes
    },
    async [Symbol.asyncDispose]() {
      await engine.close()
      await host[Symbol.asyncDispose]()
    },
  }
}

/** What all deliveries came to, one after the other, and an evening after them. */
export interface SampleResults {
  readonly outcomes: ReadonlyMap<string, readonly Outcome[]>
  readonly messages: readonly string[]
  readonly questions: number
  readonly pages: ReadonlyMap<string, string>
}

/** Runs everything. */
export async function runAllDeliveries(): Promise<SampleResults> {
  await using samples = await openSamples()
  const { engine, host } = samples
  const all: Outcome[] = []
  for (const { event, payload } of await readDeliveries()) all.push(...(await engine.emit(event, payload)).outcomes)
  all.push(...(await samples.further()))
  all.push(...(await engine.emit(EVENING, undefined, { script: 'daily-digest' })).outcomes)
  const { messages, questions } = host
  return { outcomes: Map.groupBy(all, ({ script }) => script), messages, questions, pages: await host.readPages() }
}

/** An event of scripts/fixtures. */
export function readFixture(event: string): unknown {
  return JSON.parse(readFileSync(join(SCRIPTS, 'fixtures', `${event}.json`), 'utf8'))
}

/** What the ok outcomes came to, without those that came to nothing. */
export function resultsOf(outcomes: readonly Outcome[] = []): unknown[] {
  return outcomes.flatMap(({ status, value }) => (status === 'ok' && value !== undefined ? [value] : []))
}
