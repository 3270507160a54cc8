// Files that the command line writes: all of them or none, and a policy that the lines cannot be added to is left alone.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import { withGrant } from '../../cli/grant-in-policy.ts'
import { writeFiles } from '../../cli/new-files.ts'
import { standardSurfaces } from '../../cli/standard-surfaces.ts'
import { UsageError } from '../../cli/usage-error.ts'
import { tempDirectory } from '../harness/temp-directory.ts'

async function refusalOf(call: Promise<unknown>): Promise<UsageError> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  assert.instance(error, UsageError)
  return error as UsageError
}

test('when one cannot be written, those before it are gone again, with the folders that were made for them', async () => {
  using directory = tempDirectory({ 'kept/x': '' })
  const error = await refusalOf(
    writeFiles(
      directory.path,
      [
        ['a.ts', '1'],
        ['b/c/d.ts', '2'],
        ['kept/e.ts', '3'],
        ['a.ts/f.ts', '4'],
      ],
      false,
    ),
  )
  assert.match(error.message, /f\.ts" cannot be written: E\w+; everything is as it was\./)
  assert.equal(readdirSync(directory.path), ['kept'])
  assert.equal(readdirSync(join(directory.path, 'kept')), ['x'])
})

test('what was overwritten is there again as it was, and what came meanwhile is not touched', async () => {
  using directory = tempDirectory({ 'a.ts': 'mine' })
  await refusalOf(
    writeFiles(
      directory.path,
      [
        ['a.ts', '1'],
        ['a.ts/b.ts', '2'],
      ],
      true,
    ),
  )
  assert.is(readFileSync(join(directory.path, 'a.ts'), 'utf8'), 'mine')
  const error = await refusalOf(
    writeFiles(
      directory.path,
      [
        ['b.ts', '1'],
        ['a.ts', '2'],
      ],
      false,
    ),
  )
  assert.match(error.message, 'EEXIST')
  assert.is(readFileSync(join(directory.path, 'a.ts'), 'utf8'), 'mine')
  assert.not.ok(existsSync(join(directory.path, 'b.ts')))
})

test('a grant is added where there is a map for it, and nowhere else', async () => {
  const surfaces = await standardSurfaces()
  const added = (text: string): string | undefined => withGrant(`version: 1\n${text}`, 'a', { log: true }, surfaces)
  assert.equal(parse(added('scripts: { b: { limits: { cpu: 5ms } } }') ?? '').scripts.a, { allow: { log: true } })
  assert.equal(parse(added('scripts:\n') ?? '').scripts, { a: { allow: { log: true } } })
  for (const text of [
    'scripts:\n  b: &b { limits: { cpu: 5ms } }\n  a: *b',
    'scripts:\n  a: &a { limits: { cpu: 5ms } }\n  b: *a',
    'scripts:\n  a:',
    'scripts: { a: { allow: } }',
    'scripts: { a: { allow: false } }',
    'scripts: { a: 5 }',
    'scripts: []',
  ])
    assert.is(added(text), undefined, text)
})

test.run()
