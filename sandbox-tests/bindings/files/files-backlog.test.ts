// Changes that wait for their turn: they end with their run, hold up no other script, and hold no more than the host can bear.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { HostReply } from '../../../engine/model/host-call.ts'
import { messageOf } from '../call-through.ts'
import { openFileWorld } from './file-world.ts'

const MiB = 1024 ** 2
const LARGE = { data: { access: 'write', bytes: '1GiB', fileBytes: '16MiB' } }

test('what has not begun when its run ends is not written', async () => {
  await using world = openFileWorld(undefined)
  const end = new AbortController()
  const run = world.caller(undefined, { signal: end.signal })
  const replies = Array.from({ length: 40 }, (_, index) => run.reply('write', `data/${index}`, 'x'.repeat(100_000)))
  const reading = Array.from({ length: 40 }, () => run.reply('stat', 'data/.keep'))
  end.abort()
  const answers = await Promise.all(replies)
  const written = answers.filter((reply) => reply.ok).length
  assert.ok(written <= 1, `${written} were written`)
  for (const reply of answers)
    if (!reply.ok) assert.match(reply.error.message, /^files: "data\/\d+" was left as it is: the run ended before its turn came\.$/)
  assert.is(readdirSync(world.root).length, 1 + written)
  assert.ok((await Promise.all(reading)).filter((reply) => reply.ok).length <= 32)
  await world.caller().answer('write', 'data/after', '')
})

test('a script that writes much holds up no other', async () => {
  await using world = openFileWorld(undefined)
  const order: string[] = []
  const write = async (script: string, index: number): Promise<void> => {
    await world.caller(LARGE, { script }).answer('write', `data/${script}-${index}`, 'x'.repeat(10_000))
    order.push(script)
  }
  const busy = Array.from({ length: 60 }, (_, index) => write('busy', index))
  await Promise.all([...busy, ...[1, 2, 3].map((index) => write('quiet', index))])
  assert.ok(order.lastIndexOf('quiet') < 20, `at place ${order.lastIndexOf('quiet')}`)
})

test('a script has so much content waiting and no more, each tenant for itself', async () => {
  await using world = openFileWorld(undefined)
  const acme = world.caller(LARGE, { tenant: 'acme' })
  const content = new Uint8Array(3 * MiB)
  const replies = await Promise.all([
    ...Array.from({ length: 8 }, (_, index) => acme.reply('write', `data/${index}`, content)),
    world.caller(LARGE).reply('write', 'data/other', content),
    acme.reply('append', 'data/0', ''),
    acme.reply('remove', 'data/none'),
  ])
  assert.equal(
    replies.map(({ ok }) => ok),
    [true, true, true, true, true, false, false, false, true, true, true],
  )
  assert.is(
    messageOf(replies[5] as HostReply),
    'files: "data/5" is not changed: 16 MiB of this script\'s content wait to be written already; await some first.',
  )
  await acme.answer('write', 'data/5', content)
  await acme.answer('write', 'data/whole', new Uint8Array(16 * MiB))
  assert.ok(readdirSync(join(world.root)).includes('whole'))
})

test.run()
