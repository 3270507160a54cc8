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
  assert.ok(Math.abs((first?.since ?? 0) - before) < 10_000, `${first?.since} and ${before}`)
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

test('runs of one image that begin right after one another are told of once, until results are delivered', async () => {
  const { writer, reader } = setUp()
  writer.expectSibling(true)
  const begin = (id: number, key: string) => {
    writer.subject(id, [], key)
    writer.enter()
    writer.leave()
    return reader.see()
  }
  /** A busy machine may take longer than what counts as right after one another. */
  const beginBoth = (first: number, second: number, secondKey: string) => {
    let sights = [begin(first, 'a'), begin(second, secondKey)]
    for (let tries = 0; tries < 100 && sights[1]?.entry !== sights[0]?.entry; tries++)
      sights = [begin(first, 'a'), begin(second, secondKey)]
    return sights
  }
  const [first, second] = beginBoth(2, 4, 'a')
  assert.equal([first?.id, first?.orSibling], [2, true])
  assert.equal(second, first, 'the second is told of by the first')
  assert.equal([begin(6, 'b')?.id, begin(8, 'a')?.id], [6, 8], 'another image')
  await new Promise((resolve) => setTimeout(resolve, 5))
  assert.is(begin(10, 'a')?.id, 10, 'a while later')
  writer.delivered()
  assert.is(begin(12, 'a')?.id, 12, 'the host knows of what was before')
  reader.close()
})

test('what is known of one run alone is written down by itself', () => {
  const { writer, reader } = setUp()
  writer.expectSibling(true)
  const begin = (id: number): void => {
    writer.subject(id, [], 'a')
    writer.enter()
  }
  const told = () => {
    const { id, orSibling } = reader.see() ?? {}
    return [id, orSibling]
  }
  begin(2)
  writer.subject(2, [])
  writer.enter()
  assert.equal(told(), [2, false], 'it goes on after an answer of the host')
  begin(4)
  begin(6)
  writer.logged('1"a"')
  assert.equal([...told(), ...reader.readLog()], [6, false, '1"a"'])
  begin(8)
  assert.equal([...told(), ...reader.readLog()], [8, true])
  begin(10)
  writer.polled(performance.now() + 100)
  assert.equal(told(), [10, false])
  writer.leave()
  writer.rest()
  assert.is(reader.see(), undefined)
  reader.close()
})

test('a run that no sibling follows is told of by itself, unless it is told of already', () => {
  const { writer, reader } = setUp()
  const begin = (id: number, isFollowed: boolean) => {
    writer.expectSibling(isFollowed)
    writer.subject(id, [], 'a')
    writer.enter()
    writer.leave()
    const { id: told, orSibling } = reader.see() ?? {}
    return [told, orSibling]
  }
  assert.equal(begin(2, false), [2, false])
  assert.equal(begin(4, false), [4, false])
  let last = [begin(6, true), begin(8, false)]
  for (let tries = 0; tries < 100 && last[1]?.[0] === 8; tries++) last = [begin(6, true), begin(8, false)] // a busy machine
  assert.equal(last, [
    [6, true],
    [6, true],
  ])
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
