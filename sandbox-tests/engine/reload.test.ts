// timeout: 300s
// Scripts that change while the engine runs: saved, broken, repaired, renamed, removed; and `engine.reload()`.
import { renameSync, rmSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { type CreateEngineOptions, createEngine, defineBinding, type Engine, memoryStore, type ScriptInfo } from '../../engine/index.ts'
import { deferred, emitOne, expectStatus, PATIENT, PLACEMENTS, until } from '../harness/engines.ts'
import { rejectionOf } from '../harness/rejection-of.ts'
import { type TempDirectory, tempDirectory } from '../harness/temp-directory.ts'

const says = (word: string): string => `export default { on: { say: () => '${word}' } }`

interface Told {
  readonly what: string
  readonly info: ScriptInfo
}

function listen(engine: Engine): Told[] {
  const told: Told[] = []
  for (const what of ['script-loaded', 'script-failed', 'script-removed', 'denied'] as const)
    engine.on(what, (info) => told.push({ what, info }))
  engine.on('problem', (error) => told.push({ what: 'problem', info: { id: String(error) } as ScriptInfo }))
  return told
}

function watching(directory: TempDirectory, options: CreateEngineOptions = {}): Promise<Engine> {
  return createEngine({ scripts: directory.path, watch: true, workers: 1, policy: PATIENT, ...options })
}

const words = async (engine: Engine): Promise<unknown[]> =>
  (await engine.emit('say', 1)).outcomes.map(({ script, value }) => `${script}:${value}`)
const summary = (told: readonly Told[]): string[] => told.map(({ what, info }) => `${what} ${info.id}`)

for (const placement of PLACEMENTS) {
  test(`${placement}: scripts that are added, changed, renamed and removed are followed`, async () => {
    using directory = tempDirectory({ 'a.ts': says('one') })
    await using engine = await watching(directory, { placement })
    const told = listen(engine)
    directory.write('b.ts', says('two'))
    await until(() => summary(told).includes('script-loaded b'), 'b is loaded')
    assert.equal(await words(engine), ['a:one', 'b:two'])
    directory.write('a.ts', says('ONE'))
    await until(() => summary(told).includes('script-loaded a'), 'a is loaded again')
    assert.equal(await words(engine), ['a:ONE', 'b:two'])
    renameSync(join(directory.path, 'b.ts'), join(directory.path, 'c.ts'))
    await until(() => ['script-loaded c', 'script-removed b'].every((line) => summary(told).includes(line)), 'b is c now')
    assert.equal(await words(engine), ['a:ONE', 'c:two'])
    unlinkSync(join(directory.path, 'a.ts'))
    await until(() => summary(told).includes('script-removed a'), 'a is removed')
    assert.equal(await words(engine), ['c:two'])
    rmSync(join(directory.path, 'c.ts'))
    directory.write('deep/er/d.js', says('three'))
    directory.write('folder/index.ts', `import { word } from './word.ts'\nexport default { on: { say: () => word } }`)
    directory.write('folder/word.ts', `export const word = 'four'`)
    await until(
      () => ['script-removed c', 'script-loaded deep/er/d', 'script-loaded folder'].every((line) => summary(told).includes(line)),
      'folders are followed',
    )
    assert.equal(await words(engine), ['deep/er/d:three', 'folder:four'])
    directory.write('folder/word.ts', `export const word = 'FOUR'`)
    await until(() => summary(told).filter((line) => line === 'script-loaded folder').length === 2, 'a file of a folder script counts')
    assert.equal(await words(engine), ['deep/er/d:three', 'folder:FOUR'])
    assert.equal(
      told.filter(({ what }) => what === 'script-failed' || what === 'problem'),
      [],
    )
  })

  test(`${placement}: a broken new version leaves the last good one in force, and is announced with its code frame until it is repaired`, async () => {
    using directory = tempDirectory({ 'a.ts': says('good') })
    await using engine = await watching(directory, { placement })
    const told = listen(engine)
    for (const [broken, code] of [
      ['export default {\n  on: { say: () => \n}', 'SYNTAX_ERROR'],
      ['const x: any = null\nx.y\nexport default () => 1', 'LOAD_EXCEPTION'],
      ['export default { on: { say: 1 } }', 'MANIFEST_INVALID'],
      ['export const nothing = 1', 'MANIFEST_MISSING'],
      ['import fs from "node:fs"\nexport default () => fs', 'IMPORT_FORBIDDEN'],
    ] as const) {
      told.length = 0
      directory.write('a.ts', broken)
      await until(() => told.length > 0, `${code} is announced`)
      assert.equal(summary(told), ['script-failed a'])
      const { info } = told[0] as Told
      assert.is(info.error?.code, code)
      assert.is(info.status, 'ready', 'the last good version is in force')
      assert.is(info.error?.location?.file, 'a.ts', code)
      assert.match(info.error?.frame ?? '', '> ')
      assert.equal(await words(engine), ['a:good'])
      assert.is(engine.scripts()[0]?.error?.code, code)
      assert.not.match(JSON.stringify([info, engine.scripts()]), directory.path)
    }
    told.length = 0
    directory.write('a.ts', says('good'))
    await until(() => engine.scripts()[0]?.error === undefined, 'the same good version again clears the error')
    await until(() => told.length > 0, 'and is announced')
    assert.equal(summary(told), ['script-loaded a'])
    assert.is(told[0]?.info.error, undefined)
    told.length = 0
    directory.write('a.ts', says('better'))
    await until(() => told.some(({ what }) => what === 'script-loaded'), 'it is repaired')
    assert.equal(await words(engine), ['a:better'])
    assert.is(engine.scripts()[0]?.error, undefined)
  })

  test(`${placement}: runs under way finish on the version that they began with`, async () => {
    const gate = deferred()
    const arrived = deferred()
    const host = defineBinding('host', {
      wait: {
        input: z.tuple([]),
        output: z.void(),
        handler: () => {
          arrived.resolve()
          return gate.promise
        },
      },
    })
    const waits = (word: string): string =>
      `let count = 0\nexport default { needs: { host: true }, on: { say: async (slow, ctx) => { count++; if (slow) await ctx.host.wait(); return '${word}' + count } } }`
    for (const isolation of ['event', 'script']) {
      const scripts = memoryStore({ 'a.ts': waits('old') })
      const policy = { ...PATIENT, defaults: { ...PATIENT.defaults, isolation, allow: { host: true } } }
      await using engine = await createEngine({ scripts, placement, watch: true, workers: 1, policy, bindings: [host] })
      const told = listen(engine)
      const running = emitOne(engine, 'say', true)
      await arrived.promise
      scripts.write('a.ts', waits('new'))
      await until(() => told.length > 0, 'the new version is loaded')
      assert.is((await emitOne(engine, 'say', false)).value, 'new1')
      gate.resolve()
      const old = await running
      expectStatus(old, 'ok')
      assert.is(old.value, 'old1')
      assert.is((await emitOne(engine, 'say', false)).value, isolation === 'event' ? 'new1' : 'new2')
    }
  })
}

test('an atomic save, a save in two parts and a burst of saves end in the last version', async () => {
  using directory = tempDirectory({ 'a.ts': says('v0') })
  await using engine = await watching(directory)
  const told = listen(engine)
  directory.write('.a.ts.tmp', says('atomic'))
  renameSync(join(directory.path, '.a.ts.tmp'), join(directory.path, 'a.ts'))
  await until(() => told.length > 0, 'an atomic save is seen')
  assert.equal(summary(told), ['script-loaded a'])
  assert.equal(await words(engine), ['a:atomic'])
  unlinkSync(join(directory.path, 'a.ts'))
  directory.write('a.ts', says('again'))
  await until(() => told.length > 1, 'a save by removing and writing is seen')
  assert.equal(summary(told), ['script-loaded a', 'script-loaded a'])
  for (let save = 1; save <= 30; save++) {
    directory.write('a.ts', save % 3 === 0 ? 'export default {' : says(`v${save}`))
    if (save % 5 === 0) await sleep(10)
  }
  directory.write('a.ts', says('last'))
  await until(async () => (await words(engine)).join() === 'a:last', 'the last version is in force')
  assert.is(engine.scripts()[0]?.error, undefined)
  await sleep(300) // and nothing comes after it
  assert.equal(await words(engine), ['a:last'])
  assert.ok(told.length < 20, 'a burst is no storm of reports')
})

test('a broken version is tried again when a file of it is repaired, whoever else uses that file', async () => {
  using directory = tempDirectory({
    'a.ts': says('a1'),
    'b.ts': `import { word } from './lib/word.ts'\nexport default { on: { say: () => word } }`,
    'lib/word.ts': `export const word: string = 'w1'`,
  })
  await using engine = await watching(directory)
  const told = listen(engine)
  directory.write('lib/word.ts', `export const word: string = (`)
  await until(() => summary(told).includes('script-failed b'), 'b fails')
  assert.is(told.at(-1)?.info.error?.location?.file, 'lib/word.ts')
  directory.write('a.ts', `import { word } from './lib/word.ts'\nexport default { on: { say: () => 'a2' + word } }`)
  await until(() => summary(told).includes('script-failed a'), 'a fails')
  assert.equal(await words(engine), ['a:a1', 'b:w1'])
  directory.write('lib/word.ts', `export const word: string = 'w2'`)
  await until(() => ['script-loaded a', 'script-loaded b'].every((line) => summary(told).includes(line)), 'both are repaired')
  assert.equal(await words(engine), ['a:a2w2', 'b:w2'])
  assert.ok(engine.scripts().every(({ error }) => error === undefined))
})

test('a file that was missing is found when it comes, and missed when it goes', async () => {
  using directory = tempDirectory({ 'a.ts': `import { word } from './lib/word.ts'\nexport default { on: { say: () => word } }` })
  await using engine = await watching(directory)
  const told = listen(engine)
  assert.is(engine.scripts()[0]?.status, 'failed')
  assert.is(engine.scripts()[0]?.error?.code, 'IMPORT_NOT_FOUND')
  assert.equal(await engine.emit('say', 1), { outcomes: [] })
  directory.write('lib/word.ts', `export const word = 'found'`)
  await until(() => summary(told).includes('script-loaded a'), 'the import is found')
  assert.equal(await words(engine), ['a:found'])
  rmSync(join(directory.path, 'lib'), { recursive: true })
  await until(() => summary(told).includes('script-failed a'), 'the import is missed')
  assert.equal(await words(engine), ['a:found'])
  directory.write('lib/word.ts', `export const word = 'back'`)
  await until(() => summary(told).filter((line) => line === 'script-loaded a').length === 2, 'the import is back')
  assert.equal(await words(engine), ['a:back'])
})

test('a script that fails from the start is announced once for each version, not whenever another is saved', async () => {
  using directory = tempDirectory({ 'bad.ts': 'export default (', 'good.ts': says('v1') })
  await using engine = await watching(directory)
  const told = listen(engine)
  for (const word of ['v2', 'v3', 'v4']) {
    told.length = 0
    directory.write('good.ts', says(word))
    await until(() => summary(told).includes('script-loaded good'), `${word} is loaded`)
    assert.equal(summary(told), ['script-loaded good'])
  }
  directory.write('bad.ts', 'export default ((')
  await until(() => summary(told).includes('script-failed bad'), 'another broken version is announced')
})

test('two files with one id are a problem, and what was in force stays', async () => {
  using directory = tempDirectory({ 'a.ts': says('ts') })
  await using engine = await watching(directory)
  const told = listen(engine)
  directory.write('a.js', says('js'))
  await until(() => told.some(({ what }) => what === 'problem'), 'the conflict is announced')
  assert.match(told[0]?.info.id ?? '', '"a.js" and "a.ts"')
  assert.equal(await words(engine), ['a:ts'])
  assert.is((await rejectionOf(engine.reload())).code, 'SCRIPT_ID_CONFLICT')
  assert.equal(await words(engine), ['a:ts'])
  unlinkSync(join(directory.path, 'a.ts'))
  await until(() => told.some(({ what }) => what === 'script-loaded'), 'the other one is loaded')
  assert.equal(await words(engine), ['a:js'])
})

test('reload finds every change without a watch, and tells of what did change', async () => {
  using directory = tempDirectory({ 'a.ts': says('a1'), 'b.ts': says('b1'), 'c.ts': says('c1') })
  await using engine = await createEngine({ scripts: directory.path, policy: PATIENT, workers: 1 })
  const told = listen(engine)
  await engine.reload()
  assert.equal(summary(told), [], 'nothing changed')
  directory.write('a.ts', says('a2'))
  directory.write('b.ts', 'export default (')
  rmSync(join(directory.path, 'c.ts'))
  directory.write('d.ts', says('d1'))
  await sleep(100)
  assert.equal(await words(engine), ['a:a1', 'b:b1', 'c:c1'], 'nobody watches')
  await Promise.all([engine.reload(), engine.reload(), engine.reload()])
  assert.equal(await words(engine), ['a:a2', 'b:b1', 'd:d1'])
  assert.equal([...new Set(summary(told))].sort(), ['script-failed b', 'script-loaded a', 'script-loaded d', 'script-removed c'])
  rmSync(directory.path, { recursive: true })
  assert.is((await rejectionOf(engine.reload())).code, 'SCRIPTS_DIRECTORY_MISSING')
  assert.equal(await words(engine), ['a:a2', 'b:b1', 'd:d1'], 'what was in force stays')
})

test('closing while scripts are loaded again tells of no failure, and reload settles', async () => {
  const files = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`s${index}.ts`, says(`v${index}`)]))
  const scripts = memoryStore(files)
  const engine = await createEngine({ scripts, policy: PATIENT, workers: 1, watch: true })
  const told = listen(engine)
  for (const path of Object.keys(files)) scripts.write(path, says('new'))
  const reloading = engine.reload().then(
    () => 'resolved',
    (error: { code?: string }) => error.code,
  )
  await sleep(5)
  await engine.close()
  const settled = await reloading
  assert.ok(settled === 'resolved' || settled === 'ENGINE_CLOSED', String(settled))
  assert.equal(
    summary(told).filter((line) => line.startsWith('script-failed')),
    [],
  )
})

test.run()
