// What lies in the way on a hostile disk: links, second names, pipes, devices, sockets, folders that are swapped while they are used.
import { execFileSync } from 'node:child_process'
import { linkSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { pinRoot } from '../../../bindings/files/pinned-folder.ts'
import type { HostReply } from '../../../engine/model/host-call.ts'
import { skip } from '../../harness/engines.ts'
import { messageOf } from '../call-through.ts'
import { CANARY, type FileCaller, openFileWorld, WAYS } from './file-world.ts'
import { swapFolder } from './swapper.ts'

const METHODS = [
  ['readText'],
  ['readJson'],
  ['readBytes'],
  ['readBytes', { offset: 0, length: 5 }],
  ['write', 'overwritten'],
  ['writeJson', 'overwritten'],
  ['append', 'appended'],
  ['remove'],
  ['list'],
] as const

/** Every method on a path; what it says must be the same of each. */
async function expectRefused({ reply }: FileCaller, path: string, what: RegExp): Promise<void> {
  for (const [method, ...rest] of METHODS) {
    const answer = await reply(method, path, ...rest)
    assert.not.ok(answer.ok, `${method} of "${path}"`)
    assert.match(messageOf(answer), what, method)
  }
}

for (const [way, openBase] of WAYS) {
  test(`${way}: no link is followed, wherever it stands in a path and wherever it leads`, async () => {
    await using world = openFileWorld(openBase, { 'real/a.txt': 'inside' })
    const links = {
      absolute: world.outside,
      relative: '../outside',
      inside: 'real',
      file: join(world.outside, 'secret.txt'),
      dangling: join(world.outside, 'not-there.txt'),
      self: 'self',
      root: '/',
      process: '/proc/self/root',
    }
    for (const [name, target] of Object.entries(links)) symlinkSync(target, join(world.root, name))
    const caller = world.caller()
    for (const [name, target] of Object.entries(links)) {
      await expectRefused(caller, `data/${name}`, /is a link; scripts reach plain files and folders only/)
      for (const below of ['secret.txt', 'a.txt', 'new.txt', 'etc/passwd'])
        await expectRefused(caller, `data/${name}/${below}`, /is a link; scripts reach plain files and folders only/)
      assert.is(await caller.answer('stat', `data/${name}`), undefined)
      assert.is(readlinkSync(join(world.root, name)), target)
    }
    const { entries } = (await caller.answer('list', 'data')) as { entries: { name: string }[] }
    assert.equal(
      entries.map(({ name }) => name),
      ['.keep', 'real'],
    )
    world.expectUntouched()
  })

  test(`${way}: a file with a second name is neither read nor written, replaced nor removed`, async () => {
    await using world = openFileWorld(openBase)
    linkSync(join(world.outside, 'secret.txt'), join(world.root, 'hard.txt'))
    const caller = world.caller()
    for (const [method, ...rest] of METHODS.filter(([name]) => name !== 'list'))
      assert.match(messageOf(await caller.reply(method, 'data/hard.txt', ...rest)), 'has a second name elsewhere (a hard link)')
    assert.is(await caller.answer('stat', 'data/hard.txt'), undefined)
    assert.is(lstatSync(join(world.root, 'hard.txt')).nlink, 2)
    world.expectUntouched()
  })

  test(`${way}: pipes, sockets and devices are refused at once, and not opened`, async () => {
    if (process.platform === 'win32') return skip('pipes', 'Windows has none in folders')
    await using world = openFileWorld(openBase)
    execFileSync('mkfifo', [join(world.root, 'pipe')])
    const server = createServer().listen(join(world.root, 'socket'))
    await new Promise((resolve) => server.once('listening', resolve))
    const names = ['pipe', 'socket']
    if (makeDevice(join(world.root, 'zero'))) names.push('zero')
    else skip('a device', 'only root can make one')
    const caller = world.caller()
    const start = performance.now()
    for (const name of names) await expectRefused(caller, `data/${name}`, /is a device, a pipe or a socket/)
    assert.ok(performance.now() - start < 10_000)
    await caller.answer('write', 'data/counted.txt', 'they are counted, not read')
    await new Promise((resolve) => server.close(resolve))
  })

  test(`${way}: a root that is itself replaced by a link is the host's own affair, what a tenant's folder is replaced by is not`, async () => {
    await using world = openFileWorld(openBase, { 'a.txt': 'inside' })
    renameSync(world.root, join(world.top.path, 'moved'))
    symlinkSync('moved', world.root)
    assert.is(await world.caller().answer('readText', 'data/a.txt'), 'inside')
  })

  test(`${way}: a temporary file that was planted, or left behind, stands in nobody's way`, async () => {
    await using world = openFileWorld(openBase)
    for (let index = 0; index < 50; index++) symlinkSync(world.outside, join(world.root, `.vivarium-${String(index).padStart(32, '0')}`))
    const { answer, code } = world.caller()
    await answer('write', 'data/a.txt', 'text')
    assert.is(await code('readText', `data/.vivarium-${'0'.repeat(32)}`), 'FILE_PATH_INVALID')
    assert.is(await code('readText', 'data/.VIVARIUM-x/secret.txt'), 'FILE_PATH_INVALID')
    world.expectUntouched()
  })
}

test('a failed write leaves nothing behind', async () => {
  await using world = openFileWorld(undefined)
  mkdirSync(join(world.root, 'd'))
  const { code } = world.caller({ data: { access: 'write', bytes: 10 } })
  assert.is(await code('write', 'data/a', 'x'.repeat(11)), 'FILES_QUOTA_EXCEEDED')
  assert.is(await code('write', 'data/d', 'x'), 'FILE_REFUSED')
  assert.is(await code('write', 'data/new/x', 'x'.repeat(11)), 'FILES_QUOTA_EXCEEDED')
  assert.equal(readdirSync(world.root).sort(), ['.keep', 'd'])
  assert.equal(readdirSync(join(world.root, 'd')), [])
})

test('while a folder is swapped for a link and back, nothing outside is ever read or written', async () => {
  if (!WAYS.some(([, open]) => open === pinRoot)) return skip('folders that are swapped', 'only folders held by a descriptor promise it')
  await using world = openFileWorld(pinRoot, { 'sub/secret.txt': 'inside' })
  writeFileSync(join(world.root, 'sub', 'inside.txt'), 'inside')
  const { reply } = world.caller({ data: { access: 'write', entries: 10_000 } })
  const replies: HostReply[] = []
  {
    await using swapper = await swapFolder(join(world.root, 'sub'), world.outside)
    const until = performance.now() + 1_500
    const hasFound = (): boolean => replies.some(({ ok }) => ok)
    for (let turn = 0; performance.now() < until || (!hasFound() && performance.now() < until + 60_000); turn++) {
      replies.push(
        ...(await Promise.all([
          reply('readText', 'data/sub/secret.txt'),
          reply('write', 'data/sub/secret.txt', 'inside'),
          reply('append', `data/sub/new-${turn % 20}.txt`, 'x'),
          reply('remove', `data/sub/new-${(turn + 7) % 20}.txt`),
          reply('list', 'data/sub'),
          reply('write', `data/sub/deep-${turn % 5}/x.txt`, 'inside'),
        ])),
      )
    }
    assert.ok(swapper.isRunning(), 'the swapper ran to the end')
  }
  world.expectUntouched()
  const told = JSON.stringify(replies)
  assert.not.match(told, CANARY)
  assert.not.match(told, world.top.path)
  const codes = new Set(replies.map((reply) => (reply.ok ? 'ok' : reply.error.code)))
  assert.ok(codes.has('ok'), 'some calls found the folder')
  for (const code of codes) assert.ok(['ok', 'FILE_REFUSED', 'FILE_NOT_FOUND'].includes(code), code)
})

test('no message names a place of the host', async () => {
  await using world = openFileWorld(undefined, { 'a.txt': 'x' })
  symlinkSync(world.outside, join(world.root, 'link'))
  const { reply } = world.caller({ data: 'read' })
  for (const path of ['data/link/x', 'data/nope', 'nope/a', '/etc/passwd', 'data/a.txt/b', 'data/../x', `data/${'x'.repeat(255)}`])
    for (const [method, ...rest] of METHODS) {
      const answer = await reply(method, path, ...rest)
      assert.not.ok(answer.ok)
      assert.not.match(messageOf(answer), world.top.path)
    }
  assert.is(readFileSync(join(world.root, 'a.txt'), 'utf8'), 'x')
})

function makeDevice(path: string): boolean {
  try {
    execFileSync('mknod', [path, 'c', '1', '5'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

test.run()
