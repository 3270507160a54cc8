// The binding files as scripts use it: reading, writing, listing, removing, on each way of holding folders.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { messageOf } from '../call-through.ts'
import { openFileWorld, WAYS } from './file-world.ts'

for (const [way, openBase] of WAYS) {
  test(`${way}: text, bytes and JSON come back as they were written, in folders that are made`, async () => {
    await using world = openFileWorld(openBase)
    const { answer } = world.caller()
    assert.is(await answer('write', 'data/a/b/c.txt', 'grüße\n'), undefined)
    assert.is(await answer('readText', 'data/a/b/c.txt'), 'grüße\n')
    await answer('write', 'data/bytes', new Uint8Array([0, 255, 128]))
    assert.equal(await answer('readBytes', 'data/bytes'), new Uint8Array([0, 255, 128]))
    const value = { list: [1, 'two', null, { three: true }], when: new Date(5) }
    await answer('writeJson', 'data/value.json', value)
    assert.equal(await answer('readJson', 'data/value.json'), { ...value, when: '1970-01-01T00:00:00.005Z' })
    assert.equal(readdirSync(world.root).sort(), ['.keep', 'a', 'bytes', 'value.json'])
    world.expectUntouched()
  })

  test(`${way}: writing replaces a file whole, and keeps its permissions`, async () => {
    await using world = openFileWorld(openBase, { 'a.txt': 'a long old content' })
    const { answer } = world.caller()
    chmodSync(join(world.root, 'a.txt'), 0o640)
    const before = statSync(join(world.root, 'a.txt'))
    await answer('write', 'data/a.txt', 'new')
    const after = statSync(join(world.root, 'a.txt'))
    assert.is(readFileSync(join(world.root, 'a.txt'), 'utf8'), 'new')
    assert.is(after.mode, before.mode)
    assert.is.not(after.ino, before.ino)
    await answer('write', 'data/a.txt', '')
    assert.is(await answer('readText', 'data/a.txt'), '')
  })

  test(`${way}: runs that append at once lose nothing`, async () => {
    await using world = openFileWorld(openBase)
    const { answer } = world.caller()
    await Promise.all(Array.from({ length: 40 }, (_, index) => answer('append', 'data/log/lines.txt', `${index}\n`)))
    const lines = ((await answer('readText', 'data/log/lines.txt')) as string).trimEnd().split('\n')
    assert.equal(
      lines.map(Number).sort((a, b) => a - b),
      Array.from({ length: 40 }, (_, index) => index),
    )
  })

  test(`${way}: whoever reads while others write sees one content or the other`, async () => {
    await using world = openFileWorld(openBase, { 'a.txt': 'a'.repeat(10_000) })
    const { answer } = world.caller()
    const writes = Array.from({ length: 30 }, (_, index) => answer('write', 'data/a.txt', (index % 2 ? 'a' : 'b').repeat(10_000)))
    const reads = await Promise.all(Array.from({ length: 60 }, () => answer('readText', 'data/a.txt') as Promise<string>))
    await Promise.all(writes)
    for (const text of reads) assert.ok(text === 'a'.repeat(10_000) || text === 'b'.repeat(10_000))
  })

  test(`${way}: a part of a large file can be read, the whole of it not`, async () => {
    await using world = openFileWorld(openBase, { 'big.txt': '0123456789'.repeat(30) })
    const { answer, reply } = world.caller({ data: { access: 'write', fileBytes: 100 } })
    const part = async (offset?: number, length?: number) =>
      Buffer.from((await answer('readBytes', 'data/big.txt', { offset, length })) as Uint8Array).toString()
    assert.is(await part(5, 10), '5678901234')
    assert.is(await part(295, 10), '56789')
    assert.is(await part(5_000, 10), '')
    assert.is((await part()).length, 100)
    assert.is((await part(0, 1_000)).length, 100)
    assert.is(
      messageOf(await reply('readBytes', 'data/big.txt')),
      'files: "data/big.txt" comes to 300 bytes; the policy allows 100 for one file ("fileBytes" under "allow.files").',
    )
    for (const method of ['readText', 'readJson']) assert.match(messageOf(await reply(method, 'data/big.txt')), 'comes to 300 bytes')
  })

  test(`${way}: one file may be exactly as large as policy says, also by appending`, async () => {
    await using world = openFileWorld(openBase)
    const { answer, code } = world.caller({ data: { access: 'write', fileBytes: 10 } })
    await answer('write', 'data/a', 'x'.repeat(10))
    assert.is(await code('write', 'data/a', 'x'.repeat(11)), 'FILE_TOO_LARGE')
    assert.is(await code('append', 'data/a', 'x'), 'FILE_TOO_LARGE')
    await answer('append', 'data/b', 'ééé')
    await answer('append', 'data/b', 'éé')
    assert.is(await code('append', 'data/b', 'x'), 'FILE_TOO_LARGE')
    assert.is(await answer('readText', 'data/b'), 'ééééé')
    assert.equal(await answer('stat', 'data/b'), { kind: 'file', bytes: 10, modified: statSync(join(world.root, 'b')).mtime })
  })

  test(`${way}: a listing has pages in the order of names, and only what scripts can name`, async () => {
    const names = Array.from({ length: 25 }, (_, index) => `f${String(index * 7919).padStart(6, '0')}`)
    await using world = openFileWorld(openBase, Object.fromEntries(names.map((name) => [`many/${name}`, name])))
    mkdirSync(join(world.root, 'many', 'zz'))
    writeFileSync(join(world.root, 'many', '.vivarium-0123456789abcdef0123456789abcdef'), 'being written')
    if (process.platform !== 'win32') writeFileSync(join(world.root, 'many', 'back\\slash'), 'cannot be named')
    const { answer } = world.caller({ data: 'read' })
    const listed: string[] = []
    let pages = 0
    for (let cursor: string | undefined; pages === 0 || cursor !== undefined; pages++) {
      const page = (await answer('list', 'data/many', { limit: 10, ...(cursor && { cursor }) })) as {
        entries: { name: string; kind: string; bytes?: number }[]
        cursor?: string
      }
      listed.push(...page.entries.map(({ name, kind }) => (kind === 'file' ? name : `${name}/`)))
      cursor = page.cursor
    }
    assert.is(pages, 3)
    assert.equal(listed, [...names.sort(), 'zz/'])
  })

  test(`${way}: stat and remove tell apart what is there, what is not, and what is full`, async () => {
    await using world = openFileWorld(openBase, { 'd/a.txt': 'abc' })
    const { answer, code } = world.caller()
    assert.is(((await answer('stat', 'data/d')) as { kind: string }).kind, 'folder')
    assert.is(((await answer('stat', 'data')) as { kind: string }).kind, 'folder')
    for (const path of ['data/x', 'data/x/y', 'data/d/x']) assert.is(await answer('stat', path), undefined)
    for (const path of ['data/x', 'data/x/y', 'data/d/x']) assert.is(await answer('remove', path), false)
    assert.is(await code('remove', 'data/d'), 'FILE_REFUSED')
    assert.is(await answer('remove', 'data/d/a.txt'), true)
    assert.is(await answer('remove', 'data/d'), true)
    assert.not.ok(existsSync(join(world.root, 'd')))
    assert.is(await code('remove', 'data'), 'FILE_REFUSED')
    assert.ok(existsSync(world.root))
  })

  test(`${way}: files and folders are not taken for each other`, async () => {
    await using world = openFileWorld(openBase, { 'd/a.txt': 'abc' })
    const { reply } = world.caller()
    for (const [method, args, message] of [
      ['readText', ['data/d'], 'files: "data/d" is a folder, not a file.'],
      ['write', ['data/d', 'x'], 'files: "data/d" is a folder, not a file.'],
      ['append', ['data/d', 'x'], 'files: "data/d" is a folder, not a file.'],
      ['readText', ['data/d/a.txt/b'], 'files: "data/d/a.txt" is a file, not a folder.'],
      ['write', ['data/d/a.txt/b', 'x'], 'files: "data/d/a.txt" is a file, not a folder.'],
      ['list', ['data/d/a.txt'], 'files: "data/d/a.txt" is a file, not a folder.'],
      ['list', ['data/x'], 'files: there is no "data/x".'],
      ['readText', ['data/x/y'], 'files: there is no "data/x/y".'],
      ['readText', ['data'], 'files: "data" is a root, not a file.'],
      ['write', ['data', 'x'], 'files: "data" is a root, not a file.'],
    ] as const)
      assert.is(messageOf(await reply(method, ...args)), message)
  })

  test(`${way}: a root that is not there is empty, and is made by the first write`, async () => {
    await using world = openFileWorld(openBase)
    const { answer, code } = world.caller({ data: 'write', docs: 'read' })
    assert.equal(await answer('list', 'docs'), { entries: [] })
    assert.is(await answer('stat', 'docs'), undefined)
    assert.is(await code('readText', 'docs/a.txt'), 'FILE_NOT_FOUND')
    world.top.write('docs/a.txt', 'there')
    assert.is(await answer('readText', 'docs/a.txt'), 'there')
  })
}

test('what is no text, no JSON, or cannot be written is told in words', async () => {
  await using world = openFileWorld(undefined, { 'bom.json': '\ufeff{"a":1}', 'deep.json': '['.repeat(5_000), 'bad.json': '{"a":' })
  world.top.write('data/latin1.txt', new Uint8Array([0x67, 0xfc]))
  const { answer, reply } = world.caller()
  assert.equal(await answer('readJson', 'data/bom.json'), { a: 1 })
  assert.match(messageOf(await reply('readText', 'data/latin1.txt')), 'is not UTF-8 text; read its bytes with readBytes')
  assert.match(messageOf(await reply('readJson', 'data/deep.json')), 'nests deeper than 500 levels')
  assert.match(messageOf(await reply('readJson', 'data/bad.json')), 'is not JSON: Unexpected end')
  assert.match(messageOf(await reply('write', 'data/a', 'half \ud800')), 'cannot hold half of a surrogate pair')
  const cycle: Record<string, unknown> = {}
  cycle['self'] = cycle
  for (const [value, why] of [
    [undefined, 'it is undefined'],
    [{ a: 1n }, 'it holds a BigInt'],
    [[Number.NaN], 'it holds NaN'],
    [{ a: new Map() }, 'it holds a Map'],
    [new Set(), 'it holds a Set'],
    [{ a: [new Uint8Array(2)] }, 'it holds bytes'],
    [cycle, 'it refers to itself'],
  ] as const)
    assert.is(messageOf(await reply('writeJson', 'data/v.json', value)), `files: "data/v.json" cannot be written as JSON: ${why}.`)
  assert.not.ok(existsSync(join(world.root, 'v.json')))
})

test('wrong arguments are told in words that name the argument and what it takes', async () => {
  await using world = openFileWorld(undefined)
  const { reply } = world.caller()
  for (const [method, args, message] of [
    ['readText', [], 'files.readText: the list of arguments is not valid: it takes (path)'],
    ['readText', [5], 'files.readText: argument 1 is not valid: expected string, received number'],
    ['write', ['data/a', 5], 'files.write: argument 2 is not valid: expected text or bytes'],
    ['write', ['data/a'], 'files.write: the list of arguments is not valid: it takes (path, text or bytes)'],
    ['list', ['data', { limit: 0 }], 'files.list: argument 2.limit is not valid: Too small: expected number to be >=1'],
    ['readBytes', ['data/a', { offset: -1 }], 'files.readBytes: argument 2.offset is not valid: Too small: expected number to be >=0'],
  ] as const)
    assert.is(messageOf(await reply(method, ...args)), message)
})

test('a file that is write-protected is not replaced', async () => {
  await using world = openFileWorld(undefined, { 'a.txt': 'kept' })
  chmodSync(join(world.root, 'a.txt'), 0o444)
  const { code, answer } = world.caller()
  assert.is(await code('write', 'data/a.txt', 'x'), 'FILE_REFUSED')
  assert.is(await code('append', 'data/a.txt', 'x'), 'FILE_REFUSED')
  assert.is(await answer('readText', 'data/a.txt'), 'kept')
})

test('no call leaves a descriptor open, however it ends', async () => {
  if (!existsSync('/proc/self/fd')) return
  await using world = openFileWorld(undefined, { 'a.txt': 'abc', 'd/b.txt': 'x' })
  symlinkSync(world.outside, join(world.root, 'link'))
  const { reply } = world.caller({ data: { access: 'write', bytes: 100, entries: 10 }, docs: 'read' })
  const paths = [
    'data',
    'data/a.txt',
    'data/d',
    'data/x/y',
    'data/a.txt/b',
    'data/link',
    'data/link/secret.txt',
    'docs',
    'docs/a',
    'nope/x',
    '',
  ]
  const before = readdirSync('/proc/self/fd').length
  for (const path of paths)
    for (const [method, ...rest] of [
      ['readText'],
      ['readBytes', { offset: 1 }],
      ['list'],
      ['stat'],
      ['append', 'x'.repeat(60)],
      ['remove'],
      ['write', 'y'],
    ])
      await reply(method as string, path, ...rest)
  assert.is(readdirSync('/proc/self/fd').length, before)
})

test('JSON is measured with its indentation while it is made, not after', async () => {
  await using world = openFileWorld(undefined)
  const { answer, code, reply } = world.caller({ data: { access: 'write', fileBytes: '64KiB' } })
  const zeros: unknown = Array.from({ length: 7_000 }, () => 0)
  const deep = Array.from({ length: 400 }).reduce((value) => [value], zeros)
  const [, told] = /comes to (\d+) bytes/.exec(messageOf(await reply('writeJson', 'data/deep.json', deep))) ?? []
  assert.ok(Number(told) > 64 * 1024 && Number(told) < 70_000, `${told} bytes were made`)
  assert.is(await code('writeJson', 'data/text.json', ['\0'.repeat(20_000)]), 'FILE_TOO_LARGE')
  // What fits is written, up to the last byte.
  await answer('writeJson', 'data/flat.json', zeros)
  const full = { a: [1, { b: 'é"' }, [], null, true], [`"${'k'.repeat(20)}"`]: {}, when: new Date(5) }
  const { length } = Buffer.from(`${JSON.stringify(full, undefined, 2)}\n`)
  const exactly = (bytes: number) => world.caller({ data: { access: 'write', fileBytes: bytes } })
  assert.is(await exactly(length - 1).code('writeJson', 'data/full.json', full), 'FILE_TOO_LARGE')
  await exactly(length).answer('writeJson', 'data/full.json', full)
})

test.run()
