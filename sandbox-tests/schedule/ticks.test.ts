// When schedules are due: calendars, time zones, clocks that are put forward and back.
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { cronTicks, intervalTicks } from '../../engine/schedule/ticks.ts'

const at = (text: string): number => Date.parse(text)
const iso = (moment: number | undefined): string => (moment === undefined ? 'never' : new Date(moment).toISOString())
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Pacific/Chatham']

/** The next `count` ticks after a moment. */
function following(expression: string, zone: string, after: string, count: number): string[] {
  const ticks = cronTicks(expression, zone)
  const found: string[] = []
  for (let last: number | undefined = at(after); found.length < count && last !== undefined; ) {
    last = ticks.next(last)
    found.push(iso(last))
  }
  return found
}

test('a cron expression is read in its time zone', () => {
  assert.equal(following('0 8 * * 1-5', 'Europe/Berlin', '2026-03-27T06:59:59Z', 2), [
    '2026-03-27T07:00:00.000Z',
    '2026-03-30T06:00:00.000Z',
  ])
  assert.equal(following('0 8 * * 1-5', 'UTC', '2026-03-27T08:00:00Z', 1), ['2026-03-30T08:00:00.000Z'])
  assert.equal(following('*/20 30 9 * * *', 'Asia/Kolkata', '2026-01-01T00:00:00Z', 4), [
    '2026-01-01T04:00:00.000Z',
    '2026-01-01T04:00:20.000Z',
    '2026-01-01T04:00:40.000Z',
    '2026-01-02T04:00:00.000Z',
  ])
  assert.equal(following('@daily', 'UTC', '2026-01-01T12:00:00Z', 1), ['2026-01-02T00:00:00.000Z'])
})

test('a time that is left out when clocks are put forward comes right after; one for each step of the clock does not', () => {
  assert.equal(following('30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', 2), [
    '2026-03-29T01:00:00.000Z',
    '2026-03-30T00:30:00.000Z',
  ])
  assert.equal(following('30 2,14 * * *', 'Europe/Berlin', '2026-03-28T14:00:00Z', 2), [
    '2026-03-29T01:00:00.000Z',
    '2026-03-29T12:30:00.000Z',
  ])
  assert.equal(following('*/30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', 1), ['2026-03-30T00:00:00.000Z'])
})

test('a time that comes twice when clocks are put back has one tick; an hourly one has one for each hour', () => {
  assert.equal(following('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', 2), [
    '2026-10-25T00:30:00.000Z',
    '2026-10-26T01:30:00.000Z',
  ])
  assert.equal(following('30 * * * *', 'Europe/Berlin', '2026-10-25T00:00:00Z', 3), [
    '2026-10-25T00:30:00.000Z',
    '2026-10-25T01:30:00.000Z',
    '2026-10-25T02:30:00.000Z',
  ])
})

test('a day that no year has never comes', () => {
  assert.is(cronTicks('0 0 30 2 *', 'UTC').next(at('2026-01-01T00:00:00Z')), undefined)
})

const field = (least: number, most: number): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constant('*'),
    fc.integer({ min: least, max: most }).map(String),
    fc.integer({ min: 2, max: most }).map((step) => `*/${step}`),
    fc
      .tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }))
      .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
  )
const expressions = fc.tuple(field(0, 59), field(0, 23), field(1, 28), fc.constant('*'), field(0, 6)).map((fields) => fields.join(' '))
const moments = fc.integer({ min: at('2020-01-01T00:00:00Z'), max: at('2040-01-01T00:00:00Z') })

test('the next tick is later, on a whole second, and the latest one at that moment is itself', () => {
  fc.assert(
    fc.property(expressions, fc.constantFrom(...ZONES), moments, (expression, zone, moment) => {
      const ticks = cronTicks(expression, zone)
      const next = ticks.next(moment)
      if (next === undefined) return
      assert.ok(next > moment, `${expression} ${zone} ${iso(moment)} → ${iso(next)}`)
      assert.is(next % 1_000, 0)
      assert.is(ticks.next(next - 1), next, `${expression} ${zone}: ${iso(next)} comes again a moment before it`)
      assert.is(iso(ticks.latest(next)), iso(next), `${expression} ${zone}`)
      assert.is(iso(ticks.latest(next + 999)), iso(next), `${expression} ${zone}`)
      assert.ok((ticks.latest(next - 1) ?? 0) <= moment, `${expression} ${zone}: none lies between ${iso(moment)} and ${iso(next)}`)
    }),
    { numRuns: 150 },
  )
})

test('a tick of fixed minutes and hours shows them on the clock of its zone, where that clock has them', () => {
  const clock = (zone: string): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 59 }),
      fc.integer({ min: 4, max: 23 }),
      fc.constantFrom(...ZONES),
      moments,
      (minute, hour, zone, moment) => {
        const next = cronTicks(`${minute} ${hour} * * *`, zone).next(moment)
        assert.is(clock(zone).format(next), `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`)
        assert.ok((next ?? 0) - moment <= 25 * 3_600_000 + 60_000, 'within a day, which may have 25 hours')
      },
    ),
    { numRuns: 150 },
  )
})

test('ticks of an interval are its multiples from its phase', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1_000, max: 31_622_400_000 }), fc.nat(), moments, (ms, phase, moment) => {
      const ticks = intervalTicks(ms, phase)
      const next = ticks.next(moment) ?? 0
      assert.ok(next > moment && next - moment <= ms)
      assert.is((next - phase) % ms, 0)
      assert.is(ticks.next(next), next + ms)
      assert.is(ticks.latest(next), next)
      assert.is(ticks.latest(next - 1), next - ms)
    }),
  )
})

test.run()
