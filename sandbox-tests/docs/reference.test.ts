// docs/reference.md is what the bindings say: the committed file is what "npm run docs" makes.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { standardBindings } from '../../bindings/index.ts'
import { membersOf } from '../../cli/reference/members.ts'
import { referenceOf } from '../../cli/reference/sources.ts'
import { CODES } from '../../engine/errors/codes.ts'
import { LIMITS } from '../../engine/model/limits.ts'
import { expectNone, fail } from '../harness/expect-none.ts'
import { readHeadings } from '../harness/markdown.ts'
import { readText } from '../harness/source-files.ts'

const made = referenceOf((path) => readText(`docs/${path}`))

test('the committed page is the one that the generator makes', () => {
  if (readText('docs/reference.md') !== made) fail('docs/reference.md is out of date: run "npm run docs" and commit it')
})

test('each method of each binding has its signature and something to say', () => {
  const bindings = standardBindings({ kv: ':memory:', files: { data: './data' }, secrets: { HOOK_TOKEN: 'xyz' } })
  const wrong = bindings.flatMap(({ surface: { name, methods }, types = '' }) => {
    const members = new Map(membersOf(types).map((member) => [member.name, member]))
    const missing = methods.filter((method) => !members.get(method)?.declaration.includes('Promise<') || members.get(method)?.says === '')
    const unknown = [...members.keys()].filter((member) => !methods.includes(member))
    return [...missing, ...unknown].map((method) => `ctx.${name}.${method}`)
  })
  expectNone(wrong, 'Methods whose types and surface differ')
  const headings = readHeadings(made, 3)
  for (const { surface } of bindings)
    for (const method of surface.methods) assert.ok(headings.includes(`ctx.${surface.name}.${method}`), `${surface.name}.${method}`)
})

test('all limits and all codes are there', () => {
  const names = [...Object.keys(LIMITS), ...Object.keys(CODES)]
  expectNone(
    names.filter((name) => !made.includes(`\`${name}\``)),
    'Missing',
  )
})

test('a type is taken apart into members, with comments, examples and declarations of several lines', () => {
  const [one, two] = membersOf(`{
  /** Short. */
  one(a: string): Promise<void>
  /**
   * Long,
   * in lines.
   *
   * @example
   * await two()
   */
  two(
    options?: { a: string },
  ): Promise<{
    b: number
  }>
}`)
  assert.equal(one, { name: 'one', declaration: 'one(a: string): Promise<void>', says: 'Short.', example: undefined })
  const declaration = 'two(\n  options?: { a: string },\n): Promise<{\n  b: number\n}>'
  assert.equal(two, { name: 'two', declaration, says: 'Long,\nin lines.', example: 'await two()' })
})

test.run()
