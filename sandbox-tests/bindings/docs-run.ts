// Runs an example of a page as an application would: its scripts from the disk, under its policy, against the world of docs-world.ts.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import type { Engine, Outcome } from '../../engine/index.ts'
import { COMBINATIONS, type Combination, inCombination } from '../harness/combinations.ts'
import { emitOne, expectStatus, openEngine, PATIENT, until } from '../harness/engines.ts'
import { expectNone } from '../harness/expect-none.ts'
import { ROOT } from '../harness/source-files.ts'
import type { DocsExample, DocsStep } from './docs-example.ts'
import { type DocsWorld, openDocsWorld } from './docs-world.ts'

/** One of each runtime. */
export const DOCS_COMBINATIONS = COMBINATIONS.filter(({ name }) => name === 'quickjs-thread' || name === 'v8-process')

interface Policy {
  readonly defaults?: object
}

/** Fails unless everything loads, without a warning, and each event comes to what the page says. `defaults` goes below `defaults` of the policy. */
export async function runExample(page: string, example: DocsExample, combination: Combination, defaults: object = {}): Promise<void> {
  await using world = await openDocsWorld(example.data)
  using project = projectOf(example)
  const written = example.policy as Policy
  const policy = { ...written, defaults: { ...PATIENT.defaults, ...defaults, ...written.defaults } }
  const options = inCombination(combination, { policy, bindings: world.bindings, scripts: project.path, schedules: false })
  await using engine = await openEngine({}, options)
  expectNone(troubles(engine), `${page}: what is wrong with the scripts of "${example.heading}"`)
  for (const step of example.steps) await take(engine, world, `${page}:${step.line}: "${step.event}"`, step)
}

/** Below the repository, whose packages are installed and pinned by its lock file. */
function projectOf({ files }: DocsExample): Disposable & { readonly path: string } {
  mkdirSync(join(ROOT, '.vivarium'), { recursive: true })
  const path = mkdtempSync(join(ROOT, '.vivarium', 'docs-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(path, dirname(name)), { recursive: true })
    writeFileSync(join(path, name), text)
  }
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

function troubles(engine: Engine): string[] {
  return engine.scripts().flatMap(({ id, error, denied, warnings }) => {
    const found = [...warnings, ...denied.map(({ advice }) => advice), ...(error === undefined ? [] : [`${error.code}: ${error.message}`])]
    return found.map((trouble) => `${id}: ${trouble}`)
  })
}

async function take(engine: Engine, world: DocsWorld, where: string, step: DocsStep): Promise<void> {
  const others: Outcome[] = []
  using _ = listen(engine, (outcome) => others.push(outcome))
  assert.equal(asJson(await ask(engine, step)), step.value, `${where} comes to something else`)
  if (step.runs !== undefined) {
    const { runs } = step
    await until(() => others.filter(({ event }) => event !== step.event).length >= runs.length, `${where}: the runs that it sets off`)
    for (const run of runs)
      assert.ok(
        others.some((outcome) => has(asJson(outcome), run)),
        `${where}: no run like ${JSON.stringify(run)}`,
      )
  }
  const sent = world.takeSent()
  if (step.sent === undefined) return
  const isAsSaid = sent.length === step.sent.length && step.sent.every((expected, index) => has(asJson(sent[index]), expected))
  assert.ok(isAsSaid, `${where} sent something else: ${JSON.stringify(sent)}`)
}

async function ask(engine: Engine, { kind, event, payload }: DocsStep): Promise<unknown> {
  if (kind === 'filter') return (await engine.filter(event, payload)).value
  if (kind === 'decision') return (await engine.decide(event, payload)).value
  const outcome = await emitOne(engine, event, payload)
  expectStatus(outcome, 'ok')
  return outcome.value
}

function listen(engine: Engine, tell: (outcome: Outcome) => void): Disposable {
  const stop = engine.on('run', tell)
  return { [Symbol.dispose]: stop }
}

function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null))
}

/** Whether a value is the expected one, or has all that the expected one has. */
function has(value: unknown, expected: unknown): boolean {
  if (typeof expected !== 'object' || expected === null) return value === expected
  if (typeof value !== 'object' || value === null || Array.isArray(value) !== Array.isArray(expected)) return false
  if (Array.isArray(expected) && (value as unknown[]).length !== expected.length) return false
  return Object.entries(expected).every(([key, part]) => has((value as Record<string, unknown>)[key], part))
}
