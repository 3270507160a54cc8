// What lies where the engine keeps its own files in a scripts directory was perhaps put there by whoever saves scripts.
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { environmentFile, isStale, writeEnvironment } from '../../engine/environment.ts'
import { scheduleFile } from '../../engine/schedule/schedule-file.ts'
import { tempDirectory } from '../harness/temp-directory.ts'

/** Reading without end, the process would be gone before the test is. */
const ENDLESS = '/dev/zero'

test('types are written whole, and known again', async () => {
  using scripts = tempDirectory({})
  const file = environmentFile(scripts.path)
  assert.is(await isStale(file, 'types'), false)
  assert.is(await writeEnvironment(file, 'types'), true)
  assert.is(await writeEnvironment(file, 'types'), false)
  assert.equal([await isStale(file, 'types'), await isStale(file, 'others')], [false, true])
  assert.equal(readdirSync(join(scripts.path, '.vivarium')), ['env.d.ts'])
})

test('a link in the place of the types is not read, and replaced rather than written through', async () => {
  using scripts = tempDirectory({ 'precious.txt': 'precious' })
  const file = environmentFile(scripts.path)
  mkdirSync(join(scripts.path, '.vivarium'))
  symlinkSync(ENDLESS, file)
  assert.is(await isStale(file, 'types'), false)
  assert.is(await writeEnvironment(file, 'types'), true)
  assert.is(readFileSync(file, 'utf8'), 'types')
  // The name under which it is written first can be known to nobody.
  symlinkSync(join(scripts.path, 'precious.txt'), `${file}.${process.pid}.tmp`)
  await writeEnvironment(file, 'others')
  assert.is(readFileSync(join(scripts.path, 'precious.txt'), 'utf8'), 'precious')
})

test('types are not written where a link leads to', async () => {
  using outside = tempDirectory({})
  using scripts = tempDirectory({})
  symlinkSync(outside.path, join(scripts.path, '.vivarium'))
  await writeEnvironment(environmentFile(scripts.path), 'types').then(
    () => assert.unreachable(),
    (error: Error) => assert.match(error.message, /is a link/),
  )
  assert.equal(readdirSync(outside.path), [])
})

test('what schedules remember is neither read from what never ends nor written through a link', async () => {
  using directory = tempDirectory({ 'precious.txt': 'precious' })
  const path = join(directory.path, 'schedules.json')
  const store = scheduleFile(path)
  symlinkSync(ENDLESS, path)
  symlinkSync(join(directory.path, 'precious.txt'), `${path}.${process.pid}.draft`)
  await Promise.resolve(store.read()).then(
    () => assert.unreachable(),
    (error: Error) => assert.match(error.message, /not what was written there/),
  )
  await store.write({ a: 1 })
  assert.equal(await store.read(), { a: 1 })
  assert.is(readFileSync(join(directory.path, 'precious.txt'), 'utf8'), 'precious')
  assert.ok(existsSync(path))
})

test.run()
