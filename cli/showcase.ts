// `npm start`: every example delivery of GitHub through every script in ./scripts, the useful ones and the hostile ones side by side.
// Ends with 0 when all useful scripts did well, with 1 when one did not, with 130 after Ctrl+C,
// with 2 for an option that there is not. `--json` prints numbers only.
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { standardBindings } from '../bindings/index.ts'
import { createEngine } from '../engine/index.ts'
import type { Outcome } from '../engine/model/outcome.ts'
import { type Delivery, readDeliveries } from './deliveries.ts'
import { openProgress, type Progress } from './progress.ts'
import { RunStatistics } from './run-statistics.ts'
import { formatReport, isHostile, type Showcase, showError } from './showcase-report.ts'

const SCRIPTS = join(import.meta.dirname, '..', 'scripts')
/** Deliveries on their way at the same time. */
const IN_FLIGHT = 16

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
  await using engine = await createEngine({
    scripts: SCRIPTS,
    policy: join(SCRIPTS, 'policy.yaml'),
    bindings: [...standardBindings({ kv: ':memory:' })],
  })
  const deliveries = await readDeliveries()
  const statistics = new RunStatistics()
  const failures = new Map<string, Outcome>()
  const unloaded = engine.scripts().flatMap(({ id, status, error }) => (status === 'failed' ? [{ script: id, status, error }] : []))
  let done = 0
  const start = performance.now()

  const deliver = async ({ event, payload }: Delivery): Promise<void> => {
    const { outcomes } = await engine.emit(event, payload, { signal: interruption.signal })
    for (const outcome of outcomes) {
      if (outcome.status === 'cancelled') continue
      statistics.add(outcome)
      // Of each script one failure, with a code frame where there is one.
      if (outcome.status !== 'ok' && failures.get(outcome.script)?.error?.frame === undefined) failures.set(outcome.script, outcome)
    }
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
  progress.close()
  return { deliveries: done, ms: performance.now() - start, statistics, failures, unloaded }
}
