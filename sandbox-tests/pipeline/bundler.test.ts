// Bundling scripts: what comes out, and what is refused with which words and which place.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { DEFAULT_LIMITS } from '../../engine/model/limits.ts'
import { createBundler } from '../../engine/pipeline/bundler.ts'
import { rejectionOf } from '../harness/rejection-of.ts'
import { bundleText, defaultExportOf, over } from './bundling.ts'

const bundler = createBundler()
test.after(() => bundler.close())

/** `CODE file:line:column message` of a script that cannot be bundled. */
async function failure(text: string, files: { readonly [path: string]: string } = {}): Promise<string> {
  const { code, place, message } = await rejectionOf(bundleText(bundler, text, files))
  return `${code} ${place?.file}:${place?.line}:${place?.column} ${message}`
}

test('TypeScript becomes an expression that passes the default export on', async () => {
  const bundle = await bundleText(bundler, 'interface A { n: number }\nexport default (a: A): number => a.n + 1')
  const script = defaultExportOf(bundle) as (a: { n: number }) => number
  assert.is(script({ n: 1 }), 2)
  assert.is(bundle.script, 'greet')
  assert.match(bundle.hash, /^[\da-f]{64}$/)
  assert.equal(bundle.inputs, ['greet.ts'])
})

test('imports from lib, data and vivarium/script are part of the bundle', async () => {
  const bundle = await bundleText(
    bundler,
    `import { defineScript } from 'vivarium/script'
     import { twice } from './lib/twice.js'
     import data from './data.json' with { type: 'json' }
     export default defineScript({ name: String(twice(data.n)) })`,
    { 'lib/twice.ts': 'export const twice = (n: number) => 2 * n', 'data.json': '{ "n": 21, "__proto__": { "polluted": true } }' },
  )
  assert.is((defaultExportOf(bundle) as { name: string }).name, '42')
  assert.equal(bundle.inputs, ['data.json', 'greet.ts', 'lib/twice.ts'])
})

test('JavaScript works, as a module and with module.exports', async () => {
  const ofModule = await bundler.bundle({ id: 'a', path: 'a.js' }, over({ 'a.js': 'export default { name: "module" }' }))
  const ofCommon = await bundler.bundle({ id: 'a', path: 'a.js' }, over({ 'a.js': 'module.exports = { name: "common" }' }))
  assert.is((defaultExportOf(ofModule) as { name: string }).name, 'module')
  assert.is((defaultExportOf(ofCommon) as { name: string }).name, 'common')
})

test('a dynamic import of a plain string is bundled', async () => {
  const bundle = await bundleText(bundler, "export default async () => (await import('./lib/a.ts')).default", {
    'lib/a.ts': 'export default 7',
  })
  assert.is(await (defaultExportOf(bundle) as () => Promise<number>)(), 7)
})

test('a folder script is bundled with its own files', async () => {
  const files = { 'shop/index.ts': "export { default } from './deep/part'", 'shop/deep/part.ts': 'export default 3' }
  assert.is(defaultExportOf(await bundler.bundle({ id: 'shop', path: 'shop/index.ts' }, over(files))), 3)
})

test('a script without a default export says so', async () => {
  for (const text of ['export const a = 1', 'const a = 1', '', '// nothing', 'export default interface A {}']) {
    assert.match(await failure(text), /^MANIFEST_MISSING greet\.ts:1:1 /, text)
  }
})

test('a syntax error has its place in characters, and a code frame', async () => {
  const error = await rejectionOf(bundleText(bundler, 'const a = 1\r\nconst größe = "💥", b = = 1'))
  assert.is(error.code, 'SYNTAX_ERROR')
  assert.equal([error.place?.file, error.place?.line, error.place?.column], ['greet.ts', 2, 25])
  assert.match(error.place?.frame ?? '', /^> 2 \| const größe = "💥", b = = 1\n +\| {25}\^$/m)
})

test('a syntax error in another file names that file', async () => {
  assert.match(await failure("import './lib/a.ts'; export default 1", { 'lib/a.ts': '\n  let 1' }), /^SYNTAX_ERROR lib\/a\.ts:2:7 /)
  assert.match(await failure("import d from './d.json'; export default d", { 'd.json': '{ "a": }' }), /^SYNTAX_ERROR d\.json:1:8 /)
})

test('a name that a module does not export is an error with its place', async () => {
  const message = await failure("import { b } from './lib/a.ts'; export default b()", { 'lib/a.mjs': '', 'lib/a.ts': 'export const a = 1' })
  assert.is(message, 'SYNTAX_ERROR greet.ts:1:10 No matching export in "lib/a.ts" for import "b"')
})

test('the top level cannot await', async () => {
  assert.match(
    await failure('const a = await f()\nexport default a'),
    /^SYNTAX_ERROR greet\.ts:1:11 The top level of a script cannot await/,
  )
})

test('imports that lead elsewhere are refused with file, line and column', async () => {
  const forbidden = [
    'node:fs',
    'fs',
    '/etc/passwd',
    '../outside',
    'data:text/javascript,export default 1',
    'https://example.com/a.js',
    './a%2fb',
    './.env.json',
  ]
  for (const specifier of forbidden) {
    const error = await rejectionOf(bundleText(bundler, `\n import a from ${JSON.stringify(specifier)}\nexport default a`))
    assert.is(error.code, 'IMPORT_FORBIDDEN', specifier)
    assert.equal([error.place?.file, error.place?.line, error.place?.column], ['greet.ts', 2, 16], specifier)
    assert.match(error.place?.frame ?? '', 'import a from')
  }
})

test('an import that is not used is refused like any other; one that says that it is of types may lead anywhere', async () => {
  for (const [text, code] of [
    ["import fs from 'node:fs'", 'IMPORT_FORBIDDEN'],
    ["import { Stats } from 'node:fs'", 'IMPORT_FORBIDDEN'],
    ["import fs = require('node:fs')", 'IMPORT_FORBIDDEN'],
    ["import * as pad from 'left-pad'", 'IMPORT_PACKAGE_DENIED'],
    ["import { gone } from './lib/gone.ts'", 'IMPORT_NOT_FOUND'],
  ] as const) {
    const error = await rejectionOf(bundleText(bundler, `${text}\nexport default () => 1`))
    assert.is(error.code, code, text)
    assert.equal([error.place?.file, error.place?.line], ['greet.ts', 1], text)
    if (code !== 'IMPORT_FORBIDDEN') assert.match(error.hint ?? '', 'import type', text)
  }
  const files = { 'lib/shapes.ts': 'export interface Shape { n: number }\nexport default interface Other { m: number }' }
  for (const text of [
    "import type { Stats } from 'node:fs'",
    "import type { Event } from 'left-pad'",
    "import type fs = require('node:fs')",
    "import Other, { Shape } from './lib/shapes.ts'",
    "export { Shape } from './lib/shapes.ts'",
  ])
    assert.type(defaultExportOf(await bundleText(bundler, `${text}\nexport default () => 1`, files)), 'function', text)
})

test('re-exports, side-effect imports and dynamic imports are imports too', async () => {
  for (const text of [
    "export * from 'node:fs'",
    "import 'node:fs'",
    "export default () => import('node:fs')",
    'export default () => import(`node:fs`)',
  ]) {
    assert.match(await failure(`${text}\nexport default 1`.replace(/^(.*default.*)\n.*$/s, '$1')), /^IMPORT_FORBIDDEN greet\.ts:1:/, text)
  }
})

test('what only exists when it runs is refused: require, import of a variable, import.meta', async () => {
  const cases: readonly [string, string][] = [
    ["export default require('./lib/a')", 'require()'],
    ['export default (name) => require(name)', 'require()'],
    ['export default (name) => import(name)', 'plain string'],
    ['export default import.meta.url', 'import.meta'],
  ]
  for (const [text, reason] of cases) {
    const message = await failure(text, { 'lib/a.ts': 'export default 1' })
    assert.match(message, /^IMPORT_FORBIDDEN greet\.ts:1:\d+ /, text)
    assert.match(message, reason, text)
  }
})

test('asking whether there is a require is no call of it: files for many module systems work', async () => {
  const anyway =
    "(function (root, make) { typeof require === 'function' && typeof exports === 'object' ? module.exports = make() : root.x = make() })(this, () => 5)"
  assert.is(defaultExportOf(await bundleText(bundler, "import x from './lib/anyway.js'; export default x", { 'lib/anyway.js': anyway })), 5)
})

test('import attributes other than json are refused', async () => {
  for (const type of ['text', 'bytes', 'css', 'file']) {
    assert.match(
      await failure(`import a from './d.json' with { type: '${type}' }; export default a`, { 'd.json': '{}' }),
      /^IMPORT_FORBIDDEN greet\.ts:1:15/,
    )
  }
})

test('a file that is not there says where it was looked for', async () => {
  const message = await failure("import a from './lib/a'; export default a")
  assert.is(
    message,
    'IMPORT_NOT_FOUND greet.ts:1:15 Import of "./lib/a" not found. Looked for "lib/a.ts", "lib/a.js", "lib/a/index.ts", "lib/a/index.js".',
  )
})

test('another script, and what belongs to one, cannot be imported', async () => {
  const files = { 'other.ts': 'export default 1', 'shop/index.ts': 'export default 1', 'shop/data.json': '1', 'plain/data.json': '2' }
  for (const specifier of ['./other', './other.js', './shop', './shop/data.json']) {
    assert.match(
      await failure(`import a from '${specifier}'; export default a`, files),
      /^IMPORT_FORBIDDEN greet\.ts:1:15 .*another script/,
      specifier,
    )
  }
  assert.is(defaultExportOf(await bundleText(bundler, "import a from './plain/data.json'; export default a", files)), 2)
})

test('a package that policy does not list is denied, and one that is not installed says so', async () => {
  assert.match(await failure("import a from 'left-pad'; export default a"), /^IMPORT_PACKAGE_DENIED greet\.ts:1:15 .*"left-pad".*"greet"/)
  const options = over({ 'greet.ts': "import a from 'left-pad'; export default a" }, { packages: ['left-pad'] })
  const error = await rejectionOf(bundler.bundle({ id: 'greet', path: 'greet.ts' }, options))
  assert.is(error.code, 'IMPORT_PACKAGE_NOT_FOUND')
  assert.match(error.message, 'npm install left-pad')
})

test('source and bundle have their limits', async () => {
  const limits = { ...DEFAULT_LIMITS, sourceBytes: 100, bundleBytes: 200 }
  const bundle = (files: { readonly [path: string]: string }) => bundler.bundle({ id: 'greet', path: 'greet.ts' }, over(files, { limits }))
  const large = await rejectionOf(bundle({ 'greet.ts': `export default "${'x'.repeat(100)}"` }))
  assert.is(large.code, 'SOURCE_TOO_LARGE')
  const together = await rejectionOf(bundle({ 'greet.ts': "import './lib/a'; export default 1", 'lib/a.ts': `f("${'x'.repeat(80)}")` }))
  assert.is(together.code, 'SOURCE_TOO_LARGE')
  assert.is(together.place?.file, 'greet.ts')
  const grown = await rejectionOf(bundle({ 'greet.ts': 'export default class { @a b; @a c; @a d }' }))
  assert.is(grown.code, 'BUNDLE_TOO_LARGE')
  assert.match(grown.message, 'the limit "bundle" allows 200')
})

test('a script that has gone says so', async () => {
  const error = await rejectionOf(bundler.bundle({ id: 'greet', path: 'greet.ts' }, over({})))
  assert.is(error.message, '"greet.ts" cannot be read: there is no such file')
})

test('a cancelled bundling throws the reason of the signal', async () => {
  const cancelled = async (abort: (controller: AbortController) => void): Promise<unknown> => {
    const controller = new AbortController()
    const bundling = bundler.bundle(
      { id: 'greet', path: 'greet.ts' },
      over({ 'greet.ts': `export default ${'a=>'.repeat(1_500)}1` }, { signal: controller.signal }),
    )
    abort(controller)
    return bundling.catch((error: unknown) => error)
  }
  assert.is(await cancelled((controller) => controller.abort('no more')), 'no more')
  assert.is(await cancelled((controller) => setTimeout(() => controller.abort('later'), 200)), 'later')
})

test('the code is the same whatever the order of packages and whichever the worker', async () => {
  const text = "import a from './lib/a'; export default [a, async function* f() { for await (const x of y) { using z = x } }]"
  const files = { 'greet.ts': text, 'lib/a.ts': 'enum A { b } export default A' }
  const bundles = await Promise.all(
    [['x', 'y'], ['y', 'x'], []].map((packages) => bundler.bundle({ id: 'greet', path: 'greet.ts' }, over(files, { packages }))),
  )
  assert.is(new Set(bundles.map(({ hash }) => hash)).size, 1)
  assert.is(new Set(bundles.map(({ sourceMap }) => sourceMap)).size, 1)
})

test('the source map names the files as the user knows them', async () => {
  const bundle = await bundleText(bundler, "import { defineScript } from 'vivarium/script'\nexport default defineScript({})")
  const map = JSON.parse(bundle.sourceMap)
  assert.equal(map.sources, [null, 'greet.ts', null])
  assert.equal(map.sourcesContent[1], "import { defineScript } from 'vivarium/script'\nexport default defineScript({})")
})

test('odd file names come through', async () => {
  const path = "grüße & co/it's #1 100%.ts"
  const bundle = await bundler.bundle({ id: path.slice(0, -3), path }, over({ [path]: 'export default 1' }))
  assert.equal(JSON.parse(bundle.sourceMap).sources, [path, null])
  assert.is(defaultExportOf(bundle), 1)
})

test.run()
