// Runs the sample scripts as `npm start` does: the real engine, their own policy, entries in memory.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { standardBindings } from '../../bindings/index.ts'
import { readDeliveries } from '../../cli/deliveries.ts'
import { createEngine } from '../../engine/index.ts'
import type { Outcome } from '../../engine/model/outcome.ts'
import { ROOT } from '../harness/source-files.ts'

/** Where the samples are. */
export const SCRIPTS = join(ROOT, 'scripts')

/** An engine over the samples. Whoever opens it closes it. */
export function openSamples() {
  return createEngine({
    scripts: SCRIPTS,
    policy: join(SCRIPTS, 'policy.yaml'),
    bindings: [...standardBindings({ kv: ':memory:' })],
  })
}

/** The outcomes of all deliveries, one delivery after the other, by script. */
export async function runAllDeliveries(): Promise<ReadonlyMap<string, readonly Outcome[]>> {
  await using engine = await openSamples()
  const all: Outcome[] = []
  for (const { event, payload } of await readDeliveries()) all.push(...(await engine.emit(event, payload)).outcomes)
  return Map.groupBy(all, ({ script }) => script)
}

/** An event of scripts/fixtures. */
export function readFixture(event: string): unknown {
  return JSON.parse(readFileSync(join(SCRIPTS, 'fixtures', `${event}.json`), 'utf8'))
}

/** What the ok outcomes came to, without those that came to nothing. */
export function resultsOf(outcomes: readonly Outcome[] = []): unknown[] {
  return outcomes.flatMap(({ status, value }) => (status === 'ok' && value !== undefined ? [value] : []))
}
