// Schedules and modes, read from what the sandbox says of a default export, and met with policy.
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isEngineError } from '../../engine/errors/engine-error.ts'
import { formatInterval, readInterval } from '../../engine/model/interval.ts'
import type { Json } from '../../engine/model/json.ts'
import type { Manifest } from '../../engine/model/manifest.ts'
import { isTimeZone } from '../../engine/model/time-zone.ts'
import { grantOverlap } from '../../engine/pipeline/grant-overlap.ts'
import { grantSchedules } from '../../engine/pipeline/grant-schedules.ts'
import { readManifest } from '../../engine/pipeline/read-manifest.ts'

const FUNCTION = { $: 'function' }
const read = (parts: { readonly [key: string]: Json }): Manifest => readManifest('a', { on: { go: FUNCTION }, ...parts })
const every = (schedule: string, handler: Json = FUNCTION): Manifest['every'][number] | undefined =>
  read({ every: { [schedule]: handler } }).every[0]

function failure(parts: { readonly [key: string]: Json }): string {
  try {
    read(parts)
  } catch (error) {
    if (isEngineError(error)) return `${error.code} ${error.message}${error.hint ? ` (${error.hint})` : ''}`
    throw error
  }
  return 'it is a manifest'
}

test('intervals are read as people write them', () => {
  for (const [text, ms] of [
    ['5m', 300_000],
    ['every 30s', 30_000],
    ['1.5h', 5_400_000],
    ['every 10 minutes', 600_000],
    ['every hour', 3_600_000],
    ['2 days', 172_800_000],
    ['every  day', 86_400_000],
    ['90 sec', 90_000],
    ['1 Minute', 60_000],
    ['500ms', 500],
  ] as const)
    assert.is(readInterval(text), ms, text)
  for (const text of [
    '',
    'm',
    'every',
    'every m',
    '5',
    '5 parsecs',
    '-5m',
    '5m 3s',
    'every every 5m',
    '1e3s',
    '5M',
    'constructor',
    '5 constructor',
  ])
    assert.is(readInterval(text), undefined, text)
})

test('an interval is written so that it reads the same', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 31_622_400_000 }), (ms) => assert.is(readInterval(formatInterval(ms)), ms)))
})

test('a schedule is an interval, or a cron expression with a zone; its event is called after it', () => {
  assert.equal(every('5m'), {
    schedule: '5m',
    event: 'every 5m',
    timing: { kind: 'interval', ms: 300_000 },
    missed: 'skip',
    overlap: { mode: 'single' },
    jitterMs: 0,
  })
  assert.is(every('every 5m')?.event, 'every 5m')
  const terms = { run: FUNCTION, timeZone: 'Europe/Berlin', missed: 'once', mode: 'queued', max: 3, jitter: '30s' }
  assert.equal(every('0 8 * * 1-5', terms), {
    schedule: '0 8 * * 1-5',
    event: 'every 0 8 * * 1-5',
    timing: { kind: 'cron', expression: '0 8 * * 1-5', timeZone: 'Europe/Berlin' },
    missed: 'once',
    overlap: { mode: 'queued', max: 3 },
    jitterMs: 30_000,
  })
  assert.equal(every('@Daily')?.timing, { kind: 'cron', expression: '@Daily', timeZone: undefined })
  assert.is(every('0 0 * * MON#1')?.timing.kind, 'cron')
})

test('each part of a schedule says what it must be', () => {
  const wrong = (schedule: string, terms: { readonly [key: string]: Json } = {}): string =>
    failure({ every: { [schedule]: { run: FUNCTION, ...terms } } })
  for (const [said, expected] of [
    [wrong('10ms'), /every\["10ms"\] must be named by an interval from "1s" to "366d", not "10ms"/],
    [wrong('400d'), /an interval from "1s" to "366d"/],
    [wrong('61 * * * *'), /five or six fields.*\(Invalid value for minute: 61\.\)/],
    [wrong('0 0 30 2 *'), /\(There is no such day in any year\.\)/],
    [wrong('@reboot'), /must be named by an interval like "5m" or a cron expression/],
    [wrong('* * * * * * *'), /must be named by/],
    [
      wrong('0 8 * * *', { timeZone: 'Europe/Berln' }),
      /timeZone must be a time zone like "Europe\/Berlin" or "UTC", not "Europe\/Berln"\. \(Did you mean "Europe\/Berlin"\?\)/,
    ],
    [wrong('0 8 * * *', { timeZone: '+02:00' }), /must be a time zone/],
    [wrong('0 8 * * *', { timeZone: 2 }), /must be a time zone/],
    [wrong('5m', { timeZone: 'UTC' }), /timeZone must be left out: an interval is the same everywhere/],
    [wrong('5m', { missed: 'twice' }), /missed must be "skip".* or "once".*, not "twice"/],
    [wrong('5m', { mode: 'never' }), /every\["5m"\]\.mode must be one of "single", "restart", "queued", "parallel", not "never"/],
    [wrong('5m', { mode: 'single', max: 2 }), /every\["5m"\]\.max must be left out, unless the mode is "queued"/],
    [wrong('5m', { mode: 'queued', max: 0 }), /max must be a whole number from 1 to 1000/],
    [wrong('5m', { jitter: '5m' }), /jitter must be shorter than the interval/],
    [wrong('0 8 * * *', { jitter: '2h' }), /jitter must be a time up to "1h"/],
    [wrong('5m', { runs: 1 }), /each key of every\["5m"\] must be one of "run", .*\(Did you mean "run"\?\)/],
    [failure({ every: { '5m': { missed: 'once' } } }), /every\["5m"\]\.run must be a function, not missing/],
    [failure({ every: { '5m': FUNCTION, 'every 5m': FUNCTION } }), /must be another schedule than "5m", which means the same/],
    [failure({ every: { 'every\n5m': FUNCTION } }), /must be named with printable characters on one line/],
    [failure({ on: { 'every 5m': FUNCTION } }), /must be named otherwise: names that begin with "every " are those of schedules/],
    [wrong('5m', { mode: 'qeued' }), /\(Did you mean "queued"\?\)/],
    [failure({ mode: 'sometimes' }), /"mode" must be one of "single", .*, not "sometimes"\.$/],
    [failure({ mode: 'paralel' }), /"mode" must be one of .* \(Did you mean "parallel"\?\)/],
    [failure({ max: 2 }), /"max" must be left out, unless the mode is/],
  ] as const)
    assert.match(said, expected)
})

test('whatever stands as a schedule, it is a schedule or an error of the manifest', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 30 }),
    fc.string({ unit: fc.constantFrom('0', '*', ' ', '/', ',', '-', '#', 'L', 'W', '5', '+', '?', '@', 'm'), maxLength: 20 }),
  )
  fc.assert(
    fc.property(text, (schedule) => {
      const said = failure({ every: { [schedule]: FUNCTION } })
      assert.ok(said === 'it is a manifest' || said.startsWith('MANIFEST_INVALID '), said)
    }),
    { numRuns: 2_000 },
  )
})

test('time zones have names', () => {
  for (const zone of ['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+3']) assert.ok(isTimeZone(zone), zone)
  for (const zone of ['', 'Berlin', '+02:00', 'Europe/Berlin\n', 'Z0', '../etc']) assert.not(isTimeZone(zone), zone)
})

test('policy cuts schedules, never below the first ones', () => {
  const { every: declared } = read({ every: { '* * * * * *': FUNCTION, '5m': FUNCTION, '0 8 29 2 *': FUNCTION } })
  const all = grantSchedules('a', declared, { least: '1s', max: 20, timeZone: 'Asia/Tokyo' })
  assert.equal([all.schedules.length, all.warnings, all.schedules[2]?.timeZone, all.schedules[0]?.leastMs], [3, [], 'Asia/Tokyo', 1_000])
  const few = grantSchedules('a', declared, { least: '10m', max: 1, timeZone: 'UTC' })
  assert.is(few.schedules.length, 1)
  assert.equal(few.warnings.length, 2)
})

test('a mode is the script’s choice within policy’s', () => {
  const policy = { mode: 'parallel', max: 10, queue: 20 } as const
  assert.equal(grantOverlap('a', undefined, policy).overlap, { mode: 'parallel', atOnce: 10, waiting: 20 })
  assert.equal(grantOverlap('a', { mode: 'parallel', max: 4 }, policy).overlap, { mode: 'parallel', atOnce: 4, waiting: 20 })
  assert.equal(grantOverlap('a', { mode: 'queued', max: 4 }, policy).overlap, { mode: 'queued', atOnce: 10, waiting: 4 })
  const much = grantOverlap('a', { mode: 'queued', max: 40 }, policy)
  assert.equal(much.overlap, { mode: 'queued', atOnce: 10, waiting: 20 })
  assert.match(much.warnings[0] ?? '', /asks for a "max" of 40; the policy's "concurrency.queue" grants 20/)
  assert.equal(grantOverlap('a', { mode: 'parallel' }, { ...policy, mode: 'restart' }).overlap.mode, 'restart')
  assert.equal(grantOverlap('a', { mode: 'single' }, { ...policy, mode: 'restart' }).overlap.mode, 'single')
})

test.run()
