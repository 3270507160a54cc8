// Paths: one spelling, and none of the others leads anywhere.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readFilePath } from '../../../bindings/files/file-path.ts'
import { messageOf } from '../call-through.ts'
import { CANARY, openFileWorld, WAYS } from './file-world.ts'

test('a path is a root and the names below it', () => {
  assert.equal(readFilePath('data/a b/ünïcode/.hidden/x.tar.gz'), {
    text: 'data/a b/ünïcode/.hidden/x.tar.gz',
    root: 'data',
    names: ['a b', 'ünïcode', '.hidden', 'x.tar.gz'],
  })
  assert.equal(readFilePath('data').names, [])
  assert.equal(readFilePath('data/...hidden').names, ['...hidden'])
})

test('every other spelling is refused, with the reason', async () => {
  await using world = openFileWorld(undefined)
  const { reply } = world.caller()
  for (const [path, why] of [
    ['', 'is empty'],
    ['/', 'begins with "/"'],
    ['/etc/passwd', 'begins with "/"'],
    ['//data/a', 'begins with "/"'],
    ['data/', 'has an empty part'],
    ['data//a', 'has an empty part'],
    ['data/../outside/secret.txt', 'has a part ".."'],
    ['data/a/../../outside/secret.txt', 'has a part ".."'],
    ['../data/a', 'has a part ".."'],
    ['data/./a', 'has a part "."'],
    ['./data/a', 'has a part "."'],
    ['data/..\\outside\\secret.txt', 'a backslash or a colon'],
    ['data\\a', 'a backslash or a colon'],
    ['C:/Windows/win.ini', 'a backslash or a colon'],
    ['data/a:stream', 'a backslash or a colon'],
    ['file:///etc/passwd', 'a backslash or a colon'],
    ['data/a\0.txt', 'a control character'],
    ['data/a\n', 'a control character'],
    ['data/\u0085', 'a control character'],
    ['data/a\ud800', 'half of a surrogate pair'],
    ['data/a.', 'ends with a dot or a space'],
    ['data/a ', 'ends with a dot or a space'],
    ['data/.. ', 'ends with a dot or a space'],
    ['data/...', 'ends with a dot or a space'],
    ['data/con', 'the name of a device'],
    ['data/AUX.txt', 'the name of a device'],
    ['data/Lpt1.tar.gz', 'the name of a device'],
    ['data/.vivarium-x', 'begins with ".vivarium-"'],
    [`data/${'é'.repeat(128)}`, 'longer than 255 bytes'],
    [`data/${'a/'.repeat(32)}b`, 'leads through more than 32 folders'],
    [`data/${'a'.repeat(1_100)}`, 'is 1105 bytes long; at most 1024'],
  ] as const)
    for (const method of ['readText', 'stat', 'list', 'remove'])
      assert.ok(messageOf(await reply(method, path)).includes(why), `${method}(${JSON.stringify(path)})`)
})

test('what other systems decode, expand or fold is taken literally', async () => {
  await using world = openFileWorld(undefined)
  const { answer } = world.caller()
  const names = [
    '%2e%2e',
    '..%2foutside',
    '~',
    '$HOME',
    '*',
    '‥',
    '．．',
    '∕etc',
    'outside／secret.txt',
    '{a,b}',
    '`id`',
    '-rf',
    'constructor',
    '__proto__',
  ]
  for (const name of names) await answer('write', `data/${name}`, name)
  assert.equal(readdirSync(world.root).sort(), ['.keep', ...names].sort())
  for (const name of names) assert.is(await answer('readText', `data/${name}`), name)
  world.expectUntouched()
})

const piece = fc.oneof(
  fc.constantFrom(
    'data',
    'outside',
    'secret.txt',
    '..',
    '.',
    '',
    '/',
    '\\',
    'a',
    'd',
    '%2e%2e',
    '\0',
    ' ',
    'C:',
    '~',
    '..;',
    '.. ',
    '．．',
    'docs',
    'link',
  ),
  fc.string({ maxLength: 4, unit: 'binary' }),
)
const spelling = fc
  .array(piece, { minLength: 1, maxLength: 7 })
  .chain((pieces) => fc.constantFrom('/', '//', '\\', '').map((by) => pieces.join(by)))
const method = fc.constantFrom('readText', 'write', 'append', 'list', 'stat', 'remove')

for (const [way, openBase] of WAYS)
  test(`${way}: no spelling reads or changes what is outside`, async () => {
    await using world = openFileWorld(openBase, { 'a/b.txt': 'inside' })
    const { reply } = world.caller({ data: 'write' })
    await fc.assert(
      fc.asyncProperty(spelling, method, async (path, name) => {
        const answer = await reply(
          name,
          fc.sample(fc.boolean(), 1)[0] ? path : `data/${path}`,
          ...(name === 'write' || name === 'append' ? ['x'] : []),
        )
        assert.not.match(JSON.stringify(answer), CANARY)
        assert.not.match(JSON.stringify(answer), world.top.path)
        if (!answer.ok) assert.is.not(answer.error.code, 'HOST_FAILURE', JSON.stringify(path))
      }),
      { numRuns: 400 },
    )
    world.expectUntouched()
    assert.ok(readdirSync(join(world.root)).length > 0)
  })

test.run()
