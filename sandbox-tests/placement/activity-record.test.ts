// What a child wrote down can be read by its host, while it computes and when it is gone.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ActivityReader, ActivityWriter, openRecord } from '../../engine/placement/activity-record.ts'

function setUp(): { writer: ActivityWriter; reader: ActivityReader } {
  const fd = openRecord()
  return { writer: new ActivityWriter(fd), reader: new ActivityReader(fd) }
}

test('an entry is seen from the moment that it begins, with its request and since when', () => {
  const { writer, reader } = setUp()
  assert.is(reader.see(), undefined)
  const before = performance.timeOrigin + performance.now()
  writer.subject(7, [])
  writer.enter()
  const first = reader.see()
  assert.is(first?.id, 7)
  assert.ok(Math.abs((first?.since ?? 0) - before) < 1_000, `${first?.since} and ${before}`)
  assert.is(first?.polledAt, first?.since)
  writer.leave()
  writer.subject(8, [])
  writer.enter()
  assert.is(reader.see()?.id, 8)
  assert.is.not(reader.see()?.entry, first?.entry)
  writer.leave()
  writer.rest()
  assert.is(reader.see(), undefined)
  reader.close()
  assert.is(reader.see(), undefined)
  assert.equal(reader.readLog(), [])
  reader.close()
})

test('a look at the limits is seen, not each one', () => {
  const { writer, reader } = setUp()
  writer.subject(1, [])
  writer.enter()
  const since = reader.see()?.since ?? 0
  writer.polled(performance.now())
  assert.is(reader.see()?.polledAt, since, 'too soon after the entry')
  writer.polled(performance.now() + 100)
  assert.ok((reader.see()?.polledAt ?? 0) > since + 50)
  reader.close()
})

test('logs are there entry by entry, up to what fits; a new subject brings its own', () => {
  const { writer, reader } = setUp()
  writer.subject(1, ['before'])
  writer.enter()
  writer.logged('one')
  writer.logged('zwei ü')
  assert.equal(reader.readLog(), ['before', 'one', 'zwei ü'])
  writer.logged('x'.repeat(200 * 1024))
  writer.logged('still fits')
  assert.equal(reader.readLog(), ['before', 'one', 'zwei ü', 'still fits'])
  writer.subject(2, [])
  writer.enter()
  assert.equal(reader.readLog(), [])
  reader.close()
})

test.run()
