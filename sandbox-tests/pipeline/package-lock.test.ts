// Versions are pinned by npm's lock file: what else lies in node_modules is not bundled, and what nothing pins is said.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createEngine } from '../../engine/index.ts'
import { createBundler } from '../../engine/pipeline/bundler.ts'
import { diskStore } from '../../engine/source/disk-store.ts'
import { PATIENT } from '../harness/engines.ts'
import { rejectionOf } from '../harness/rejection-of.ts'
import { type TempDirectory, tempDirectory } from '../harness/temp-directory.ts'
import { over } from './bundling.ts'

const GREET = { id: 'greet', path: 'greet.ts' }
const FILES = {
  'scripts/greet.ts': "import { sum } from 'sums'\nexport default { on: { go: () => sum(1, 2) } }",
  'node_modules/sums/package.json': '{ "version": "1.2.3", "main": "index.js" }',
  'node_modules/sums/index.js': "exports.sum = require('plus')",
  'node_modules/plus/package.json': '{ "version": "4.5.6" }',
  'node_modules/plus/index.js': 'module.exports = (a, b) => a + b',
}

const bundler = createBundler()
test.after(() => bundler.close())

function bundle(project: TempDirectory) {
  return bundler.bundle(GREET, over({}, { store: diskStore(join(project.path, 'scripts')), packages: ['sums'] }))
}

function lock(versions: { readonly [name: string]: string }): string {
  const packages = Object.fromEntries(Object.entries(versions).map(([name, version]) => [`node_modules/${name}`, { version }]))
  return JSON.stringify({ lockfileVersion: 3, packages: { '': {}, ...packages } })
}

test('installed as locked: bundled, and pinned', async () => {
  using project = tempDirectory({ ...FILES, 'package-lock.json': lock({ sums: '1.2.3', plus: '4.5.6' }) })
  assert.equal((await bundle(project)).unpinned, [])
})

test('another version than the locked one is refused at the import, with the command that helps', async () => {
  using project = tempDirectory({ ...FILES, 'package-lock.json': lock({ sums: '1.2.4', plus: '4.5.6' }) })
  const error = await rejectionOf(bundle(project))
  assert.is(error.code, 'IMPORT_PACKAGE_UNPINNED')
  assert.match(error.message, /"sums".*1\.2\.3 is installed, but package-lock\.json has 1\.2\.4.*npm ci/)
  assert.equal([error.place?.file, error.place?.line], ['greet.ts', 1])
  assert.not.match(error.message, project.path)
})

test('what a package depends on is held against the lock file, too', async () => {
  using project = tempDirectory({ ...FILES, 'package-lock.json': lock({ sums: '1.2.3', plus: '4.5.7' }) })
  const error = await rejectionOf(bundle(project))
  assert.is(error.code, 'IMPORT_PACKAGE_UNPINNED')
  assert.match(error.message, /"plus".*4\.5\.6 is installed/)
})

test('a package that the lock file does not know is refused', async () => {
  using project = tempDirectory({ ...FILES, 'package-lock.json': lock({ sums: '1.2.3' }) })
  assert.match((await rejectionOf(bundle(project))).message, /"plus".*does not have it/)
})

test('a lock file that cannot be read as one pins nothing', async () => {
  using project = tempDirectory({ ...FILES, 'package-lock.json': '{ "packages": ' })
  assert.is((await rejectionOf(bundle(project))).code, 'IMPORT_PACKAGE_UNPINNED')
})

test('without a lock file the script runs, and is listed with a warning', async () => {
  using project = tempDirectory(FILES)
  await using engine = await createEngine({
    scripts: join(project.path, 'scripts'),
    policy: { version: 1, defaults: { ...PATIENT.defaults, packages: ['sums'] } },
    workers: 1,
  })
  assert.match(engine.scripts()[0]?.warnings.join() ?? '', /No package-lock\.json pins "plus", "sums"/)
  const { outcomes } = await engine.emit('go', null)
  assert.is(outcomes[0]?.value, 3)
})

test('a kept bundle is not used once the lock file has changed', async () => {
  using project = tempDirectory({ ...FILES, 'package-lock.json': lock({ sums: '1.2.3', plus: '4.5.6' }) })
  await using cached = createBundler({ cacheDirectory: join(project.path, 'kept') })
  const options = over({}, { store: diskStore(join(project.path, 'scripts')), packages: ['sums'] })
  await cached.bundle(GREET, options)
  writeFileSync(join(project.path, 'package-lock.json'), lock({ sums: '9.9.9', plus: '4.5.6' }))
  assert.is((await rejectionOf(cached.bundle(GREET, options))).code, 'IMPORT_PACKAGE_UNPINNED')
})

test.run()
