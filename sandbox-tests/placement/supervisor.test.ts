// What happens when a runner has to be ended: its culprit, its bystanders, the script's standing afterwards.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { defineBinding, memoryStore } from '../../engine/index.ts'
import { emitOne, expectStatus, openEngine, until } from '../harness/engines.ts'

/** A conversion that the engine cannot interrupt, for seconds. */
const HANG = '(2n ** 1000000n).toString().length'

/** Little enough for what hangs to be ended soon, enough for what does not. */
const LIMITS = { cpu: '200ms', wall: '60s' }
const BRIEF = { version: 1, defaults: { limits: LIMITS } }

interface RunnerChange {
  readonly kind: string
  readonly role: string
}

function watchRunners() {
  const changes: RunnerChange[] = []
  const count = (kind: string): number => changes.filter((change) => change.kind === kind && change.role === 'runner').length
  return { observer: { runner: (change: RunnerChange) => void changes.push(change) }, count }
}

test('native code that nothing can interrupt is ended; its logs are kept, and the script serves its next event', async () => {
  const runners = watchRunners()
  await using engine = await openEngine(
    { 'hang.ts': `export default (n, ctx) => { ctx.log.info('before', { n }); return n === 0 ? 'fine' : ${HANG} }` },
    { observer: runners.observer, policy: BRIEF },
  )
  const started = performance.now()
  const outcome = await emitOne(engine, 'go', 1)
  expectStatus(outcome, 'cpu_exceeded', 'CPU_EXCEEDED')
  assert.equal(outcome.logs, [{ level: 'info', message: 'before', data: { n: 1 } }])
  assert.ok(outcome.usage.cpuMs >= 200, `${outcome.usage.cpuMs} ms: what it really had`)
  assert.ok(outcome.usage.logBytes > 0)
  assert.ok(performance.now() - started < 30_000, 'it does not wait for the conversion')
  const next = await emitOne(engine, 'go', 0)
  expectStatus(next, 'ok')
  assert.is(next.value, 'fine')
  assert.is(runners.count('killed'), 1)
  assert.is(runners.count('lost'), 0)
})

test('bystanders without host calls run again, unseen; those that called the host are lost; neighbours go on', async () => {
  const seen: string[] = []
  const note = defineBinding('note', {
    add: { input: z.tuple([z.string()]), output: z.void(), handler: (_call, text) => void seen.push(text) },
  })
  await using engine = await openEngine(
    {
      'hang.ts': `export default { on: { hang: () => ${HANG} } }`,
      'quiet.ts': `export default { on: { wait: async (n, ctx) => { ctx.log.info('waiting'); await new Promise((r) => setTimeout(r, 300)); return 'quiet' } } }`,
      'caller.ts': `export default { needs: { note: true }, on: { wait: async (n, ctx) => { await ctx.note.add('called'); await new Promise((r) => setTimeout(r, n)); return 'caller' } } }`,
    },
    { bindings: [note], policy: { version: 1, defaults: { limits: LIMITS, allow: { note: true } } } },
  )
  await engine.emit('nothing', 1)
  const waiting = engine.emit('wait', 50_000)
  await until(() => seen.length === 1, 'the host call arrives')
  const hung = await emitOne(engine, 'hang')
  expectStatus(hung, 'cpu_exceeded')
  const { outcomes } = await waiting
  const [caller, quiet] = outcomes
  assert.equal([caller?.script, quiet?.script], ['caller', 'quiet'])
  expectStatus(caller as never, 'runner_lost', 'RUNNER_LOST')
  assert.match(caller?.error?.message ?? '', /another script/)
  expectStatus(quiet as never, 'ok')
  assert.is(quiet?.value, 'quiet')
  assert.is(quiet?.logs.length, 1, 'what it logged the first time is not told')
  assert.equal(seen, ['called'], 'no host call is made twice')
  for (const outcome of (await engine.emit('wait', 1)).outcomes) expectStatus(outcome, 'ok')
})

test('after three kills a script is quarantined: until the engine reloads it, or until it changes', async () => {
  const store = memoryStore({
    'hang.ts': `export default { on: { hang: (n) => n === 0 ? 'fine' : ${HANG} } }`,
    'neighbour.ts': `export default { on: { ping: () => 'pong' } }`,
  })
  const runners = watchRunners()
  await using engine = await openEngine({}, { scripts: store, observer: runners.observer, policy: BRIEF })
  const statusOf = (id: string): string | undefined => engine.scripts().find((script) => script.id === id)?.status
  for (let kills = 1; kills <= 3; kills++) {
    assert.is(statusOf('hang'), 'ready')
    expectStatus(await emitOne(engine, 'hang', 1), 'cpu_exceeded')
    expectStatus(await emitOne(engine, 'ping'), 'ok')
  }
  const refused = await emitOne(engine, 'hang', 0)
  expectStatus(refused, 'quarantined', 'QUARANTINED')
  assert.match(refused.error?.message ?? '', /3 of its runs/)
  assert.is(statusOf('hang'), 'quarantined')
  assert.is(runners.count('killed'), 3)
  await engine.reload()
  expectStatus(await emitOne(engine, 'hang', 0), 'ok')
  for (let kills = 1; kills <= 3; kills++) await emitOne(engine, 'hang', 1)
  expectStatus(await emitOne(engine, 'hang', 0), 'quarantined')
  store.write('hang.ts', `export default { on: { hang: () => 'better' } }`)
  await engine.reload()
  assert.is((await emitOne(engine, 'hang', 1)).value, 'better')
})

test('a script that was killed runs alone: only its own runner is ended the next time', async () => {
  const runners = watchRunners()
  await using engine = await openEngine(
    {
      'hang.ts': `export default { on: { hang: () => ${HANG} } }`,
      'slow.ts': `export default { on: { slow: async () => { await new Promise((r) => setTimeout(r, 400)); return Date.now() } } }`,
    },
    { observer: runners.observer, policy: BRIEF },
  )
  expectStatus(await emitOne(engine, 'hang'), 'cpu_exceeded')
  const slow = emitOne(engine, 'slow')
  const [hung] = await Promise.all([emitOne(engine, 'hang'), slow])
  expectStatus(hung, 'cpu_exceeded')
  expectStatus(await slow, 'ok')
  assert.is(runners.count('killed'), 2)
  assert.is(runners.count('started'), 3, 'the first, the one in its stead, the solitary one')
})

test('runs that wait behind a culprit do not each end a runner: they are refused once it is quarantined', async () => {
  const runners = watchRunners()
  await using engine = await openEngine(
    { 'hang.ts': `export default () => ${HANG}` },
    { observer: runners.observer, policy: { version: 1, defaults: { concurrency: { max: 4 }, limits: { cpu: '10ms', wall: '60s' } } } },
  )
  const ends = await Promise.all(Array.from({ length: 12 }, () => emitOne(engine, 'hang')))
  const statuses = ends.map(({ status }) => status)
  assert.is(statuses.filter((status) => status === 'cpu_exceeded').length, 3, statuses.join(' '))
  assert.is(statuses.filter((status) => status === 'quarantined').length, 9, statuses.join(' '))
  assert.is(runners.count('killed'), 3)
})

test('a top level that cannot be interrupted fails to load; scripts that load after it are well', async () => {
  await using engine = await openEngine(
    { 'a-hang.ts': `const length = ${HANG}\nexport default () => length`, 'b.ts': `export default { on: { ping: () => 'pong' } }` },
    { policy: { version: 1, defaults: { limits: { ...LIMITS, loadCpu: '300ms' } } } },
  )
  const [hung, fine] = engine.scripts()
  assert.is(hung?.error?.code, 'LOAD_CPU_EXCEEDED')
  assert.is(fine?.status, 'ready')
  assert.is((await emitOne(engine, 'ping')).value, 'pong')
})

test('many workers on a busy machine: whoever stays within its CPU limit is cut by nobody', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 6 }, (_, i) => [`s${i}.ts`, 'export default () => { let x = 0; for (let i = 0; i < 3e5; i++) x += i; return x }']),
  )
  const runners = watchRunners()
  await using engine = await openEngine(files, {
    workers: 6,
    observer: runners.observer,
    policy: { version: 1, defaults: { limits: { cpu: '200ms', wall: '60s' } } },
  })
  for (let round = 0; round < 6; round++) for (const outcome of (await engine.emit('go', 1)).outcomes) expectStatus(outcome, 'ok')
  assert.is(runners.count('killed'), 0)
})

test.run()
