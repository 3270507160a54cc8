// npm packages in bundles: real ones and planted ones, allowed and refused.
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { EngineError } from '../../engine/errors/engine-error.ts'
import type { Bundle } from '../../engine/model/bundle.ts'
import { createBundler } from '../../engine/pipeline/bundler.ts'
import { diskStore } from '../../engine/source/disk-store.ts'
import { rejectionOf } from '../harness/rejection-of.ts'
import { type TempDirectory, tempDirectory } from '../harness/temp-directory.ts'
import { defaultExportOf, over } from './bundling.ts'

const bundler = createBundler()
test.after(() => bundler.close())

const GREET = { id: 'greet', path: 'greet.ts' }

function bundle(project: TempDirectory, ...packages: string[]): Promise<Bundle> {
  return bundler.bundle(GREET, over({}, { store: diskStore(join(project.path, 'scripts')), packages }))
}

function refusal(project: TempDirectory, ...packages: string[]): Promise<EngineError> {
  return rejectionOf(bundle(project, ...packages))
}

test('a large real package is bundled, and its files stay out of inputs and map', async () => {
  using project = tempDirectory({ 'scripts/greet.ts': "import { z } from 'zod'\nexport default z.string().safeParse(1).success" })
  mkdirSync(join(project.path, 'node_modules'))
  symlinkSync(join(import.meta.dirname, '../../node_modules/zod'), join(project.path, 'node_modules/zod'))
  const made = await bundle(project, 'zod')
  assert.is(defaultExportOf(made), false)
  assert.equal(made.inputs, ['greet.ts'])
  const map = JSON.parse(made.sourceMap) as { sources: (string | null)[]; sourcesContent: (string | null)[] }
  for (const [index, source] of map.sources.entries()) {
    assert.ok(source === null || source === 'greet.ts' || source.startsWith('node_modules/zod/'), String(source))
    assert.is(map.sourcesContent[index] !== null, source === 'greet.ts')
  }
  assert.not.match(made.sourceMap + made.code, project.path)
  assert.not.match(made.sourceMap + made.code, join(import.meta.dirname, '../..'))
})

test('what an allowed package depends on comes along, without being on the list', async () => {
  using project = tempDirectory({
    'scripts/greet.ts': "import { sum } from 'sums'\nimport part from 'sums/part'\nexport default [sum(1, 2), part]",
    'node_modules/sums/package.json': JSON.stringify({
      type: 'module',
      exports: { '.': './lib/main.js', './part': { import: './lib/part.mjs', node: './lib/node.js' } },
    }),
    'node_modules/sums/lib/main.js': "import plus, { named } from 'plus'\nexport const sum = (a, b) => plus.default(a, b) + named",
    'node_modules/sums/lib/part.mjs': "export { default } from '../data.json' with { type: 'json' }",
    'node_modules/sums/data.json': '"data"',
    'node_modules/plus/package.json': '{ "main": "./index.cjs" }',
    'node_modules/plus/index.cjs':
      "'use strict'; Object.defineProperty(exports, '__esModule', { value: true }); exports.default = (a, b) => a + b; exports.named = require('./more').ten",
    'node_modules/plus/more.js': 'exports.ten = 10; exports.env = process.env.NODE_ENV',
  })
  assert.equal(JSON.parse(JSON.stringify(defaultExportOf(await bundle(project, 'sums')))), [13, 'data'])
  assert.is((await refusal(project)).code, 'IMPORT_PACKAGE_DENIED')
})

test('the same packages make the same code wherever they lie', async () => {
  const files = {
    'scripts/greet.ts': "import a from 'common'\nimport './lib/b.js'\nexport default a",
    'scripts/lib/b.js': 'exports.b = 1',
    'node_modules/common/index.js': "module.exports = require('./other')",
    'node_modules/common/other.js': 'module.exports = __filename ?? 1',
  }
  using one = tempDirectory(files)
  using other = tempDirectory(Object.fromEntries(Object.entries(files).map(([path, text]) => [`deep/er/${path}`, text])))
  const directory = join(other.path, 'deep/er/scripts')
  const [a, b] = await Promise.all([
    bundle(one, 'common'),
    bundler.bundle(GREET, over({}, { store: diskStore(directory), packages: ['common'] })),
  ])
  assert.is(a.code, b.code)
  assert.is(a.sourceMap, b.sourceMap)
})

test('a package that wants Node is refused by name, with the place that wants it', async () => {
  for (const wanted of ['fs', 'node:fs', 'fs/promises']) {
    using project = tempDirectory({
      'scripts/greet.ts': "import 'wants-node'\nexport default 1",
      'node_modules/wants-node/index.js': `\nmodule.exports = require('${wanted}')`,
    })
    const error = await refusal(project, 'wants-node')
    assert.is(error.code, 'IMPORT_FORBIDDEN')
    assert.match(error.message, 'part of Node')
    assert.match(error.message, wanted)
    assert.equal([error.place?.file, error.place?.line, error.place?.column], ['node_modules/wants-node/index.js', 2, 26])
    assert.match(`${error.message}${error.place?.file}`, 'wants-node')
  }
})

test('what is wrong with a file of a package says which of the user’s files brings the package along', async () => {
  const files = {
    'node_modules/serves/index.js': "module.exports = require('reads')",
    'node_modules/reads/index.js': "module.exports = require('zlib')",
    'node_modules/fits/index.js': 'module.exports = 1',
    'scripts/lib/server.ts': "// A server.\nexport { default } from 'serves'",
  }
  const hintOf = async (script: string): Promise<string | undefined> => {
    using project = tempDirectory({ ...files, 'scripts/greet.ts': script })
    const error = await refusal(project, 'serves', 'reads', 'fits')
    assert.is(error.place?.file, 'node_modules/reads/index.js')
    return error.hint
  }
  assert.is(await hintOf("\nimport reads from 'reads'\nexport default reads"), 'greet.ts:2 imports "reads".')
  assert.is(
    await hintOf("import a from './lib/server.ts'\nexport default a"),
    '"reads" comes along with "serves", which lib/server.ts:2 imports.',
  )
  assert.match(
    (await hintOf("import a from 'serves'\nimport b from 'fits'\nexport default [a, b]")) ?? '',
    /^"reads" comes along with one of the packages that the script imports: "(serves|fits)" \(greet\.ts:[12]\), "(serves|fits)" \(greet\.ts:[12]\)\.$/,
  )
})

test('a package of the same name as a built-in module takes its place', async () => {
  using project = tempDirectory({
    'scripts/greet.ts': "import a from 'uses-events'\nexport default a",
    'node_modules/uses-events/index.js': "module.exports = require('events')",
    'node_modules/events/index.js': 'module.exports = "from npm"',
  })
  assert.is(defaultExportOf(await bundle(project, 'uses-events')), 'from npm')
})

test('a dependency that is not installed, and a part that a package has not, say so', async () => {
  using project = tempDirectory({
    'scripts/greet.ts': "import 'half'\nexport default 1",
    'node_modules/half/package.json': '{ "exports": { ".": "./index.js" } }',
    'node_modules/half/index.js': "import '@other/half/x.js'",
  })
  const missing = await refusal(project, 'half')
  assert.is(missing.code, 'IMPORT_PACKAGE_NOT_FOUND')
  assert.match(missing.message, 'npm install @other/half')
  assert.match(missing.message, '"half" needs it')
  project.write('scripts/greet.ts', "import 'half/inner.js'\nexport default 1")
  const inner = await refusal(project, 'half')
  assert.is(inner.code, 'IMPORT_NOT_FOUND')
  assert.equal([inner.place?.line, inner.place?.column], [1, 8])
})

test('an optional dependency that is not there fails only when it is wanted', async () => {
  using project = tempDirectory({
    'scripts/greet.ts': "import a from 'tries'\nexport default a",
    'node_modules/tries/index.js': "try { module.exports = require('not-installed') } catch { module.exports = 'without' }",
  })
  assert.is(defaultExportOf(await bundle(project, 'tries')), 'without')
})

test('no package leads out of node_modules: not by a path, a link, a URL or a name of its own project', async () => {
  using outside = tempDirectory({ 'secret.js': 'module.exports = "canary"', 'dir/index.js': 'module.exports = "canary"' })
  const attempts: readonly string[] = [
    '../../secret.js',
    join(outside.path, 'secret.js'),
    './linked.js',
    './linked-dir',
    `file://${outside.path}/secret.js`,
    'data:text/javascript,export default "canary"',
    '#self',
    'project/secret',
    'elsewhere',
  ]
  for (const specifier of attempts) {
    using project = tempDirectory({
      'package.json': JSON.stringify({ name: 'project', exports: { './secret': './secret.js' }, imports: { '#self': './secret.js' } }),
      'secret.js': 'module.exports = "canary"',
      'scripts/greet.ts': "import a from 'sly'\nexport default a",
      'node_modules/sly/index.js': `module.exports = require(${JSON.stringify(specifier)})`,
      'node_modules/sly/package.json': JSON.stringify({ imports: { '#self': '../../secret.js' } }),
    })
    symlinkSync(join(outside.path, 'secret.js'), join(project.path, 'node_modules/sly/linked.js'))
    symlinkSync(join(outside.path, 'dir'), join(project.path, 'node_modules/sly/linked-dir'))
    symlinkSync(join(outside.path, 'dir'), join(project.path, 'node_modules/elsewhere'))
    const error = await refusal(project, 'sly')
    assert.match(error.code, /^IMPORT_/, specifier)
    assert.not.match(
      JSON.stringify([error.message, error.place?.file]).replace(JSON.stringify(specifier).slice(1, -1), ''),
      outside.path,
      specifier,
    )
  }
})

test('a planted name of a package does not bring in a file of the scripts directory', async () => {
  using project = tempDirectory({
    'scripts/greet.ts': "import a from 'half'\nexport default a",
    'scripts/package.json': JSON.stringify({ name: 'half', exports: './evil.ts' }),
    'scripts/evil.ts': 'export default "evil"',
    'node_modules/half/index.js': 'module.exports = "half"',
  })
  const result = await bundle(project, 'half').then(defaultExportOf, ({ code }: EngineError) => code)
  assert.ok(result === 'half' || result === 'IMPORT_FORBIDDEN', String(result))
})

test('what is neither JavaScript, TypeScript nor JSON cannot come from a package', async () => {
  for (const file of ['a.node', 'a.wasm', 'a.css', 'a.txt', 'LICENSE']) {
    using project = tempDirectory({
      'scripts/greet.ts': `import 'odd/${file}'\nexport default 1`,
      [`node_modules/odd/${file}`]: 'text',
    })
    const error = await refusal(project, 'odd')
    assert.is(error.code, 'IMPORT_FORBIDDEN', file)
    assert.match(error.message, `node_modules/odd/${file}`)
  }
})

test('a syntax error in a package has the place in the package', async () => {
  using project = tempDirectory({ 'scripts/greet.ts': "import 'broken'\nexport default 1", 'node_modules/broken/index.js': '\n let 1' })
  const error = await refusal(project, 'broken')
  assert.equal(
    [error.code, error.place?.file, error.place?.line, error.place?.column],
    ['SYNTAX_ERROR', 'node_modules/broken/index.js', 2, 6],
  )
  assert.match(error.place?.frame ?? '', 'let 1')
})

test('files of packages do not count as source', async () => {
  using project = tempDirectory({
    'scripts/greet.ts': "import a from 'big'\nexport default a.length",
    'node_modules/big/index.js': `module.exports = "${'x'.repeat(10_000)}"`,
  })
  const options = over(
    {},
    { store: diskStore(join(project.path, 'scripts')), packages: ['big'], limits: { sourceBytes: 1_000, bundleBytes: 20_000 } },
  )
  assert.is(defaultExportOf(await bundler.bundle(GREET, options)), 10_000)
})

test.run()
