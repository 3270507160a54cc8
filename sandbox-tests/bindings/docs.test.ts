// Every page of docs/bindings runs: its examples load, are granted all they need, and return on both runtimes what the page says.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { expectNone } from '../harness/expect-none.ts'
import { listFiles, readText } from '../harness/source-files.ts'
import { readExamples } from './docs-example.ts'
import { DOCS_COMBINATIONS, runExample } from './docs-run.ts'
import { openDocsWorld } from './docs-world.ts'

const PAGES = listFiles('docs/bindings').filter((file) => file.endsWith('.md'))
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
    for (const combination of DOCS_COMBINATIONS)
      test(`${page}: example ${index + 1} does what the page says (${combination.name})`, () => runExample(page, example, combination))
}

test.run()
