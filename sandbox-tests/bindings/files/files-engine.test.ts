// The binding files through a whole engine, on both runtimes: what crosses, what is denied at load, two scripts at the edge of one quota.
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { standardBindings } from '../../../bindings/index.ts'
import type { Engine } from '../../../engine/index.ts'
import { COMBINATIONS, type Combination, inCombination } from '../../harness/combinations.ts'
import { emitOne, expectStatus, type Files, openEngine, PATIENT } from '../../harness/engines.ts'
import { tempDirectory } from '../../harness/temp-directory.ts'

const RUNTIMES = COMBINATIONS.filter(({ name }) => name === 'quickjs-thread' || name === 'v8-process')

function open(combination: Combination, scripts: Files, root: string, allow: object): Promise<Engine> {
  const bindings = standardBindings({ kv: ':memory:', files: { data: join(root, 'data'), own: join(root, 'own', '{tenant}', '{script}') } })
  return openEngine(scripts, inCombination(combination, { bindings, policy: { version: 1, defaults: { ...PATIENT.defaults, allow } } }))
}

for (const combination of RUNTIMES) {
  test(`${combination.name}: text, bytes, values and dates cross as they are`, async () => {
    using top = tempDirectory({ 'data/hello.txt': 'grüße' })
    const source = `export default { needs: { files: { data: 'write' } }, on: { go: async (event, ctx) => {
      await ctx.files.write('data/b/bytes', new Uint8Array([1, 2, 255]))
      await ctx.files.writeJson('data/v.json', { list: [event.n, null, 'ü'] })
      const stat = await ctx.files.stat('data/hello.txt')
      const bytes = await ctx.files.readBytes('data/b/bytes')
      const page = await ctx.files.list('data', { limit: 2 })
      return [await ctx.files.readText('data/hello.txt'), bytes instanceof Uint8Array && [...bytes], await ctx.files.readJson('data/v.json'), stat.bytes,
        stat.modified instanceof Date, page.entries.map(({ name }) => name), (await ctx.files.list('data', { cursor: page.cursor })).entries.map(({ name }) => name)]
    } } }`
    await using engine = await open(combination, { 'one.ts': source }, top.path, { files: { data: 'write' } })
    const outcome = await emitOne(engine, 'go', { n: 5 })
    expectStatus(outcome, 'ok')
    assert.equal(outcome.value, ['grüße', [1, 2, 255], { list: [5, null, 'ü'] }, 7, true, ['b', 'hello.txt'], ['v.json']])
  })

  test(`${combination.name}: an uncaught refusal says what was refused, in the script’s own words`, async () => {
    using top = tempDirectory({ 'secret.txt': 'x' })
    mkdirSync(join(top.path, 'data'))
    symlinkSync('../secret.txt', join(top.path, 'data', 'link'))
    const source = `export default { needs: { files: true }, on: { go: (event, ctx) => ctx.files.readText('data/link') } }`
    await using engine = await open(combination, { 'one.ts': source }, top.path, { files: true })
    const outcome = await emitOne(engine, 'go')
    expectStatus(outcome, 'exception', 'FILE_REFUSED')
    assert.match(outcome.error?.message ?? '', 'files: "data/link" is a link; scripts reach plain files and folders only.')
    assert.not.match(JSON.stringify(outcome), top.path)
  })

  test(`${combination.name}: a script that needs what policy does not grant is denied, one that gets a part is told`, async () => {
    using top = tempDirectory()
    const files = {
      'denied.ts': `export default { needs: { files: { own: 'write' } }, on: { go: () => 1 } }`,
      'partly.ts': `export default { needs: { files: { data: 'write' } }, on: { go: () => 1 } }`,
    }
    await using engine = await open(combination, files, top.path, { files: ['data'] })
    const [denied, partly] = engine.scripts()
    assert.is(denied?.status, 'denied')
    assert.match(denied?.denied[0]?.policyLine ?? '', 'allow: { files: {"own":"write"} }')
    assert.match(partly?.warnings.join() ?? '', 'writing below "data"')
  })

  test(`${combination.name}: the runs of two scripts for the last bytes of a root fill it exactly`, async () => {
    using top = tempDirectory()
    const source = (letter: string) => `export default { needs: { files: true }, on: { go: async (event, ctx) => {
      const calls = Array.from({ length: 12 }, (_, index) => ctx.files.append('data/' + (index % 2 ? 'both' : '${letter}'), '${letter}'.repeat(10)))
      const settled = await Promise.allSettled(calls)
      return settled.filter(({ status }) => status === 'fulfilled').length
    } } }`
    const allow = { files: { data: { access: 'write', bytes: 100 } } }
    await using engine = await open(combination, { 'a.ts': source('a'), 'b.ts': source('b') }, top.path, allow)
    const emitted = await Promise.all([engine.emit('go', undefined), engine.emit('go', undefined)])
    const outcomes = emitted.flatMap((each) => each.outcomes)
    for (const outcome of outcomes) expectStatus(outcome, 'ok')
    assert.is(
      outcomes.reduce((sum, { value }) => sum + Number(value), 0),
      10,
    )
    const text = readdirSync(join(top.path, 'data')).map((name) => readFileSync(join(top.path, 'data', name), 'utf8'))
    assert.is(text.join('').length, 100)
    for (const each of text) assert.match(each, /^(a{10}|b{10})*$/)
  })

  test(`${combination.name}: a root of placeholders is each tenant’s and each script’s own`, async () => {
    using top = tempDirectory()
    const source = `export default { needs: { files: true }, on: { go: async (event, ctx) => {
      await ctx.files.append('own/count', 'x')
      return (await ctx.files.readText('own/count')).length
    } } }`
    await using engine = await open(combination, { 'a.ts': source }, top.path, { files: { own: 'write' } })
    for (const [tenant, count] of [
      ['acme', 1],
      ['acme', 2],
      ['other', 1],
      ['../acme', 1],
    ] as const) {
      const outcome = await emitOne(engine, 'go', undefined, { tenant })
      expectStatus(outcome, 'ok')
      assert.is(outcome.value, count)
    }
    assert.equal(readdirSync(join(top.path, 'own')).sort(), ['%2e%2e%2facme', 'acme', 'other'])
  })
}

test.run()
