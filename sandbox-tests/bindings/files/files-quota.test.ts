// The quotas of files: how full a root may be, whatever order and however many write at once.
import { mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { messageOf } from '../call-through.ts'
import { openFileWorld, WAYS } from './file-world.ts'

/** What is really there: bytes of files, number of files and folders. */
function measure(folder: string): { bytes: number; entries: number } {
  const total = { bytes: 0, entries: 0 }
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    total.entries++
    if (entry.isFile()) total.bytes += statSync(join(entry.parentPath, entry.name)).size
  }
  return total
}

for (const [way, openBase] of WAYS) {
  test(`${way}: bytes can be filled to the last one, and the refusal says what is used and allowed`, async () => {
    await using world = openFileWorld(openBase)
    const { answer, reply } = world.caller({ data: { access: 'write', bytes: 20 } })
    await answer('write', 'data/a', 'x'.repeat(15))
    assert.is(
      messageOf(await reply('write', 'data/b', 'x'.repeat(6))),
      'files: "data": 15 of 20 bytes are used, and this would add 6. Remove something, or ask for a larger quota ("allow.files" in the policy).',
    )
    await answer('append', 'data/a', 'x'.repeat(5))
    assert.match(messageOf(await reply('append', 'data/a', 'x')), '20 of 20 bytes are used')
    await answer('write', 'data/a', 'x'.repeat(20))
    await answer('write', 'data/a', 'x'.repeat(3))
    await answer('write', 'data/b', 'x'.repeat(17))
    assert.is(await answer('remove', 'data/b'), true)
    await answer('write', 'data/c', 'x'.repeat(17))
    assert.is(measure(world.root).bytes, 20)
  })

  test(`${way}: files and the folders on their way are counted`, async () => {
    await using world = openFileWorld(openBase)
    const { answer, reply, code } = world.caller({ data: { access: 'write', entries: 4 } })
    await answer('write', 'data/d/a', '')
    assert.match(messageOf(await reply('write', 'data/e/a', '')), '3 of 4 files and folders are there, and this would add 2')
    await answer('write', 'data/d/b', '')
    assert.is(await code('write', 'data/c', ''), 'FILES_QUOTA_EXCEEDED')
    await answer('write', 'data/d/b', 'it may still be replaced')
    await answer('remove', 'data/d/b')
    await answer('write', 'data/c', '')
    assert.is(measure(world.root).entries, 4)
  })

  test(`${way}: of many writers at the edge, of several scripts, exactly as many get in as there is room for`, async () => {
    await using world = openFileWorld(openBase)
    const allow = { data: { access: 'write', bytes: 100, entries: 1_000 } }
    const callers = ['one', 'two', 'three'].map((script) => world.caller(allow, { script }))
    const replies = await Promise.all(
      Array.from({ length: 60 }, (_, index) => callers[index % 3]?.reply('write', `data/${index % 3}-${index}`, 'x'.repeat(10))),
    )
    assert.is(replies.filter((reply) => reply?.ok).length, 10)
    assert.is(measure(world.root).bytes, 100)
    const appended = await Promise.all(Array.from({ length: 20 }, (_, index) => callers[index % 3]?.reply('append', `data/0-0`, 'x')))
    assert.is(appended.filter((reply) => reply?.ok).length, 0)
  })

  test(`${way}: the last file gets in once, however many want it`, async () => {
    await using world = openFileWorld(openBase)
    const allow = { data: { access: 'write', entries: 3 } }
    const callers = [world.caller(allow, { script: 'one' }), world.caller(allow, { script: 'two', tenant: 'acme' })]
    const replies = await Promise.all(Array.from({ length: 30 }, (_, index) => callers[index % 2]?.reply('write', `data/sub/${index}`, '')))
    assert.is(replies.filter((reply) => reply?.ok).length, 1)
    assert.is(measure(world.root).entries, 3)
  })
}

const name = fc.constantFrom('a', 'b', 'd/c', 'd/e', 'd/f/g')
const step = fc.oneof(
  fc.record({ kind: fc.constant('write' as const), name, size: fc.integer({ min: 0, max: 30 }) }),
  fc.record({ kind: fc.constant('append' as const), name, size: fc.integer({ min: 0, max: 12 }) }),
  fc.record({ kind: fc.constant('remove' as const), name: fc.oneof(name, fc.constantFrom('d', 'd/f')) }),
)

test('any order of writes and removals at once never fills a root beyond its quota, and what is counted stays what is there', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 5 }), { maxLength: 8 }), async (rounds) => {
      await using world = openFileWorld(undefined)
      const quota = { bytes: 60, entries: 6 }
      const { reply } = world.caller({ data: { access: 'write', ...quota } })
      for (const round of rounds) {
        const replies = await Promise.all(
          round.map((one) =>
            one.kind === 'remove' ? reply('remove', `data/${one.name}`) : reply(one.kind, `data/${one.name}`, 'x'.repeat(one.size)),
          ),
        )
        for (const each of replies)
          if (!each.ok) assert.ok(['FILES_QUOTA_EXCEEDED', 'FILE_REFUSED'].includes(each.error.code), each.error.message)
        const used = measure(world.root)
        assert.ok(used.bytes <= quota.bytes && used.entries <= quota.entries, JSON.stringify(used))
      }
      // Whatever was counted on the way, exactly what is left fits.
      const { bytes } = measure(world.root)
      const full = await reply('append', 'data/.keep', 'x'.repeat(quota.bytes - bytes))
      assert.ok(full.ok, full.ok ? '' : full.error.message)
      assert.match(messageOf(await reply('append', 'data/.keep', 'x')), '60 of 60 bytes')
    }),
    { numRuns: 60 },
  )
})

test('what others put there counts, and what they take away is noticed', async () => {
  await using world = openFileWorld(undefined, { 'from-the-host.txt': 'x'.repeat(90) })
  const { answer, code } = world.caller({ data: { access: 'write', bytes: 100 } })
  await answer('write', 'data/a', 'x'.repeat(10))
  assert.is(await code('write', 'data/b', 'x'), 'FILES_QUOTA_EXCEEDED')
  rmSync(join(world.root, 'from-the-host.txt'))
  const deadline = performance.now() + 20_000
  let reply = await code('write', 'data/b', 'x').catch(() => 'ok')
  while (reply !== 'ok' && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    reply = await code('write', 'data/b', 'x').catch(() => 'ok')
  }
  assert.is(reply, 'ok')
})

test('a root that is fuller than a script may fill it can be emptied by it', async () => {
  await using world = openFileWorld(undefined, { 'big.txt': 'x'.repeat(500) })
  const { answer, code } = world.caller({ data: { access: 'write', bytes: 100 } })
  assert.is(await code('append', 'data/big.txt', 'x'), 'FILES_QUOTA_EXCEEDED')
  await answer('write', 'data/big.txt', 'x'.repeat(400))
  await answer('remove', 'data/big.txt')
  await answer('write', 'data/a', 'x'.repeat(100))
})

test('files that were never completed are cleared away when they are old', async () => {
  await using world = openFileWorld(undefined)
  mkdirSync(join(world.root, 'd'))
  const old = join(world.root, 'd', `.vivarium-${'a'.repeat(32)}`)
  const young = join(world.root, 'd', `.vivarium-${'b'.repeat(32)}`)
  for (const file of [old, young]) writeFileSync(file, 'half')
  const anHourAgo = Date.now() / 1_000 - 3_600
  utimesSync(old, anHourAgo, anHourAgo)
  await world.caller().answer('write', 'data/a', 'x')
  assert.equal(readdirSync(join(world.root, 'd')), [`.vivarium-${'b'.repeat(32)}`])
})

test.run()
