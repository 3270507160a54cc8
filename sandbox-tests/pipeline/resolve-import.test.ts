// What scripts may import, decided from text alone.
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type ImportDecision, type ImportRequest, resolveImport } from '../../engine/pipeline/resolve-import.ts'

const SINGLE = { id: 'greet', path: 'greet.ts' }
const NESTED = { id: 'reports/weekly', path: 'reports/weekly.ts' }
const FOLDER = { id: 'shop', path: 'shop/index.ts' }

function decide(specifier: string, request: Partial<ImportRequest> = {}): ImportDecision {
  const entry = request.entry ?? SINGLE
  return resolveImport({
    entry,
    packages: ['zod', '@acme/tools'],
    specifier,
    importer: entry.path,
    kind: 'import-statement',
    attributes: {},
    ...request,
  })
}

function refusal(specifier: string, request: Partial<ImportRequest> = {}): string {
  const decision = decide(specifier, request)
  return decision.kind === 'refused' && decision.code === 'IMPORT_FORBIDDEN' ? decision.why : JSON.stringify(decision)
}

function candidates(specifier: string, request: Partial<ImportRequest> = {}): readonly string[] | string {
  const decision = decide(specifier, request)
  return decision.kind === 'file' ? decision.candidates : refusal(specifier, request)
}

test('vivarium/script is virtual, and vivarium itself points to it', () => {
  assert.equal(decide('vivarium/script'), { kind: 'virtual', module: 'script' })
  assert.match(refusal('vivarium'), 'vivarium/script')
})

test('vivarium/test is for tests alone', () => {
  assert.equal(decide('vivarium/test', { entry: { id: 'hello.test', path: 'hello.test.ts' } }), { kind: 'virtual', module: 'test' })
  assert.match(refusal('vivarium/test'), '*.test.ts')
})

test('lib is shared by all scripts', () => {
  for (const [entry, specifier] of [
    [SINGLE, './lib/a'],
    [NESTED, '../lib/a'],
    [FOLDER, '../lib/a'],
  ] as const) {
    assert.equal(candidates(specifier, { entry }), ['lib/a.ts', 'lib/a.js', 'lib/a/index.ts', 'lib/a/index.js'])
  }
  assert.equal(candidates('./b', { importer: 'lib/a.ts', entry: FOLDER })[0], 'lib/b.ts')
})

test('a folder script reaches its folder and below, and nothing else', () => {
  assert.equal(candidates('./part', { entry: FOLDER })[0], 'shop/part.ts')
  assert.equal(candidates('./deep/part.js', { entry: FOLDER }), [
    'shop/deep/part.js',
    'shop/deep/part.ts',
    'shop/deep/part.js.ts',
    'shop/deep/part.js.js',
    'shop/deep/part.js/index.ts',
    'shop/deep/part.js/index.js',
  ])
  assert.equal(candidates('..', { entry: FOLDER, importer: 'shop/deep/part.ts' }), ['shop/index.ts', 'shop/index.js'])
  for (const specifier of ['../greet', '../shop2/a', '..', '../reports/data.json']) {
    assert.match(refusal(specifier, { entry: FOLDER }), '"shop" may import from its own directory "shop/"', specifier)
  }
})

test('a single-file script reaches data beside it, and no other script', () => {
  assert.equal(candidates('./data.json')[0], 'data.json')
  assert.equal(candidates('./words.mts')[0], 'words.mts')
  for (const specifier of ['./other', './other.ts', './reports/weekly', './reports']) assert.match(refusal(specifier), 'another script')
  assert.match(refusal('../greet', { entry: NESTED }), 'its own directory "reports/"')
})

test('what lies in a folder may turn out to be a folder script of its own', () => {
  const decision = decide('./shop/deep/data.json')
  assert.equal(decision.kind === 'file' && decision.owners, ['shop/index.ts', 'shop/index.js', 'shop/deep/index.ts', 'shop/deep/index.js'])
})

test('a test file reaches the scripts beside it', () => {
  const entry = { id: 'greet.test', path: 'greet.test.ts' }
  assert.equal(candidates('./greet.ts', { entry })[0], 'greet.ts')
})

test('packages on the list are allowed, with what is inside them', () => {
  assert.equal(decide('zod'), { kind: 'package', name: 'zod' })
  assert.equal(decide('zod/v4/mini'), { kind: 'package', name: 'zod' })
  assert.equal(decide('@acme/tools/x'), { kind: 'package', name: '@acme/tools' })
  assert.equal(decide('zodiac'), { kind: 'refused', code: 'IMPORT_PACKAGE_DENIED', name: 'zodiac' })
  assert.equal(decide('@acme/other'), { kind: 'refused', code: 'IMPORT_PACKAGE_DENIED', name: '@acme/other' })
})

test('built-in modules of Node are refused by either name, unless a package of that name is on the list', () => {
  for (const specifier of ['fs', 'node:fs', 'node:test', 'fs/promises', 'process'])
    assert.match(refusal(specifier), 'part of Node', specifier)
  assert.equal(decide('events', { packages: ['events'] }), { kind: 'package', name: 'events' })
  assert.match(refusal('node:events', { packages: ['events'] }), 'part of Node')
})

test('every other form is refused with its reason', () => {
  const reasons: readonly [string, RegExp][] = [
    ['/etc/passwd', /absolute/],
    ['//host/x.js', /URL/],
    ['file:///etc/passwd', /URL/],
    ['https://example.com/x.js', /URL/],
    ['data:text/javascript,export%20default%201', /URL/],
    ['C:/x.ts', /neither/],
    ['C:\\x.ts', /plain characters/],
    ['./a\\b.ts', /plain characters/],
    ['./%2e%2e/x.ts', /plain characters/],
    ['./a\0.ts', /plain characters/],
    ['./a\u202Eb.ts', /plain characters/],
    ['./\uFF0E\uFF0E\uFF0Fx.ts', /plain characters/],
    ['./a\uD800.ts', /plain characters/],
    ['./a.ts?raw', /plain characters/],
    ['#internal', /plain characters/],
    ['', /neither/],
    ['.../x', /neither/],
    ['../x', /leads out/],
    ['./lib/../../x', /leads out/],
    ['./node_modules/zod/index.js', /by its name/],
    ['./.env.json', /dot/],
    ['./lib/.hidden/x', /dot/],
  ]
  for (const [specifier, reason] of reasons) assert.match(refusal(specifier), reason, specifier)
})

test('require and unknown import attributes are refused', () => {
  assert.match(refusal('./lib/a', { kind: 'require-call' }), 'no require()')
  assert.match(refusal('./lib/a', { kind: 'require-resolve' }), 'no require()')
  assert.match(refusal('./lib/a.json', { attributes: { type: 'text' } }), "type: 'text'")
  assert.equal(candidates('./lib/a.json', { attributes: { type: 'json' } })[0], 'lib/a.json')
})

test('packages import what they like, except what no package can hold', () => {
  assert.is(decide('unlisted', { importer: undefined }).kind, 'package')
  assert.is(decide('fs', { importer: undefined }).kind, 'package')
  for (const specifier of ['node:fs', 'https://example.com', 'data:text/javascript,1', '/etc/passwd', 'file:///x']) {
    assert.is(decide(specifier, { importer: undefined }).kind, 'refused', specifier)
  }
})

test('whatever is written, no candidate lies outside the script and lib', () => {
  const part = fc.constantFrom('..', '.', 'lib', 'shop', 'a', 'b.ts', 'node_modules', '.x', '%2e', '', 'reports')
  const specifier = fc
    .tuple(fc.constantFrom('./', '../', '/', ''), fc.array(part, { maxLength: 6 }))
    .map(([start, parts]) => start + parts.join('/'))
  fc.assert(
    fc.property(specifier, fc.constantFrom(SINGLE, NESTED, FOLDER), (specifier, entry) => {
      const decision = decide(specifier, { entry })
      if (decision.kind !== 'file') return
      const own = entry === SINGLE ? '' : entry.path.slice(0, entry.path.indexOf('/') + 1)
      for (const path of decision.candidates) {
        assert.ok(path.startsWith('lib/') || path.startsWith(own), `${specifier} → ${path}`)
        assert.not.ok(
          path.split('/').some((part) => part === '' || part.startsWith('.') || part === 'node_modules'),
          `${specifier} → ${path}`,
        )
      }
    }),
    { numRuns: 2_000 },
  )
})

test.run()
