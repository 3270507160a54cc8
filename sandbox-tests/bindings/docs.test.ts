// Every page of docs/bindings runs: its examples load, are granted all they need, and return on both runtimes what the page says.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Engine } from '../../engine/index.ts'
import { COMBINATIONS, type Combination, inCombination } from '../harness/combinations.ts'
import { emitOne, expectStatus, openEngine, PATIENT } from '../harness/engines.ts'
import { expectNone } from '../harness/expect-none.ts'
import { listFiles, readText } from '../harness/source-files.ts'
import { type DocsExample, type DocsStep, readExamples } from './docs-example.ts'
import { openDocsWorld } from './docs-world.ts'

const PAGES = listFiles('docs/bindings').filter((file) => file.endsWith('.md'))
const RUNTIMES = COMBINATIONS.filter(({ name }) => name === 'quickjs-thread' || name === 'v8-process')
/** Words as arguments choose pages that contain them. */
const CHOSEN = PAGES.filter((page) => process.argv.slice(2).every((word) => page.includes(word)))

test('each binding has a page that names each of its methods', async () => {
  await using world = await openDocsWorld()
  const missing = world.bindings.flatMap(({ surface: { name, methods } }) => {
    const page = `docs/bindings/${name}.md`
    if (!PAGES.includes(page)) return [page]
    const text = readText(page)
    return methods.filter((method) => !new RegExp(`\\b${method}\\(`).test(text)).map((method) => `${page}: ${method}(…)`)
  })
  expectNone(missing, 'Missing from the documentation')
})

for (const page of CHOSEN) {
  const examples = readExamples(readText(page))
  test(`${page} has an example`, () => assert.ok(examples.length > 0))
  for (const [index, example] of examples.entries())
    for (const combination of RUNTIMES)
      test(`${page}: example ${index + 1} does what the page says (${combination.name})`, () => run(page, example, combination))
}

async function run(page: string, { files, policy, steps }: DocsExample, combination: Combination): Promise<void> {
  await using world = await openDocsWorld()
  const patient = { ...policy, defaults: { ...PATIENT.defaults, ...(policy as { defaults?: object }).defaults } }
  await using engine = await openEngine(files, inCombination(combination, { policy: patient, bindings: world.bindings }))
  expectNone(troubles(engine), `${page}: what is wrong with the scripts`)
  for (const step of steps) await take(engine, page, step)
}

function troubles(engine: Engine): string[] {
  return engine.scripts().flatMap(({ id, error, denied, warnings }) => {
    const found = [...warnings, ...denied.map(({ advice }) => advice), ...(error === undefined ? [] : [`${error.code}: ${error.message}`])]
    return found.map((trouble) => `${id}: ${trouble}`)
  })
}

async function take(engine: Engine, page: string, { event, payload, value, line }: DocsStep): Promise<void> {
  const outcome = await emitOne(engine, event, payload)
  expectStatus(outcome, 'ok')
  assert.equal(JSON.parse(JSON.stringify(outcome.value ?? null)), value, `${page}:${line}: "${event}" returned something else`)
}

test.run()
