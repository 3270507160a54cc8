// Where a host module is found, and above all where it is not: Node itself runs it, so nothing that lies in the scripts directory may be one, whichever way that is reached.
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { findHostModule } from '../../cli/host-module.ts'
import { UsageError } from '../../cli/usage-error.ts'
import { type TempDirectory, tempDirectory } from '../harness/temp-directory.ts'

const MODULE = 'export const events = {}'
const home = process.cwd()

/** What is found when the command is given there. */
function foundFrom(cwd: string, directory: string): string | undefined {
  process.chdir(cwd)
  try {
    return findHostModule({ directory })
  } finally {
    process.chdir(home)
  }
}

/** An application whose scripts directory is a link to where the users' files are. */
function linked(files: { readonly [path: string]: string }): TempDirectory {
  const directory = tempDirectory(files)
  mkdirSync(join(directory.path, 'app'), { recursive: true })
  mkdirSync(join(directory.path, 'data'), { recursive: true })
  symlinkSync(join(directory.path, 'data'), join(directory.path, 'app', 'scripts'))
  return directory
}

test('it is found beside the scripts directory, or where package.json says', () => {
  using directory = tempDirectory({ 'vivarium.config.ts': MODULE, 'scripts/a.ts': '' })
  assert.is(foundFrom(directory.path, 'scripts'), join(directory.path, 'vivarium.config.ts'))
  using named = tempDirectory({ 'package.json': '{ "vivarium": { "host": "src/host.ts" } }', 'src/host.ts': MODULE, 'scripts/a.ts': '' })
  assert.is(foundFrom(named.path, 'scripts'), join(named.path, 'src', 'host.ts'))
  assert.is(foundFrom(join(named.path, 'scripts'), '.'), join(named.path, 'src', 'host.ts'))
})

test('none is taken from the scripts directory, nor where a link leads there', () => {
  using directory = linked({ 'data/vivarium.config.ts': MODULE, 'data/below/vivarium.config.ts': MODULE, 'data/package.json': '{}' })
  const { path } = directory
  for (const scripts of [join(path, 'app', 'scripts'), join(path, 'data'), '.', join(path, 'data', 'missing', '..')])
    assert.is(foundFrom(join(path, 'data'), scripts), undefined, scripts)
  assert.is(foundFrom(join(path, 'app', 'scripts', 'below'), join(path, 'app', 'scripts')), undefined)
})

test('one that is a link into the scripts directory is refused, unless --host names it', () => {
  using directory = linked({ 'data/own.ts': MODULE, 'app/package.json': '{}' })
  const app = join(directory.path, 'app')
  symlinkSync(join(directory.path, 'data', 'own.ts'), join(app, 'vivarium.config.ts'))
  assert.throws(
    () => foundFrom(app, 'scripts'),
    (error: unknown) =>
      error instanceof UsageError && /lies in the scripts directory/.test(error.message) && /--host/.test(error.hint ?? ''),
  )
  const host = join(app, 'vivarium.config.ts')
  assert.is(findHostModule({ directory: join(app, 'scripts'), host }), host)
  directory.write('app/package.json', '{ "vivarium": { "host": "scripts/own.ts" } }')
  assert.throws(() => foundFrom(app, 'scripts'), /lies in the scripts directory/)
})

test.run()
