// One schedule as time goes by: what is due, what was missed, what is left out.
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { DueSchedule, GRACE_MS, type Look } from '../../engine/schedule/due-schedule.ts'
import { cronTicks, intervalTicks } from '../../engine/schedule/ticks.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const START = Date.UTC(2026, 0, 1, 7, 30)
const EIGHT = Date.UTC(2026, 0, 1, 8)

interface Terms {
  readonly missed?: 'skip' | 'once'
  readonly leastMs?: number
  readonly jitter?: () => number
  readonly ms?: number
}

const daily = ({ missed = 'skip', leastMs = 1_000, jitter = () => 0 }: Terms = {}): DueSchedule =>
  new DueSchedule({ missed, leastMs }, { ticks: cronTicks('0 8 * * *', 'UTC'), jitter }, START)

const often = ({ missed = 'skip', leastMs = 1_000, jitter = () => 0, ms = MINUTE }: Terms = {}): DueSchedule =>
  new DueSchedule({ missed, leastMs }, { ticks: intervalTicks(ms, 0), jitter }, START)

test('nothing is due before its time, and each tick once', () => {
  const schedule = daily()
  assert.is(schedule.next, EIGHT)
  assert.is(schedule.look(EIGHT - 1), undefined)
  assert.equal(schedule.look(EIGHT + 3), { run: { scheduled: EIGHT, missed: 0 } })
  assert.is(schedule.look(EIGHT + 4), undefined)
  assert.is(schedule.next, EIGHT + 24 * HOUR)
})

test('a tick that is a little late runs; one that is too late was missed', () => {
  assert.equal(daily().look(EIGHT + GRACE_MS), { run: { scheduled: EIGHT, missed: 0 } })
  const schedule = daily()
  assert.equal(schedule.look(EIGHT + GRACE_MS + 1), { passedOver: 1 })
  assert.equal(schedule.look(EIGHT + 24 * HOUR), { run: { scheduled: EIGHT + 24 * HOUR, missed: 1 } }, 'the next run is told')
})

test('with "once", all that was missed has one run, for the last of them', () => {
  const schedule = daily({ missed: 'once' })
  assert.equal(schedule.look(EIGHT + 3 * 24 * HOUR + 5 * HOUR), { run: { scheduled: EIGHT + 3 * 24 * HOUR, missed: 3 } })
  assert.is(schedule.look(EIGHT + 3 * 24 * HOUR + 6 * HOUR), undefined)
})

test('a host that was blocked for many ticks gets no burst of runs', () => {
  const schedule = often({ ms: 1_000 })
  const late = START + 30_500
  assert.equal(schedule.look(late), { run: { scheduled: START + 30_000, missed: 29 } })
  assert.is(schedule.look(late), undefined)
})

test('years of ticks are not counted one by one', () => {
  const schedule = new DueSchedule({ missed: 'once', leastMs: 1_000 }, { ticks: cronTicks('* * * * * *', 'UTC'), jitter: () => 0 }, START)
  const before = performance.now()
  assert.equal(schedule.look(START + 20 * 365 * 24 * HOUR), { run: { scheduled: START + 20 * 365 * 24 * HOUR, missed: 100 } })
  assert.ok(performance.now() - before < 2_000)
})

test('ticks that come sooner than policy allows are left out, and are not missed', () => {
  const schedule = often({ ms: 1_000, leastMs: MINUTE })
  const runs: number[] = []
  for (let now = START; now <= START + 5 * MINUTE; now += 500) {
    const look = schedule.look(now)
    if (look?.run !== undefined) {
      assert.is(look.run.missed, 0)
      runs.push(look.run.scheduled)
    }
  }
  assert.is(runs.length, 5)
  for (const [index, run] of runs.entries()) if (index > 0) assert.ok(run - (runs[index - 1] ?? 0) >= MINUTE)
})

test('jitter puts a run off and moves no tick', () => {
  const schedule = often({ jitter: () => 20_000 })
  assert.is(schedule.look(START + MINUTE), undefined)
  assert.equal(schedule.look(START + MINUTE + 20_000), { run: { scheduled: START + MINUTE, missed: 0 } })
  assert.is(schedule.next, START + 2 * MINUTE)
  assert.is(schedule.due, START + 2 * MINUTE + 20_000)
})

test('begun anew, nothing is missed', () => {
  const schedule = daily({ missed: 'once' })
  schedule.restart(EIGHT + 2 * HOUR)
  assert.is(schedule.look(EIGHT + 3 * HOUR), undefined)
  assert.is(schedule.next, EIGHT + 24 * HOUR)
})

test('however the clock is looked at, no tick runs twice, none runs early, and none gets lost unsaid', () => {
  const steps = fc.array(fc.integer({ min: 1, max: 3 * MINUTE }), { minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(steps, fc.constantFrom('skip', 'once'), fc.integer({ min: 0, max: 5_000 }), (waits, missed, jitter) => {
      const schedule = often({ missed, ms: 10_000, jitter: () => jitter })
      let now = START
      let last = START
      let told = 0
      let pending = 0
      for (const wait of waits) {
        now += wait
        const look: Look = schedule.look(now)
        if (look?.run === undefined) {
          pending += look?.passedOver ?? 0
          continue
        }
        const { run } = look
        assert.ok(run.scheduled > last && run.scheduled <= now)
        assert.is(run.missed, pending > 0 ? Math.min(100, run.missed) : (run.scheduled - last) / 10_000 - 1)
        last = run.scheduled
        told += run.missed + 1
        pending = 0
      }
      const ticks = Math.floor((last - START) / 10_000)
      assert.is(told, ticks, 'every tick up to the last run had a run or was told of')
    }),
  )
})

test.run()
