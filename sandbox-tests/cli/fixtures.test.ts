// Fixtures are read below the scripts directory, and nowhere else.
import { execFileSync } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { listFixtures, readFixture } from '../../cli/fixtures.ts'
import { tempDirectory } from '../harness/temp-directory.ts'

test('a fixture is a payload under the name of its event, or says both', async () => {
  using directory = tempDirectory({ 'fixtures/push.json': '\uFEFF{ "by": 1 }', 'fixtures/much.json': '{ "event": "push", "payload": 2 }' })
  assert.equal(await listFixtures(directory.path), ['much', 'push'])
  assert.equal(await readFixture(directory.path, 'push'), { name: 'push', event: 'push', payload: { by: 1 } })
  assert.equal(await readFixture(directory.path, 'much'), { name: 'much', event: 'push', payload: 2 })
})

test('no fixture leads out of the scripts directory, hangs, or never ends', async () => {
  using outside = tempDirectory({ 'config.json': '{ "auths": "hunter2" }' })
  using directory = tempDirectory({ 'fixtures/inside.json': '1' })
  const at = (name: string): string => join(directory.path, 'fixtures', `${name}.json`)
  symlinkSync(join(outside.path, 'config.json'), at('link'))
  symlinkSync(outside.path, join(directory.path, 'fixtures', 'folder'))
  symlinkSync('/dev/zero', at('zero'))
  symlinkSync(at('inside'), at('other'))
  execFileSync('mkfifo', [at('pipe')])
  for (const name of ['link', 'folder/config', 'zero', 'pipe', '../../config', 'nothing'])
    await readFixture(directory.path, name).then(
      () => assert.unreachable(name),
      (error: Error) => assert.match(error.message, /There is no fixture/, name),
    )
  assert.is((await readFixture(directory.path, 'other')).payload, 1)
})

test('a folder of fixtures that lies outside is not listed; one that is a link inside is', async () => {
  using outside = tempDirectory({ 'config.json': '{}' })
  using directory = tempDirectory({ 'examples/push.json': '1', 'deep/x.ts': '' })
  symlinkSync(outside.path, join(directory.path, 'fixtures'))
  assert.equal(await listFixtures(directory.path), [])
  symlinkSync(join(directory.path, 'examples'), join(directory.path, 'deep', 'fixtures'))
  assert.equal(await listFixtures(join(directory.path, 'deep')), [])
  using good = tempDirectory({ 'examples/push.json': '1' })
  symlinkSync(join(good.path, 'examples'), join(good.path, 'fixtures'))
  assert.equal(await listFixtures(good.path), ['push'])
  assert.is((await readFixture(good.path, 'push')).payload, 1)
})

test.run()
