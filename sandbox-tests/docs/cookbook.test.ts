// docs/cookbook.md: every recipe loads without a warning, fits the types that editors show, and does what the page says, on both runtimes.
// timeout: 300s
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readExamples } from '../bindings/docs-example.ts'
import { DOCS_COMBINATIONS, runExample } from '../bindings/docs-run.ts'
import { expectNone } from '../harness/expect-none.ts'
import { readHeadings, readLinks } from '../harness/markdown.ts'
import { readText } from '../harness/source-files.ts'

const PAGE = 'docs/cookbook.md'
const text = readText(PAGE)
const recipes = readExamples(text)
/** Words as arguments choose recipes whose headings contain them. */
const chosen = recipes.filter(({ heading }) => process.argv.slice(2).every((word) => heading.includes(word)))

test('the cookbook has at least twenty recipes, each under a heading of its own, all of them in the table', () => {
  assert.ok(recipes.length >= 20, `${recipes.length} recipes`)
  assert.equal(
    recipes.map(({ heading }) => heading),
    readHeadings(text, 3),
  )
  assert.is(readLinks(text).filter((target) => target.startsWith('#')).length, recipes.length)
})

test('each recipe is small', () => {
  const large = recipes.flatMap(({ files }) => Object.entries(files).filter(([, source]) => source.split('\n').length > 40))
  expectNone(
    large.map(([path]) => path),
    'Scripts of more than 40 lines',
  )
})

for (const recipe of chosen)
  for (const combination of DOCS_COMBINATIONS)
    test(`${recipe.heading} (${combination.name})`, () => {
      // Types are the same on all runtimes.
      return runExample(PAGE, recipe, combination, combination.runtime === 'quickjs' ? { typeCheck: 'enforce' } : {})
    })

test.run()
