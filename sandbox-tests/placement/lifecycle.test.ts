// Cancelling, waiting, closing: whatever the host does, each run has one end, and nothing is left behind.
import { getEventListeners } from 'node:events'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { createEngine, defineBinding, type Outcome } from '../../engine/index.ts'
import { makeDoor } from '../harness/door.ts'
import { emitOne, expectStatus, openEngine, PATIENT, PLACEMENTS, until } from '../harness/engines.ts'
import { rejectionOf } from '../harness/rejection-of.ts'

const WAIT = 'export default { on: { wait: async (ms) => { await new Promise((r) => setTimeout(r, ms)); return ms } } }'

/** A host function that never answers. */
function silentBinding() {
  const calls: AbortSignal[] = []
  const binding = defineBinding('host', {
    never: {
      input: z.tuple([]),
      output: z.void(),
      handler: ({ signal }) => {
        calls.push(signal)
        return new Promise<void>(() => undefined)
      },
    },
  })
  return { binding, calls }
}
const NEVER =
  'export default { needs: { host: true }, on: { never: async (p, ctx) => { ctx.log.info("calling"); await ctx.host.never() } } }'
const { limits } = PATIENT.defaults
const ALLOW = { version: 1, defaults: { limits, allow: { host: true } } }
const ONE_AT_ONCE = { version: 1, defaults: { limits, allow: { door: true }, concurrency: { max: 1 } } }
const HOLD = 'export default { needs: { door: true }, on: { hold: (n, ctx) => ctx.door.pass(1), quick: () => 1 } }'

for (const placement of PLACEMENTS) {
  test(`${placement}: cancelling a run that awaits fires its signal's listeners once, and ends it`, async () => {
    const door = makeDoor()
    await using engine = await openEngine(
      {
        'listens.ts': `export default { needs: { door: true }, on: { listen: (p, ctx) => new Promise((resolve) => {
          ctx.log.info('listening')
          ctx.signal.addEventListener('abort', () => { ctx.log.info('aborted ' + ctx.signal.aborted + ' ' + ctx.signal.reason); resolve('late') })
          ctx.signal.onabort = () => ctx.log.info('onabort')
          void ctx.door.pass(1)
        }) } }`,
      },
      { placement, bindings: [door.binding], policy: { version: 1, defaults: { limits, allow: { door: true } } } },
    )
    const controller = new AbortController()
    const run = emitOne(engine, 'listen', 1, { signal: controller.signal })
    await until(() => door.arrivals(1) === 1, 'it listens')
    controller.abort(new Error('the user left'))
    const outcome = await run
    expectStatus(outcome, 'cancelled', 'CANCELLED')
    assert.match(outcome.error?.message ?? '', /the user left/)
    assert.equal(
      outcome.logs.map(({ message }) => message.split(' ')[0]),
      ['listening', 'aborted', 'onabort'],
    )
    assert.is(getEventListeners(controller.signal, 'abort').length, 0, 'the engine no longer listens to the signal')
  })

  test(`${placement}: a signal that is aborted already, or while the run waits for its turn, keeps the run from starting`, async () => {
    const policy = { version: 1, defaults: { limits, concurrency: { max: 1 } } }
    await using engine = await openEngine({ 'wait.ts': WAIT }, { placement, policy })
    expectStatus(await emitOne(engine, 'wait', 1, { signal: AbortSignal.abort('no') }), 'cancelled', 'CANCELLED')
    const controller = new AbortController()
    const first = emitOne(engine, 'wait', 200)
    const second = emitOne(engine, 'wait', 0, { signal: controller.signal })
    const third = emitOne(engine, 'wait', 0)
    controller.abort()
    const cancelled = await second
    expectStatus(cancelled, 'cancelled')
    assert.is(cancelled.usage.cpuMs, 0)
    expectStatus(await first, 'ok')
    expectStatus(await third, 'ok')
    assert.is(getEventListeners(controller.signal, 'abort').length, 0)
  })

  test(`${placement}: a signal that is aborted after the run does nothing`, async () => {
    await using engine = await openEngine({ 'wait.ts': WAIT }, { placement })
    const controller = new AbortController()
    expectStatus(await emitOne(engine, 'wait', 0, { signal: controller.signal }), 'ok')
    controller.abort()
    expectStatus(await emitOne(engine, 'wait', 0), 'ok')
  })

  test(`${placement}: a host call that never answers ends with the wall clock; its handler learns of it`, async () => {
    const { binding, calls } = silentBinding()
    await using engine = await openEngine({ 'never.ts': NEVER }, { placement, bindings: [binding], policy: ALLOW })
    const outcome = await emitOne(engine, 'never', 1, { limits: { wall: '2s' } })
    expectStatus(outcome, 'wall_exceeded', 'WALL_EXCEEDED')
    assert.is(outcome.usage.hostCalls, 1)
    assert.ok(outcome.usage.wallMs >= 1_999 && outcome.usage.wallMs < 10_000, `${outcome.usage.wallMs} ms`)
    assert.is(outcome.logs.length, 1)
    assert.ok(calls[0]?.aborted)
  })

  test(`${placement}: the wall clock runs while a run waits for its turn, and what waits leaves its place`, async () => {
    const door = makeDoor()
    await using engine = await openEngine({ 'hold.ts': HOLD }, { placement, bindings: [door.binding], policy: ONE_AT_ONCE })
    const first = emitOne(engine, 'hold')
    const waiting = await Promise.all(Array.from({ length: 50 }, () => emitOne(engine, 'quick', 0, { limits: { wall: '100ms' } })))
    for (const outcome of waiting) expectStatus(outcome, 'wall_exceeded', 'WALL_EXCEEDED')
    door.open(1) // only now may the first run end
    expectStatus(await first, 'ok')
    expectStatus(await emitOne(engine, 'quick'), 'ok')
  })

  test(`${placement}: closing ends every run, whatever it waits for`, async () => {
    const { binding, calls } = silentBinding()
    const engine = await openEngine(
      { 'wait.ts': WAIT, 'never.ts': NEVER },
      { placement, bindings: [binding], policy: { version: 1, defaults: { limits, allow: { host: true }, concurrency: { max: 2 } } } },
    )
    const runs: Promise<Outcome>[] = []
    for (let i = 0; i < 300; i++) runs.push(emitOne(engine, 'wait', 50_000), emitOne(engine, 'never'))
    const evaluated = engine.evaluate('export default () => new Promise((r) => setTimeout(r, 50_000))').catch(() => undefined)
    await until(() => calls.length === 2, 'host calls arrive')
    await engine.close()
    await engine.close()
    for (const outcome of await Promise.all(runs)) {
      expectStatus(outcome, 'runner_lost', 'RUNNER_LOST')
      assert.match(outcome.error?.message ?? '', /the engine was closed/)
    }
    await evaluated
    assert.ok(calls.every(({ aborted }) => aborted))
    for (const method of ['emit', 'filter', 'decide'] as const)
      assert.is((await rejectionOf(engine[method]('wait', 1))).code, 'ENGINE_CLOSED')
    assert.is((await rejectionOf(engine.evaluate('export default 1'))).code, 'ENGINE_CLOSED')
    assert.is((await rejectionOf(engine.reload())).code, 'ENGINE_CLOSED')
    assert.is(engine.scripts().length, 2, 'what was there can still be told')
  })

  test(`${placement}: await using closes; an engine that does nothing is closed at once`, async () => {
    let ended: Promise<unknown> = Promise.resolve()
    {
      await using engine = await openEngine({ 'wait.ts': WAIT }, { placement })
      ended = emitOne(engine, 'wait', 50_000)
    }
    expectStatus((await ended) as Outcome, 'runner_lost')
    await using _idle = await createEngine({ placement })
  })
}

test('a run that is cancelled while its runner is being ended is cancelled, not run again', async () => {
  await using engine = await openEngine(
    {
      'hang.ts': 'export default { on: { hang: () => (2n ** 1000000n).toString().length } }',
      'wait.ts': WAIT,
    },
    { policy: { version: 1, defaults: { limits: { cpu: '50ms', wall: '20s' } } } },
  )
  const controller = new AbortController()
  const bystander = emitOne(engine, 'wait', 3_000, { signal: controller.signal })
  const hung = emitOne(engine, 'hang')
  await new Promise((resolve) => setTimeout(resolve, 50))
  controller.abort('enough')
  expectStatus(await bystander, 'cancelled')
  expectStatus(await hung, 'cpu_exceeded')
})

test.run()
