// A clock and a source of randomness that fail: something stands in, and each failure is told.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { steadfastClock, steadfastRandom } from '../../engine/observe/host-sources.ts'

const THROWS = (): never => {
  throw new Error('of the host')
}

test('a clock that works is passed on, and nothing is told', () => {
  const told: Error[] = []
  let now = 0
  const clock = steadfastClock(
    () => now++,
    (error) => told.push(error),
  )
  assert.equal([clock(), clock(), clock()], [0, 1, 2])
  assert.equal(told, [])
})

test('a clock that fails stands still at what it told last; each failure is told with its cause', () => {
  const told: Error[] = []
  let read: () => unknown = () => 1_000
  const clock = steadfastClock(
    () => read() as number,
    (error) => told.push(error),
  )
  assert.is(clock(), 1_000)
  for (const broken of [THROWS, () => Number.NaN, () => Number.POSITIVE_INFINITY, () => 'noon', () => undefined, () => ({})]) {
    read = broken
    assert.is(clock(), 1_000)
  }
  assert.is(told.length, 6)
  assert.is((told[0]?.cause as Error | undefined)?.message, 'of the host')
  assert.match(told[1]?.message ?? '', '"clock" must return milliseconds since 1970, but it returned NaN')
  read = () => 2_000
  assert.is(clock(), 2_000)
})

test('a clock that never worked is the system’s', () => {
  const before = Date.now()
  const now = steadfastClock(THROWS, () => undefined)()
  assert.ok(now >= before && now <= Date.now())
})

test('randomness that fails is the system’s; each failure is told with its cause', () => {
  const told: Error[] = []
  let make: (bytes: number) => unknown = (bytes) => new Uint8Array(bytes).fill(7)
  const random = steadfastRandom(
    (bytes) => make(bytes) as Uint8Array,
    (error) => told.push(error),
  )
  assert.equal([...random(3)], [7, 7, 7])
  for (const broken of [THROWS, () => new Uint8Array(1), () => 'bytes', () => undefined, () => [1, 2, 3], () => Symbol('x')]) {
    make = broken
    const bytes = random(24)
    assert.ok(bytes instanceof Uint8Array)
    assert.is(bytes.length, 24)
    assert.ok(
      bytes.some((byte) => byte !== 0),
      'they are random',
    )
  }
  assert.is(told.length, 6)
  assert.match(told[1]?.message ?? '', 'it returned 1 bytes')
})

test.run()
