// What an import of a file that there is not may have meant: only what the script may import, and nothing of the host.
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createBundler } from '../../engine/pipeline/bundler.ts'
import { suggestFile } from '../../engine/pipeline/near-files.ts'
import { diskStore } from '../../engine/source/disk-store.ts'
import { rejectionOf } from '../harness/rejection-of.ts'
import { tempDirectory } from '../harness/temp-directory.ts'
import { over } from './bundling.ts'

const FILES = {
  'scripts/greet.ts': "import { thing } from './lib/thng.ts'\nexport default () => thing",
  'scripts/great.ts': 'export default () => 1',
  'scripts/data.json': '{}',
  'scripts/orders/index.ts': 'export default () => 1',
  'scripts/orders/rules.ts': 'export const rules = 1',
  'scripts/lib/thing.ts': 'export const thing = 1',
  'scripts/lib/notes.txt': '',
  'outside/secrets.ts': '',
}

test('the nearest file that the script may import is suggested', async () => {
  using project = tempDirectory(FILES)
  const root = join(project.path, 'scripts')
  symlinkSync(join(project.path, 'outside'), join(root, 'lib/linked'))
  const suggested = (path: string, specifier: string, directory: string | undefined = root): Promise<string> =>
    suggestFile(directory, {
      entry: { id: path.replace(/(?:\/index)?\.ts$/, ''), path },
      packages: [],
      specifier,
      importer: path,
      kind: 'import-statement',
      attributes: {},
    })
  for (const [importer, specifier, expected] of [
    ['greet.ts', './lib/thng.ts', ' Did you mean "thing.ts"?'],
    ['greet.ts', './lib/thng', ' Did you mean "thing"?'],
    ['greet.ts', './dta.json', ' Did you mean "data.json"?'],
    ['greet.ts', './lib/note.txt', ''],
    ['greet.ts', './lib/linked/secret.ts', ''],
    ['greet.ts', './lib/nowhere/thing.ts', ''],
    ['greet.ts', './graet.ts', ''],
    ['orders/index.ts', './ruls.ts', ' Did you mean "rules.ts"?'],
    ['orders/index.ts', '../lib/thng.ts', ' Did you mean "thing.ts"?'],
    ['orders/index.ts', '../../outside/secret.ts', ''],
  ] as const)
    assert.is(await suggested(importer, specifier), expected, `${importer} ${specifier}`)
})

test('the error of the import says it', async () => {
  using project = tempDirectory(FILES)
  const bundler = createBundler()
  const store = diskStore(join(project.path, 'scripts'))
  const error = await rejectionOf(bundler.bundle({ id: 'greet', path: 'greet.ts' }, over({}, { store })))
  await bundler.close()
  assert.match(
    error.message,
    /^greet\.ts.* Looked for "lib\/thng\.ts", .*\. Did you mean "thing\.ts"\?|^Import of .* Did you mean "thing\.ts"\?/,
  )
  assert.is(error.code, 'IMPORT_NOT_FOUND')
})

test.run()
