// A store on disk: what it lists and reads, and that nothing leads out of it.
import { execFileSync } from 'node:child_process'
import { chmodSync, linkSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { diskStore } from '../../engine/source/disk-store.ts'
import { rejectionOf } from '../harness/rejection-of.ts'
import { tempDirectory } from '../harness/temp-directory.ts'

const MAX = 1_000

test('it lists scripts and reads files without their byte order mark', async () => {
  using root = tempDirectory({ 'greet.ts': '\uFEFFexport default 1', 'reports/index.ts': '', 'lib/a.ts': '', 'policy.yaml': '' })
  const store = diskStore(root.path)
  assert.is(store.directory, root.path)
  assert.equal(
    (await store.list()).map(({ id }) => id),
    ['greet', 'reports'],
  )
  assert.equal(await store.read('greet.ts', MAX), { path: 'greet.ts', text: 'export default 1' })
})

test('a directory that is missing, or a file, says so', async () => {
  using root = tempDirectory({ 'a.ts': '' })
  for (const path of ['nowhere', 'a.ts']) {
    const store = diskStore(join(root.path, path))
    assert.is((await rejectionOf(store.list())).code, 'SCRIPTS_DIRECTORY_MISSING')
    assert.is((await rejectionOf(store.watch(() => {}))).code, 'SCRIPTS_DIRECTORY_MISSING')
  }
})

test('paths that could lead out of the root are absent', async () => {
  using outside = tempDirectory({ 'secret.ts': 'canary' })
  using root = tempDirectory({ 'a/b.ts': '' })
  symlinkSync(outside.path, join(root.path, 'out'))
  symlinkSync(join(outside.path, 'secret.ts'), join(root.path, 'out.ts'))
  const store = diskStore(root.path)
  const paths = [
    '../secret.ts',
    `${outside.path}/secret.ts`,
    'a/../../secret.ts',
    'a/./b.ts',
    'a//b.ts',
    '',
    '.',
    '..',
    'a\\b.ts',
    'a/b.ts\0.js',
    'a/b.ts/c',
  ]
  for (const path of [...paths, 'out/secret.ts', 'out.ts', 'a', 'nothing.ts']) assert.is(await store.read(path, MAX), undefined, path)
  assert.equal(await store.list(), [{ id: 'a/b', path: 'a/b.ts' }])
})

test('links inside the root are followed, and tell where they lead', async () => {
  using root = tempDirectory({ 'real/b.ts': 'b', '.shared/c.ts': 'c' })
  symlinkSync('real/b.ts', join(root.path, 'a.ts'))
  symlinkSync('.shared', join(root.path, 'linked'))
  symlinkSync('real', join(root.path, 'again'))
  symlinkSync('..', join(root.path, 'real/circle'))
  symlinkSync('endless.ts', join(root.path, 'endless.ts'))
  const store = diskStore(root.path)
  assert.equal(
    (await store.list()).map(({ id }) => id),
    ['a', 'linked/c', 'real/b'],
  )
  assert.equal(await store.read('a.ts', MAX), { path: 'real/b.ts', text: 'b' })
  assert.equal(await store.read('linked/c.ts', MAX), { path: '.shared/c.ts', text: 'c' })
  assert.is(await store.read('endless.ts', MAX), undefined)
})

test('the root itself may be a link', async () => {
  using root = tempDirectory({ 'release/a.ts': 'a' })
  symlinkSync('release', join(root.path, 'current'))
  const store = diskStore(join(root.path, 'current'))
  assert.equal(await store.list(), [{ id: 'a', path: 'a.ts' }])
  assert.equal(await store.read('a.ts', MAX), { path: 'a.ts', text: 'a' })
})

test('a FIFO, a device and a folder in the place of a script are absent at once', async () => {
  using root = tempDirectory()
  execFileSync('mkfifo', [join(root.path, 'pipe.ts')])
  symlinkSync('/dev/zero', join(root.path, 'zero.ts'))
  mkdirSync(join(root.path, 'folder.ts'))
  const store = diskStore(root.path)
  const all = Promise.all(['pipe.ts', 'zero.ts', 'folder.ts'].map((path) => store.read(path, MAX)))
  assert.equal(await Promise.race([all, sleep(60_000, 'hangs', { ref: false })]), [undefined, undefined, undefined])
  assert.equal(await store.list(), [])
})

test('a file over the size is refused with its size', async () => {
  using root = tempDirectory({ 'a.ts': 'x'.repeat(MAX + 1) })
  const error = await rejectionOf(diskStore(root.path).read('a.ts', MAX))
  assert.is(error.code, 'SOURCE_TOO_LARGE')
  assert.match(error.message, '1001')
  assert.is((await diskStore(root.path).read('a.ts', MAX + 1))?.text.length, MAX + 1)
})

test('a file that is not text says so, without a path of the host', async () => {
  using root = tempDirectory()
  root.write('a.ts', Buffer.from([0xff, 0xfe, 0x41, 0x00]))
  const error = await rejectionOf(diskStore(root.path).read('a.ts', MAX))
  assert.is(error.code, 'SOURCE_UNREADABLE')
  assert.is(error.message, '"a.ts" cannot be read: it is not UTF-8 text')
})

test('a file that we may not read says so, without a path of the host', async () => {
  using root = tempDirectory({ 'a.ts': '', 'shut/index.ts': '' })
  chmodSync(root.path, 0o755)
  for (const shut of ['a.ts', 'shut']) chmodSync(join(root.path, shut), 0)
  await asNobody(async () => {
    for (const path of ['a.ts', 'shut/index.ts']) {
      const error = await rejectionOf(diskStore(root.path).read(path, MAX))
      assert.is(error.code, 'SOURCE_UNREADABLE', path)
      assert.match(error.message, /^"[^"]+" cannot be read: permission denied \(EACCES\)$/)
      assert.not.match(error.message, root.path)
    }
  })
})

/** Runs as somebody whom the permissions of files bind: root may read everything. */
async function asNobody(run: () => Promise<void>): Promise<void> {
  const isRoot = process.geteuid?.() === 0
  if (isRoot) process.seteuid?.(65_534)
  try {
    await run()
  } finally {
    if (isRoot) process.seteuid?.(0)
  }
}

test('a folder or a link to nowhere in the place of a file, and a file that went after it was listed, are absent', async () => {
  using root = tempDirectory({ 'a.ts': '', 'b.ts': '', 'c.ts': '' })
  const store = diskStore(root.path)
  const listed = await store.list()
  assert.equal(
    listed.map(({ id }) => id),
    ['a', 'b', 'c'],
  )
  for (const { path } of listed) rmSync(join(root.path, path))
  mkdirSync(join(root.path, 'b.ts'))
  symlinkSync('gone.ts', join(root.path, 'c.ts'))
  for (const { path } of listed) assert.is(await store.read(path, MAX), undefined, path)
  assert.equal(await store.list(), [])
})

test('a file that is replaced again and again is read whole, old or new', async () => {
  using root = tempDirectory({ 'a.ts': 'a'.repeat(900), 'b.ts': 'b'.repeat(800) })
  const store = diskStore(root.path)
  const path = join(root.path, 'a.ts')
  const written = new AbortController()
  const writer = (async () => {
    for (let i = 0; !written.signal.aborted; i++) {
      writeFileSync(`${path}.new`, i % 2 === 0 ? 'b'.repeat(800) : 'a'.repeat(900))
      renameSync(`${path}.new`, path)
      await sleep(1)
    }
  })()
  for (let i = 0; i < 200; i++) {
    const text = (await store.read('a.ts', MAX).catch(() => undefined))?.text
    assert.ok(text === undefined || text === 'a'.repeat(900) || text === 'b'.repeat(800))
  }
  written.abort()
  await writer
})

test('a folder that turns into a link while it is read never yields a file of outside', async () => {
  using outside = tempDirectory({ 'a.ts': 'canary' })
  using root = tempDirectory({ 'folder/a.ts': 'mine' })
  const store = diskStore(root.path)
  const folder = join(root.path, 'folder')
  symlinkSync(outside.path, join(root.path, 'link'))
  const swapped = new AbortController()
  const swapper = (async () => {
    while (!swapped.signal.aborted) {
      renameSync(folder, `${folder}.away`)
      renameSync(join(root.path, 'link'), folder)
      await sleep(0)
      renameSync(folder, join(root.path, 'link'))
      renameSync(`${folder}.away`, folder)
      await sleep(0)
    }
  })()
  for (let i = 0; i < 300; i++) {
    const text = (await store.read('folder/a.ts', MAX).catch(() => undefined))?.text
    assert.ok(text === undefined || text === 'mine', `read ${text}`)
  }
  swapped.abort()
  await swapper
})

test('a hard link is a file of the directory', async () => {
  using root = tempDirectory({ 'a.ts': 'a' })
  linkSync(join(root.path, 'a.ts'), join(root.path, 'b.ts'))
  assert.equal(await diskStore(root.path).read('b.ts', MAX), { path: 'b.ts', text: 'a' })
})

test.run()
