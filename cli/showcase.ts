// `npm start`: every example delivery of GitHub through every script in ./scripts, the useful ones and the hostile ones side by side. What they reach over HTTP is a server
// on this machine, what they write is in a folder that is gone at the end; in the evening of the last delivery the daily digest is written.
// Ends with 0 when all useful scripts did well, with 1 when one did not, with 130 after Ctrl+C,
// with 2 for an option that there is not. `--json` prints numbers only.
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { createEngine } from '../engine/index.ts'
import type { Outcome } from '../engine/model/outcome.ts'
import { type Delivery, readDeliveries } from './deliveries.ts'
import { FurtherRuns } from './further-runs.ts'
import { openProgress, type Progress } from './progress.ts'
import { RunStatistics } from './run-statistics.ts'
import { openShowcaseHost } from './showcase-host.ts'
import { formatReport, isHostile, type Showcase, showError } from './showcase-report.ts'

const SCRIPTS = join(import.meta.dirname, '..', 'scripts')
/** Deliveries on their way at the same time. */
const IN_FLIGHT = 16
/** A schedule of a script, run out of turn. */
const EVENING = { script: 'daily-digest', event: 'every 0 18 * * 1-5' }

const options = readOptions()
const interruption = new AbortController()
process.once('SIGINT', () => interruption.abort())

const showcase = await run(openProgress(process.stderr, options.json))
const { deliveries, statistics, failures, unloaded } = showcase
const summary = { deliveries, runs: statistics.runs, scripts: statistics.summarise() }
process.stdout.write(options.json ? `${JSON.stringify(summary, undefined, 2)}\n` : formatReport(showcase))

const unexpected = [...unloaded, ...failures.values()].filter(({ script }) => !isHostile(script))
for (const failure of unexpected) process.stderr.write(`${showError(failure)}\n`)
process.exitCode = interruption.signal.aborted ? 130 : unexpected.length > 0 ? 1 : 0

function readOptions(): { readonly json: boolean } {
  try {
    return parseArgs({ options: { json: { type: 'boolean', default: false } } }).values
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\nUsage: npm start --silent -- [--json]\n`)
    process.exit(2)
  }
}

async function run(progress: Progress): Promise<Showcase> {
  await using host = await openShowcaseHost()
  const statistics = new RunStatistics()
  const failures = new Map<string, Outcome>()
  const note = (outcome: Outcome): void => {
    if (outcome.status === 'cancelled') return
    statistics.add(outcome)
    // Of each script one failure, with a code frame where there is one.
    if (outcome.status !== 'ok' && failures.get(outcome.script)?.error?.frame === undefined) failures.set(outcome.script, outcome)
  }
  const further = new FurtherRuns(note)
  await using engine = await createEngine({
    scripts: SCRIPTS,
    policy: join(SCRIPTS, 'policy.yaml'),
    bindings: host.bindings,
    observer: further.observer,
    schedules: false, // the evening comes when all deliveries are through
  })
  const deliveries = await readDeliveries()
  const unloaded = engine.scripts().flatMap(({ id, status, error }) => (status === 'failed' ? [{ script: id, status, error }] : []))
  let done = 0
  const start = performance.now()

  const deliver = async ({ event, payload }: Delivery): Promise<void> => {
    const { outcomes } = await engine.emit(event, payload, { signal: interruption.signal })
    for (const outcome of outcomes) note(outcome)
    progress.show(`${++done} of ${deliveries.length} deliveries, ${statistics.runs} runs`)
  }

  const waiting = deliveries.values()
  const deliverInTurn = async (): Promise<void> => {
    for (const delivery of waiting) {
      if (interruption.signal.aborted) return
      await deliver(delivery)
    }
  }
  // All take from one iterator: deliveries start in order, each as soon as there is room.
  await Promise.all(Array.from({ length: IN_FLIGHT }, deliverInTurn))
  await further.settled(interruption.signal)
  const { signal } = interruption
  for (const outcome of (await engine.emit(EVENING.event, undefined, { script: EVENING.script, signal })).outcomes) note(outcome)
  progress.close()
  const { messages, questions } = host
  const outside = { messages, questions, pages: await host.readPages() }
  return { deliveries: done, ms: performance.now() - start, statistics, failures, unloaded, outside }
}
