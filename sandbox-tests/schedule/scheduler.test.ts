// The scheduler: one clock, many schedules, a store that remembers. The clock is the test's; the scheduler looks at it twice a second.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { GrantedSchedule, Tick } from '../../engine/model/manifest.ts'
import { scheduleFile } from '../../engine/schedule/schedule-file.ts'
import { type LastTicks, memoryScheduleStore, type ScheduleStore } from '../../engine/schedule/schedule-store.ts'
import { Scheduler, ticksOfSchedule } from '../../engine/schedule/scheduler.ts'
import { until } from '../harness/engines.ts'
import { tempDirectory } from '../harness/temp-directory.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const START = Date.UTC(2026, 0, 1, 7)
const EIGHT = START + HOUR

const DAILY: GrantedSchedule = {
  schedule: '0 8 * * *',
  event: 'every 0 8 * * *',
  timing: { kind: 'cron', expression: '0 8 * * *', timeZone: undefined },
  timeZone: 'UTC',
  missed: 'skip',
  overlap: { mode: 'single' },
  jitterMs: 0,
  leastMs: 1_000,
}
const ONCE: GrantedSchedule = { ...DAILY, missed: 'once' }

interface Ran extends Tick {
  readonly script: string
  readonly schedule: string
}

/** A scheduler over a clock that the test sets, and what came of it. */
function openScheduler(store: ScheduleStore = memoryScheduleStore(), start = START) {
  const world = { now: start }
  const ran: Ran[] = []
  const missed: number[] = []
  const problems: unknown[] = []
  const scheduler = new Scheduler({
    clock: () => world.now,
    random: (bytes) => new Uint8Array(bytes).fill(128),
    store,
    run: (script, { schedule }, tick) => ran.push({ script, schedule, ...tick }),
    onMissed: (_script, _schedule, ticks) => missed.push(ticks),
    onProblem: (error) => problems.push(error),
  })
  return { world, ran, missed, problems, scheduler }
}

const report = (...schedules: readonly GrantedSchedule[]) => [{ script: 'report', schedules }]
const aLook = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 700))

test('runs what is due, with its tick', async () => {
  const { world, ran, scheduler } = openScheduler()
  await scheduler.start(() => report(DAILY))
  assert.is(scheduler.next('report', DAILY), EIGHT)
  world.now = EIGHT + 20
  await until(() => ran.length === 1, 'the run of 8:00')
  assert.equal(ran, [{ script: 'report', schedule: '0 8 * * *', scheduled: EIGHT, at: EIGHT + 20, missed: 0 }])
  assert.is(scheduler.next('report', DAILY), EIGHT + DAY)
  await scheduler.close()
})

test('after a pause, the schedules of many scripts do not hold the host up while their ticks are counted', async () => {
  const { world, ran, scheduler } = openScheduler()
  const minutely: GrantedSchedule = { ...ONCE, timing: { kind: 'cron', expression: '*/7 3-22 * * 1-6', timeZone: 'Europe/Berlin' } }
  const all = Array.from({ length: 60 }, (_, index) => ({ script: `script${index}`, schedules: [minutely] }))
  await scheduler.start(() => all)
  let turns = 0
  let isOver = false
  const takeTurn = (): void => {
    if (ran.length > 0) turns++
    if (!isOver) setImmediate(takeTurn)
  }
  setImmediate(takeTurn)
  world.now = START + 40 * DAY
  await until(() => ran.length === all.length, 'a run of each')
  isOver = true
  assert.ok(turns > 2, `the host had ${turns} turns`)
  assert.is(new Set(ran.map(({ script }) => script)).size, all.length)
  assert.ok(ran.every(({ missed }) => missed === 100))
  await scheduler.close()
})

test('a host that slept past a tick: skipped and told, or made up for once', async () => {
  const { world, ran, missed, scheduler } = openScheduler()
  await scheduler.start(() => [...report(DAILY), { script: 'backup', schedules: [ONCE] }])
  world.now = EIGHT + 2 * DAY + HOUR
  await until(() => ran.length === 1, 'the run that makes up')
  assert.equal(ran, [{ script: 'backup', schedule: '0 8 * * *', scheduled: EIGHT + 2 * DAY, at: world.now, missed: 2 }])
  assert.equal(missed, [3])
  await scheduler.close()
})

test('what was missed while the host was down is made up for after the start, where a store remembers', async () => {
  using directory = tempDirectory()
  const path = join(directory.path, 'deep', 'schedules.json')
  const first = openScheduler(scheduleFile(path))
  await first.scheduler.start(() => report(ONCE, { ...DAILY, schedule: '@daily' }))
  first.world.now = EIGHT
  await until(() => first.ran.length === 2, 'the first runs')
  await first.scheduler.close()
  assert.equal(JSON.parse(readFileSync(path, 'utf8')), { 'report: 0 8 * * *': EIGHT }, 'only what must be remembered')
  assert.equal(readdirSync(join(directory.path, 'deep')), ['schedules.json'], 'no draft is left')

  const second = openScheduler(scheduleFile(path), EIGHT + 5 * DAY - HOUR)
  await second.scheduler.start(() => report(ONCE))
  await until(() => second.ran.length === 1, 'the run that makes up')
  assert.equal([second.ran[0]?.scheduled, second.ran[0]?.missed], [EIGHT + 4 * DAY, 3])
  await second.scheduler.close()

  const third = openScheduler(scheduleFile(path), EIGHT + 5 * DAY - HOUR)
  await third.scheduler.start(() => report(ONCE))
  await aLook()
  assert.equal(third.ran, [], 'it was made up for already')
  await third.scheduler.close()
})

test('a store that is broken is told of, and schedules run on', async () => {
  using directory = tempDirectory()
  const path = join(directory.path, 'schedules.json')
  writeFileSync(path, '{ "report')
  const { world, ran, problems, scheduler } = openScheduler(scheduleFile(path))
  await scheduler.start(() => report(ONCE))
  assert.instance(problems[0], SyntaxError)
  world.now = EIGHT
  await until(() => ran.length === 1, 'the run')
  await scheduler.close()
  assert.equal(JSON.parse(readFileSync(path, 'utf8')), { 'report: 0 8 * * *': EIGHT })

  const failing = openScheduler({ read: () => ({}), write: () => Promise.reject(new TypeError('the disk is full')) })
  await failing.scheduler.start(() => report(ONCE))
  await failing.scheduler.close()
  assert.is((failing.problems[0] as Error).message, 'the disk is full')
})

test('a store is never written while it writes', async () => {
  let writing = 0
  const written: LastTicks[] = []
  const slow: ScheduleStore = {
    read: () => ({}),
    async write(ticks) {
      assert.is(++writing, 1)
      await new Promise((resolve) => setTimeout(resolve, 100))
      writing--
      written.push(ticks)
    },
  }
  const { world, scheduler } = openScheduler(slow)
  await scheduler.start(() => report(ONCE))
  scheduler.update([...report(ONCE), { script: 'b', schedules: [ONCE] }])
  world.now = EIGHT
  await aLook()
  await scheduler.close()
  assert.equal(written.at(-1), { 'report: 0 8 * * *': EIGHT, 'b: 0 8 * * *': EIGHT })
})

test('other versions of scripts keep what was due, those that are gone do not run, and new ones miss nothing', async () => {
  const { world, ran, missed, scheduler } = openScheduler()
  await scheduler.start(() => [...report(DAILY), { script: 'gone', schedules: [DAILY] }])
  world.now = EIGHT - 1
  scheduler.update([...report({ ...DAILY, overlap: { mode: 'queued' } }), { script: 'new', schedules: [ONCE] }])
  world.now = EIGHT + 5
  scheduler.update([...report(DAILY), { script: 'late', schedules: [ONCE] }])
  await until(() => ran.length === 1, 'the run of the script that stayed')
  await aLook()
  assert.equal(
    ran.map(({ script }) => script),
    ['report'],
  )
  assert.equal(missed, [])
  await scheduler.close()
})

test('a clock that is set back a little brings no tick twice; set back far, it begins anew', async () => {
  const { world, ran, scheduler } = openScheduler()
  await scheduler.start(() => report(DAILY))
  world.now = EIGHT
  await until(() => ran.length === 1, 'the first run')
  world.now = EIGHT - 60_000
  await aLook()
  world.now = EIGHT + 1_000
  await aLook()
  assert.is(ran.length, 1)
  world.now = EIGHT - 10 * DAY - 1_000
  await aLook()
  assert.is(scheduler.next('report', DAILY), EIGHT - 10 * DAY)
  world.now = EIGHT - 10 * DAY
  await until(() => ran.length === 2, 'the run by the new time')
  await scheduler.close()
})

test('closed, nothing runs any more, and closing while it starts is no error', async () => {
  const { world, ran, scheduler } = openScheduler()
  const starting = scheduler.start(() => report(DAILY))
  await scheduler.close()
  await starting
  scheduler.update(report(DAILY))
  world.now = EIGHT
  await aLook()
  assert.equal(ran, [])
})

test('jitter is less than what the script says', async () => {
  const { world, ran, scheduler } = openScheduler()
  await scheduler.start(() => report({ ...DAILY, jitterMs: 10_000 }))
  world.now = EIGHT + 4_000
  await aLook()
  assert.equal(ran, [])
  world.now = EIGHT + 6_000
  await until(() => ran.length === 1, 'the run, put off by half')
  assert.is(ran[0]?.scheduled, EIGHT)
  await scheduler.close()
})

test('intervals of many scripts are not due all at once, and are due at the same moments after a restart', () => {
  const hourly: GrantedSchedule = { ...DAILY, schedule: '1h', event: 'every 1h', timing: { kind: 'interval', ms: HOUR } }
  const due = (script: string): number => ticksOfSchedule(script, hourly).next(START) ?? 0
  const minutes = new Set(Array.from({ length: 100 }, (_, index) => Math.floor((due(`script-${index}`) - START) / 60_000)))
  assert.ok(minutes.size > 30, `${minutes.size} different minutes`)
  assert.is(due('report'), due('report'))
})

test.run()
