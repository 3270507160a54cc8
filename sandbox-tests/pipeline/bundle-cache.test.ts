// Bundles kept on disk: used when nothing has changed, made again when anything has.
import { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Bundle } from '../../engine/model/bundle.ts'
import { DEFAULT_LIMITS } from '../../engine/model/limits.ts'
import { openBundleCache } from '../../engine/pipeline/bundle-cache.ts'
import { BundleSources } from '../../engine/pipeline/bundle-sources.ts'
import { isUnchanged, sha256 } from '../../engine/pipeline/bundle-trace.ts'
import { createBundler } from '../../engine/pipeline/bundler.ts'
import { diskStore } from '../../engine/source/disk-store.ts'
import { rejectionOf } from '../harness/rejection-of.ts'
import { type TempDirectory, tempDirectory } from '../harness/temp-directory.ts'
import { defaultExportOf, over } from './bundling.ts'

const GREET = { id: 'greet', path: 'greet.ts' }
const FILES = {
  'scripts/greet.ts': "import { word } from './lib/word.js'\nimport part from 'part'\nexport default word + part",
  'scripts/lib/word.ts': 'export const word = "hello "',
  'node_modules/part/package.json': '{ "main": "./main.js" }',
  'node_modules/part/main.js': 'module.exports = "world"',
}

function optionsOf(project: TempDirectory, packages: readonly string[] = ['part']) {
  return over({}, { store: diskStore(join(project.path, 'scripts')), packages })
}

/** Bundles with a bundler of its own, as another start of the host would. */
async function bundle(project: TempDirectory, packages?: readonly string[]): Promise<Bundle> {
  await using bundler = createBundler({ cacheDirectory: join(project.path, 'cache') })
  return await bundler.bundle(GREET, optionsOf(project, packages))
}

/** What the cache alone gives: no worker is near it. */
function kept(project: TempDirectory, packages?: readonly string[]): Promise<Bundle | undefined> {
  return openBundleCache(join(project.path, 'cache')).read(GREET, optionsOf(project, packages))
}

function entryFile(project: TempDirectory): string {
  const [name = '', ...others] = readdirSync(join(project.path, 'cache'))
  assert.equal(others, [])
  return join(project.path, 'cache', name)
}

test('a bundle is kept, and comes out the same', async () => {
  using project = tempDirectory(FILES)
  assert.is(await kept(project), undefined)
  const made = await bundle(project)
  assert.is(defaultExportOf(made), 'hello world')
  assert.equal(await kept(project), made)
  assert.equal(await bundle(project), made)
})

test('a package.json that changes while it is bundled counts as the transpiler read it', async () => {
  using project = tempDirectory(FILES)
  const sources = new BundleSources(GREET, optionsOf(project))
  await sources.findPackages()
  const answer = await sources.answer({ kind: 'load-package-file', path: join(project.path, 'node_modules/part/main.js') })
  assert.is(answer.kind, 'source')
  project.write('node_modules/part/package.json', '{ "main": "./other.js" }')
  const trace = await sources.trace()
  assert.is(trace.packageFiles['../node_modules/part/package.json'], sha256(FILES['node_modules/part/package.json']))
  assert.is(await isUnchanged(trace, optionsOf(project).store, 1_000_000), false)
})

test('whatever it was made of makes it again when it changes', async () => {
  const changes: readonly [string, (project: TempDirectory) => void, string][] = [
    ['the script', (project) => project.write('scripts/greet.ts', 'export default "other"'), 'other'],
    ['a file of lib', (project) => project.write('scripts/lib/word.ts', 'export const word = "bye "'), 'bye world'],
    ['a file of a package', (project) => project.write('node_modules/part/main.js', 'module.exports = "you"'), 'hello you'],
    ['a file that wins', (project) => project.write('scripts/lib/word.js', 'export const word = "won "'), 'won world'],
    ['a package that is nearer', (project) => project.write('scripts/node_modules/part/index.js', 'module.exports = "near"'), 'hello near'],
    [
      'the manifest of a package',
      (project) => {
        project.write('node_modules/part/other.js', 'module.exports = "moved"')
        project.write('node_modules/part/package.json', '{ "main": "./other.js" }')
      },
      'hello moved',
    ],
  ]
  for (const [what, change, expected] of changes) {
    using project = tempDirectory(FILES)
    await bundle(project)
    assert.ok(await kept(project), what)
    change(project)
    assert.is(await kept(project), undefined, what)
    assert.is(defaultExportOf(await bundle(project)), expected, what)
    assert.ok(await kept(project), what)
  }
})

test('a file or a package that has gone makes it again', async () => {
  for (const path of ['scripts/lib/word.ts', 'node_modules/part', 'scripts/greet.ts']) {
    using project = tempDirectory(FILES)
    await bundle(project)
    rmSync(join(project.path, path), { recursive: true })
    assert.is(await kept(project), undefined, path)
    await rejectionOf(bundle(project))
  }
})

test('other packages on the list, and tighter limits, are not answered from what is kept', async () => {
  using project = tempDirectory(FILES)
  await bundle(project)
  assert.is(await kept(project, []), undefined)
  assert.is((await rejectionOf(bundle(project, []))).code, 'IMPORT_PACKAGE_DENIED')
  const cache = openBundleCache(join(project.path, 'cache'))
  for (const limits of [
    { ...DEFAULT_LIMITS, sourceBytes: 64 },
    { ...DEFAULT_LIMITS, bundleBytes: 64 },
  ]) {
    assert.is(await cache.read(GREET, { ...optionsOf(project), limits }), undefined)
  }
})

test('an entry that was cut short, changed or replaced is ignored and written again', async () => {
  const damages: readonly ((text: string) => string)[] = [
    (text) => text.slice(0, -20),
    (text) => text.replace('hello ', 'hacked'),
    () => '',
    () => 'null',
    () => '74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b\nnull',
    (text) => `${text} `,
  ]
  using project = tempDirectory(FILES)
  await bundle(project)
  const file = entryFile(project)
  const whole = readFileSync(file, 'utf8')
  for (const damage of damages) {
    writeFileSync(file, damage(whole))
    assert.is(await kept(project), undefined)
    assert.is(defaultExportOf(await bundle(project)), 'hello world')
    assert.is(readFileSync(entryFile(project), 'utf8'), whole)
  }
})

test('failures are not kept, and stores in memory are not cached', async () => {
  using project = tempDirectory({ 'scripts/greet.ts': 'export default' })
  await rejectionOf(bundle(project))
  assert.not(existsSync(join(project.path, 'cache')))
  await using bundler = createBundler({ cacheDirectory: join(project.path, 'cache') })
  await bundler.bundle(GREET, over({ 'greet.ts': 'export default 1' }))
  assert.not(existsSync(join(project.path, 'cache')))
})

test('a cache that cannot be written costs nothing but time', async () => {
  using project = tempDirectory({ ...FILES, cache: 'a file where the directory should be' })
  assert.is(defaultExportOf(await bundle(project)), 'hello world')
})

test('the directory is bounded: the oldest goes, and only what is ours', async () => {
  using project = tempDirectory(FILES)
  const made = await bundle(project)
  const directory = join(project.path, 'cache')
  for (let i = 0; i < 5; i++) {
    const path = join(directory, i.toString(16).repeat(64))
    writeFileSync(path, 'x'.repeat(1_000))
    utimesSync(path, 1_000 + i, 1_000 + i)
  }
  writeFileSync(join(directory, 'notes.txt'), 'mine')
  const trace = { inputs: {}, sourceBytes: 0, absent: [], packages: {}, packageFiles: {}, locks: {} }
  await openBundleCache(directory, { entries: 4, bytes: 1_000_000 }).write(GREET, optionsOf(project), { bundle: made, trace })
  const names = readdirSync(directory).map((name) => name.slice(0, 5))
  assert.is(names.length, 5)
  for (const name of ['22222', '33333', '44444', 'notes']) assert.ok(names.includes(name), name)
})

test('several bundlers share one directory', async () => {
  using project = tempDirectory(FILES)
  const made = await Promise.all(Array.from({ length: 4 }, () => bundle(project)))
  assert.is(new Set(made.map(({ hash }) => hash)).size, 1)
  assert.ok(await kept(project))
  entryFile(project)
})

test.run()
