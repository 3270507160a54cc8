// Engines over scripts in memory, for tests from end to end.
import { inspect } from 'node:util'
import * as assert from 'uvu/assert'
import { type CreateEngineOptions, createEngine, type Engine, memoryStore, type Outcome } from '../../engine/index.ts'

/** Where scripts can run; what is true of one is true of all, unless a test says why not. */
export const PLACEMENTS = ['inline', 'thread'] as const

/** A placement by its name. */
export type PlacementName = (typeof PLACEMENTS)[number]

/** Files of a store in memory. */
export type Files = { readonly [path: string]: string }

/** For tests that are not about time: a busy machine must not make them fail. */
export const PATIENT = Object.freeze({ version: 1, defaults: { limits: { cpu: '2s', wall: '60s', loadCpu: '5s' } } })

/** Opens an engine over files, with patient limits where nothing else is said. Whoever opens it closes it. */
export function openEngine(files: Files, options: CreateEngineOptions = {}): Promise<Engine> {
  return createEngine({ scripts: memoryStore(files), workers: 1, policy: PATIENT, ...options })
}

/** The one outcome of an event that one script handles. */
export async function emitOne(engine: Engine, event: string, payload?: unknown, options?: Parameters<Engine['emit']>[2]): Promise<Outcome> {
  const { outcomes } = await engine.emit(event, payload, options)
  assert.is(outcomes.length, 1, `one script handles "${event}"`)
  return outcomes[0] as Outcome
}

/** Fails unless a run ended as it should; says how it ended. */
export function expectStatus(outcome: Outcome, status: Outcome['status'], code?: string): void {
  const said = inspect({ status: outcome.status, error: outcome.error, value: outcome.value }, { depth: 4 }).slice(0, 2_000)
  assert.is(outcome.status, status, said)
  if (code !== undefined) assert.is(outcome.error?.code, code, said)
}

/** Tells why a row is left out for a placement; the test runner shows it. */
export function skip(what: string, reason: string): void {
  console.log(`# skip ${what}: ${reason}`)
}

/** A promise with its resolver. */
export function deferred<T = void>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  return Promise.withResolvers<T>()
}

/** As long as a test that waits for something lets it take: only what will never happen may take as long. */
const LONGEST_WAIT_MS = 60_000

/** Waits until something holds; fails after a minute. */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + LONGEST_WAIT_MS
  while (!(await holds())) {
    if (performance.now() > deadline) assert.unreachable(`never happened: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
