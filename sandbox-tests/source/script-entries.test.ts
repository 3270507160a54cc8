// Which files are scripts, by their paths.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isEngineError } from '../../engine/errors/engine-error.ts'
import { scriptEntries } from '../../engine/source/script-entries.ts'

function ids(...paths: string[]): string[] {
  return scriptEntries(paths).map(({ id, path }) => `${id} = ${path}`)
}

test('TypeScript and JavaScript files are scripts at any depth, in order of id', () => {
  assert.equal(ids('b.js', 'a/b/c.ts', 'a.ts'), ['a = a.ts', 'a/b/c = a/b/c.ts', 'b = b.js'])
})

test('a folder with an index is one script, and its other files are not scripts', () => {
  assert.equal(ids('reports/index.ts', 'reports/weekly.ts', 'reports/parts/index.ts', 'other/index.js'), [
    'other = other/index.js',
    'reports = reports/index.ts',
  ])
})

test('an index at the root is a script called index, and owns nothing', () => {
  assert.equal(ids('index.ts', 'greet.ts'), ['greet = greet.ts', 'index = index.ts'])
})

test('shared code, fixtures, tests, declarations, hidden and installed files are not scripts', () => {
  assert.equal(
    ids('lib/a.ts', 'fixtures/a.ts', 'a.test.ts', 'a.d.ts', '.hidden/a.ts', '.a.ts', 'node_modules/a/b.js', 'x/node_modules/a.js'),
    [],
  )
  assert.equal(ids('a.json', 'a.mts', 'a.tsx', 'policy.yaml', 'a'), [])
  assert.equal(ids('team/lib/a.ts', 'lib.ts'), ['lib = lib.ts', 'team/lib/a = team/lib/a.ts'])
})

test('names that would hide in a log are not scripts', () => {
  assert.equal(ids('a\nb.ts', 'a\\b.ts', 'a\u202Eb.ts'), [])
  assert.equal(ids('grüße.ts'), ['grüße = grüße.ts'])
})

test('two files with one id are a conflict that names both', () => {
  for (const paths of [
    ['a.ts', 'a.js'],
    ['a.ts', 'a/index.ts'],
    ['a/index.js', 'a/index.ts'],
  ]) {
    assert.throws(
      () => scriptEntries(paths),
      (error: unknown) =>
        isEngineError(error) && error.code === 'SCRIPT_ID_CONFLICT' && paths.every((path) => error.message.includes(path)),
    )
  }
})

test.run()
