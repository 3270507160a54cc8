// timeout: 300s
// Schedules from end to end: scripts that declare them, policies that narrow them, engines that run them, and end.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type CreateEngineOptions, createEngine, isEngineError, memoryStore, type Outcome } from '../../engine/index.ts'
import { COMBINATIONS, inCombination } from '../harness/combinations.ts'
import { makeDoor } from '../harness/door.ts'
import { expectStatus, PATIENT, until } from '../harness/engines.ts'
import { tempDirectory } from '../harness/temp-directory.ts'

const EIGHT = Date.UTC(2026, 0, 1, 8)
const DAY = 86_400_000
const TELL = `(tick, ctx) => ({ tick, event: ctx.event, now: Date.now() })`

/** An engine whose clock the test sets, and every outcome. */
async function timed(files: { readonly [path: string]: string }, options: CreateEngineOptions = {}) {
  const world = { now: EIGHT - 500 }
  const store = memoryStore(files)
  const engine = await createEngine({ scripts: store, workers: 1, policy: PATIENT, clock: () => world.now, ...options })
  const outcomes: Outcome[] = []
  engine.on('run', (outcome) => outcomes.push(outcome))
  return { world, store, engine, outcomes }
}

const aLook = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 800))

for (const combination of COMBINATIONS) {
  test(`${combination.name}: a schedule runs with its tick, and its outcome is told`, async () => {
    const files = {
      'report.ts': `export default { every: { '0 8 * * *': ${TELL}, '0 9 * * *': { run() { return this.timeZone }, timeZone: 'Europe/Berlin' } } }`,
    }
    const { world, engine, outcomes } = await timed(files, inCombination(combination))
    await using _closed = engine
    world.now = EIGHT + 7
    await until(() => outcomes.length === 2, 'both runs')
    const [utc, berlin] = outcomes
    expectStatus(utc as Outcome, 'ok')
    assert.is(utc?.event, 'every 0 8 * * *')
    assert.equal(utc?.value, { tick: { scheduled: EIGHT, missed: 0, at: EIGHT + 7 }, event: 'every 0 8 * * *', now: EIGHT + 7 })
    assert.is(berlin?.value, 'Europe/Berlin', 'the handler is a method of what it stands in')
  })
}

test('an interval runs again and again by the real clock', async () => {
  await using engine = await createEngine({
    scripts: memoryStore({ 'a.ts': `export default { every: { 'every 1s': (tick) => tick } }` }),
    workers: 1,
    policy: PATIENT,
  })
  const ticks: { readonly scheduled: number; readonly at: number }[] = []
  engine.on('run', ({ value }) => ticks.push(value as (typeof ticks)[number]))
  await until(() => ticks.length >= 3, 'three runs')
  for (const [index, { scheduled, at }] of ticks.entries()) {
    assert.ok(at >= scheduled, 'none is early')
    assert.ok(index === 0 || scheduled - (ticks[index - 1]?.scheduled ?? 0) >= 1_000, 'a second lies between two runs')
  }
})

test('engine.scripts() has every schedule that runs, with when it is due', async () => {
  const { engine } = await timed({
    'a.ts': `export default { every: { '0 8 * * 1-5': { run: () => 1, timeZone: 'America/New_York', missed: 'once', mode: 'queued', jitter: '5m' }, '2h': () => 2 } }`,
  })
  await using _closed = engine
  const [script] = engine.scripts()
  assert.equal(script?.every, ['0 8 * * 1-5', '2h'])
  const [cron, interval] = script?.schedules ?? []
  assert.equal(cron, {
    schedule: '0 8 * * 1-5',
    event: 'every 0 8 * * 1-5',
    timeZone: 'America/New_York',
    missed: 'once',
    mode: 'queued',
    next: Date.UTC(2026, 0, 1, 13),
  })
  assert.equal([interval?.event, interval?.timeZone, interval?.mode], ['every 2h', undefined, 'single'])
  assert.ok((interval?.next ?? 0) > EIGHT - 500 && (interval?.next ?? 0) <= EIGHT + 7_200_000)
})

test('policy takes schedules away, with the line that would give them', async () => {
  const { engine, outcomes, world } = await timed(
    { 'a.ts': `export default { on: { go: () => 1 }, every: { '0 8 * * *': () => 2 } }`, 'b.ts': `export default { on: { go: () => 3 } }` },
    { policy: { version: 1, defaults: { allow: { schedule: false } } } },
  )
  await using _closed = engine
  const [a, b] = engine.scripts()
  assert.equal([a?.status, b?.status], ['denied', 'ready'])
  assert.equal(
    a?.denied.map(({ policyLine }) => policyLine),
    ['allow: { schedule: true }'],
  )
  world.now = EIGHT
  await aLook()
  assert.equal(outcomes, [])
})

test('policy narrows schedules: how often, how many, in which zone', async () => {
  const { engine, outcomes, world } = await timed(
    { 'a.ts': `export default { every: { '* * * * * *': () => 'often', '0 9 * * *': () => 'nine', '5m': () => 'too many' } }` },
    { policy: { version: 1, defaults: { ...PATIENT.defaults, allow: { schedule: { least: '1m', max: 2, timeZone: 'Europe/Berlin' } } } } },
  )
  await using _closed = engine
  const [script] = engine.scripts()
  assert.equal(
    script?.schedules.map(({ schedule, timeZone }) => [schedule, timeZone]),
    [
      ['* * * * * *', 'Europe/Berlin'],
      ['0 9 * * *', 'Europe/Berlin'],
    ],
  )
  assert.equal(script?.warnings, [
    '"a" asks for "* * * * * *", ticks as close as 1s; the policy grants one in 1m ("allow.schedule.least"): those between are left out.',
    '"a" has 3 schedules; the policy grants 2 ("allow.schedule.max"): "5m" will not run.',
  ])
  world.now = EIGHT
  await until(() => outcomes.length === 2, 'both runs')
  for (let at = EIGHT + 1_000; at <= EIGHT + 4_000; at += 1_000) {
    world.now = at
    await aLook()
  }
  assert.equal(outcomes.map(({ value }) => value).sort(), ['nine', 'often'])
  assert.is(engine.explain('a').find(({ path }) => path === 'allow.schedule')?.setBy !== 'built-in', true)
})

test('a policy that is wrong about schedules says what it should say', async () => {
  for (const [written, said] of [
    [{ least: 'often' }, /least: must be a time from "1s" to "366d", like "1m", not "often"/],
    [{ least: '10ms' }, /least: must be a time from "1s"/],
    [{ max: 0 }, /max: must be a whole number from 1 to 100, not 0/],
    [{ timeZone: 'Berlin' }, /timeZone: must be a time zone like "Europe\/Berlin"/],
    [{ most: 1 }, /schedule: has no "most"; there are least, max and timeZone/],
    ['1m', /schedule: must be true, false or \{ least, max, timeZone \}, not "1m"/],
  ] as const) {
    try {
      await (await createEngine({ policy: { version: 1, defaults: { allow: { schedule: written } } } })).close()
      assert.unreachable(JSON.stringify(written))
    } catch (error) {
      if (!isEngineError(error)) throw error
      assert.is(error.code, 'POLICY_INVALID')
      assert.match(error.message, said)
    }
  }
})

test('reload and a new policy keep what is due; a script that is gone, or broken, does not bring it back', async () => {
  const { engine, store, outcomes, world } = await timed({
    'a.ts': `export default { every: { '0 8 * * *': () => 'old' } }`,
    'gone.ts': `export default { every: { '0 8 * * *': () => 'gone' } }`,
    'broken.ts': `export default { every: { '0 8 * * *': () => 'good' } }`,
  })
  await using _closed = engine
  store.write('a.ts', `export default { every: { '0 8 * * *': () => 'new' } }`)
  store.remove('gone.ts')
  store.write('broken.ts', `export default {`)
  await engine.reload()
  world.now = EIGHT
  await until(() => outcomes.length === 2, 'both runs')
  assert.equal(outcomes.map(({ value }) => value).sort(), ['good', 'new'], 'the last good version of a broken script is in force')
  await engine.reload()
  await aLook()
  assert.is(outcomes.length, 2)
  world.now = EIGHT + DAY
  await until(() => outcomes.length === 4, 'the runs of the next day')
})

test('runs of one schedule meet by its mode; others of the same script are beside them', async () => {
  const door = makeDoor()
  const slow = (mode: string): string =>
    `{ mode: '${mode}', run: async (tick, ctx) => { await ctx.door.pass(tick.scheduled); return tick.scheduled } }`
  const { engine, outcomes, world } = await timed(
    {
      'a.ts': `export default { needs: { door: true }, on: { go: () => 'beside' }, every: { '* * * * *': ${slow('single')}, '*/1 * * * *': ${slow('restart')} } }`,
    },
    { bindings: [door.binding], policy: { version: 1, defaults: { ...PATIENT.defaults, allow: { door: true } } } },
  )
  await using _closed = engine
  world.now = EIGHT
  await until(() => door.arrivals(EIGHT) === 2, 'both are under way')
  expectStatus((await engine.emit('go', 0)).outcomes[0] as Outcome, 'ok')
  world.now = EIGHT + 60_000
  await until(() => outcomes.length === 3 && door.arrivals(EIGHT + 60_000) === 1, 'one is left out, one is replaced')
  door.open(EIGHT)
  door.open(EIGHT + 60_000)
  await until(() => outcomes.length === 5, 'every outcome')
  const told = outcomes
    .filter(({ event }) => event !== 'go')
    .map(({ event, status, error, value }) => [event, error?.code ?? status, value])
  assert.equal(
    told.filter(([event]) => event === 'every * * * * *'),
    [
      ['every * * * * *', 'RUN_OVERLAPS', undefined],
      ['every * * * * *', 'ok', EIGHT],
    ],
  )
  assert.equal(
    told.filter(([event]) => event === 'every */1 * * * *'),
    [
      ['every */1 * * * *', 'RUN_REPLACED', undefined],
      ['every */1 * * * *', 'ok', EIGHT + 60_000],
    ],
  )
})

test('what was missed while the host was down runs once, remembered beside the scripts', async () => {
  const source = (missed: string): string =>
    `export default { every: { '0 8 * * *': { missed: '${missed}', run: (tick) => tick.missed } } }`
  using directory = tempDirectory({ 'once.ts': source('once'), 'skip.ts': source('skip') })
  const open = (now: number, schedules?: boolean) =>
    createEngine({ scripts: directory.path, workers: 1, policy: PATIENT, clock: () => now, schedules })
  await (await open(EIGHT - 1_000)).close()
  const file = join(directory.path, '.vivarium', 'schedules.json')
  assert.equal(JSON.parse(readFileSync(file, 'utf8')), { 'once: 0 8 * * *': EIGHT - 1_000 })
  await (await open(EIGHT + 2 * DAY + 60_000, false)).close()
  await using engine = await open(EIGHT + 2 * DAY + 60_000)
  const outcomes: Outcome[] = []
  engine.on('run', (outcome) => outcomes.push(outcome))
  await until(() => outcomes.length === 1, 'the run that makes up')
  assert.equal([outcomes[0]?.script, outcomes[0]?.value], ['once', 2])
  await aLook()
  assert.is(outcomes.length, 1)
})

test('scripts without a schedule that makes up leave no file', async () => {
  using directory = tempDirectory({ 'a.ts': `export default { every: { '1h': () => 1 } }` })
  await (await createEngine({ scripts: directory.path, workers: 1, policy: PATIENT })).close()
  assert.not(existsSync(join(directory.path, '.vivarium', 'schedules.json')))
})

test('schedules: false runs none, and lists them all the same', async () => {
  const { engine, outcomes, world } = await timed({ 'a.ts': `export default { every: { '0 8 * * *': () => 1 } }` }, { schedules: false })
  await using _closed = engine
  world.now = EIGHT
  await aLook()
  assert.equal(outcomes, [])
  assert.is(engine.scripts()[0]?.schedules[0]?.next, EIGHT + DAY)
})

test('a host runs a schedule out of turn by its event; no handler of other events hears of it', async () => {
  const { engine } = await timed({
    'a.ts': `export default { every: { '5m': (tick) => tick.missed } }`,
    'all.ts': `export default () => 'heard'`,
    'same.ts': `export default { every: { 'every 5m': () => 'same' } }`,
  })
  await using _closed = engine
  const { outcomes } = await engine.emit('every 5m', undefined)
  assert.equal(
    outcomes.map(({ script, value }) => [script, value]),
    [
      ['a', 0],
      ['same', 'same'],
    ],
  )
  assert.is((await engine.emit('every 5m', { scheduled: 1, at: 2, missed: 9 }, { script: 'a' })).outcomes[0]?.value, 9)
})

test('a host with events of its own runs schedules all the same', async () => {
  const { engine, outcomes, world } = await timed({ 'a.ts': `export default { every: { '0 8 * * *': () => 1 } }` }, { events: { go: {} } })
  await using _closed = engine
  assert.equal(engine.scripts()[0]?.warnings, [])
  world.now = EIGHT
  await until(() => outcomes.length === 1, 'the run')
  assert.is((await engine.emit('every 0 8 * * *' as 'go', undefined)).outcomes.length, 1)
})

test('closing ends schedules; an engine that is open does not keep a process alive for them', async () => {
  const { engine, outcomes, world } = await timed({ 'a.ts': `export default { every: { '0 8 * * *': () => 1 } }` })
  await engine.close()
  world.now = EIGHT
  await aLook()
  assert.equal(outcomes, [])

  using directory = tempDirectory()
  const index = pathToFileURL(join(import.meta.dirname, '../../engine/schedule/scheduler.ts')).href
  const program = directory.write(
    'open.mjs',
    `import { Scheduler } from ${JSON.stringify(index)}
     const schedule = { schedule: '1h', event: 'every 1h', timing: { kind: 'interval', ms: 3600000 }, timeZone: 'UTC', missed: 'skip', overlap: { mode: 'single' }, jitterMs: 0, leastMs: 1000 }
     const scheduler = new Scheduler({ clock: Date.now, random: (n) => new Uint8Array(n), store: { read: () => ({}), write() {} }, run() {}, onMissed() {}, onProblem(error) { throw error } })
     await scheduler.start(() => [{ script: 'a', schedules: [schedule] }])
     console.log('open')`,
  )
  const { stdout, signal } = spawnSync(process.execPath, [program], { encoding: 'utf8', timeout: 60_000 })
  assert.equal([stdout.trim(), signal], ['open', null])
})

test('wrong options say so', async () => {
  for (const schedules of [1, 'x'.length, null, {}, { read() {} }]) {
    try {
      await (await createEngine({ schedules: schedules as never })).close()
      assert.unreachable(String(schedules))
    } catch (error) {
      assert.ok(isEngineError(error) && error.code === 'OPTIONS_INVALID', String(error))
    }
  }
})

test.run()
