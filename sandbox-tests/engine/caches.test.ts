// timeout: 300s
// Engines side by side and caches that are too small: what is kept changes how long things take, never what comes out.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { standardBindings } from '../../bindings/index.ts'
import { createEngine, memoryStore } from '../../engine/index.ts'
import { emitOne, expectStatus, PATIENT, PLACEMENTS } from '../harness/engines.ts'
import { tempDirectory } from '../harness/temp-directory.ts'

for (const placement of PLACEMENTS) {
  test(`${placement}: with room for no image at all, every script runs right, at once and by turns, through reloads and new policies`, async () => {
    const ids = Array.from({ length: 6 }, (_, index) => `s${index}`)
    const source = (id: string, version: number): string =>
      `const big = Array.from({ length: 5000 }, (_, i) => '${id}' + i)\nlet n = 0\nexport default { on: { go: async (p) => { await null; n++; return [big[4999], ${version}, n, p] } } }`
    const scripts = memoryStore(Object.fromEntries(ids.map((id) => [`${id}.ts`, source(id, 1)])))
    using directory = tempDirectory({ 'policy.yaml': 'version: 1\ndefaults: { limits: { cpu: 2s, wall: 60s, loadCpu: 5s } }' })
    await using engine = await createEngine({ scripts, placement, policy: join(directory.path, 'policy.yaml'), imageCache: 0, workers: 2 })
    const expectAll = async (version: number, states = 1): Promise<void> => {
      const rounds = await Promise.all(Array.from({ length: 8 }, (_, payload) => engine.emit('go', payload)))
      for (const [payload, { outcomes }] of rounds.entries())
        for (const [index, outcome] of outcomes.entries()) {
          expectStatus(outcome, 'ok')
          const [last, seen, count, got] = outcome.value as [string, number, number, number]
          assert.equal([last, seen, got], [`s${index}4999`, version, payload])
          assert.ok(count >= 1 && count <= states, `${count} runs of one state`)
        }
    }
    await expectAll(1)
    for (const id of ids) scripts.write(`${id}.ts`, source(id, 2))
    await Promise.all([engine.reload(), engine.reload()])
    await expectAll(2)
    directory.write('policy.yaml', 'version: 1\ndefaults: { isolation: script, limits: { cpu: 2s, wall: 60s, loadCpu: 5s } }')
    await engine.reload()
    await expectAll(2, 8)
    directory.write('policy.yaml', 'version: 1\ndefaults: { allow: { log: false }, limits: { cpu: 2s, wall: 60s, loadCpu: 5s } }')
    await engine.reload()
    await expectAll(2)
    assert.equal([...new Set(engine.scripts().map(({ status }) => status))], ['ready'])
  })

  test(`${placement}: scripts that change while events pour in are whole in every run`, async () => {
    const source = (version: number): string =>
      `const words = Array.from({ length: 200 }, () => ${version})\nexport default { on: { go: async () => { const first = words[0]; await new Promise((r) => setTimeout(r, 1)); return [first, words[199]] } } }`
    const scripts = memoryStore({ 'a.ts': source(0), 'b.ts': source(0) })
    await using engine = await createEngine({ scripts, placement, policy: PATIENT, imageCache: '400KiB', workers: 2 })
    const storm = { isOver: false }
    const pour = async (): Promise<number> => {
      let runs = 0
      let latest = 0
      while (!storm.isOver) {
        const { outcomes } = await engine.emit('go', 1)
        assert.is(outcomes.length, 2)
        let highest = latest
        for (const outcome of outcomes) {
          expectStatus(outcome, 'ok')
          const [first, last] = outcome.value as [number, number]
          assert.is(first, last, 'one version in one run')
          assert.ok(first >= latest, 'no old version comes back')
          highest = Math.max(highest, first)
        }
        latest = highest
        runs++
      }
      return runs
    }
    const pouring = Promise.all([pour(), pour(), pour()])
    for (let version = 1; version <= 12; version++) {
      for (const path of ['a.ts', 'b.ts']) scripts.write(path, source(version))
      await engine.reload()
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    storm.isOver = true
    assert.ok((await pouring).every((runs) => runs > 0))
    assert.equal((await emitOneOf(engine, 'go')).slice(0, 1), [[12, 12]])
  })
}

test('two engines over one directory share the files and nothing else', async () => {
  using directory = tempDirectory({
    'a.ts': `let n = 0\nglobalThis.seen = (globalThis.seen ?? 0) + 1\nexport default { needs: { kv: true }, on: { go: async (p, ctx) => [++n, await ctx.kv.increment('n'), globalThis.seen] } }`,
  })
  const policy = { version: 1, defaults: { ...PATIENT.defaults, isolation: 'script', allow: { kv: { bytes: '1KiB' } } } }
  const open = () => createEngine({ scripts: directory.path, policy, workers: 1, bindings: standardBindings({ kv: ':memory:' }) })
  const [one, other] = await Promise.all([open(), open()])
  const value = async (engine: typeof one) => (await emitOne(engine, 'go')).value
  assert.equal([await value(one), await value(one), await value(other)], [[1, 1, 1], [2, 2, 1], [1, 1, 1]]) // biome-ignore format: one line
  const runIds = [await emitOne(one, 'go'), await emitOne(other, 'go')].map(({ runId }) => runId)
  assert.is.not(runIds[0], runIds[1])
  await one.close()
  assert.equal(await value(other), [3, 3, 1])
  await other.close()
})

test('a cache of bundles that was tampered with, cut short or is of other sources is not believed', async () => {
  using directory = tempDirectory({ 'a.ts': 'export default () => "right"' })
  const options = { scripts: directory.path, policy: PATIENT, workers: 1 }
  const value = async (): Promise<unknown> => {
    await using engine = await createEngine(options)
    return (await emitOne(engine, 'x')).value
  }
  assert.is(await value(), 'right')
  const folder = join(directory.path, '.vivarium/bundles')
  const entries = () => readdirSync(folder).map((name) => join(folder, name))
  assert.is(entries().length, 1)
  for (const spoil of [
    (text: string) => text.replace('right', 'wrong'),
    (text: string) => text.slice(0, -9),
    () => '',
    () => '{}',
    () => '\u0000',
  ]) {
    for (const entry of entries()) writeFileSync(entry, spoil(readFileSync(entry, 'utf8')))
    assert.is(await value(), 'right')
  }
  directory.write('a.ts', 'export default () => "newer"')
  assert.is(await value(), 'newer')
  directory.write('a.ts', 'export default () => "right"')
  assert.is(await value(), 'right')
})

async function emitOneOf(engine: Awaited<ReturnType<typeof createEngine>>, event: string): Promise<unknown[]> {
  return (await engine.emit(event, 1)).outcomes.map(({ value }) => value)
}

test.run()
