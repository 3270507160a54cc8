// timeout: 300s
// A host that blocks its own event loop for seconds, in each phase of it, loses no run that was in time.
import { readFile } from 'node:fs'
import { MessageChannel } from 'node:worker_threads'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { defineBinding } from '../../engine/index.ts'
import { expectStatus, openEngine } from '../harness/engines.ts'

/** Twice the wall clock of the runs, which is long enough for a machine that pauses. */
const BLOCKED_MS = 4_000

function block(): void {
  const until = performance.now() + BLOCKED_MS
  while (performance.now() < until) {
    // The host is busy with something of its own.
  }
}

/** Each calls back once, in its phase of the loop. */
const PHASES: { readonly [phase: string]: (run: () => void) => void } = {
  timer: (run) => void setTimeout(run, 1),
  immediate: (run) => void setImmediate(run),
  'promise microtask': (run) => void Promise.resolve().then(run),
  nextTick: (run) => process.nextTick(run),
  'message callback': (run) => {
    const { port1, port2 } = new MessageChannel()
    port1.once('message', () => {
      run()
      port1.close()
    })
    port2.postMessage('go')
  },
  'I/O callback': (run) => readFile(import.meta.filename, () => run()),
}

const FILES = {
  'busy.ts': 'export default () => { let x = 0; for (let i = 0; i < 1e5; i++) x += i; return x }',
  'quick.ts': 'export default (n) => n + 1',
  'timer.ts': 'export default async () => { await new Promise((r) => setTimeout(r, 50)); return 1 }',
  'caller.ts': `export default { needs: { echo: true }, on: { go: async (n, ctx) => await ctx.echo.say(n) } }`,
}
const echo = defineBinding('echo', { say: { input: z.tuple([z.number()]), output: z.number(), handler: (_call, n) => n } })

for (const [phase, schedule] of Object.entries(PHASES)) {
  test(`the loop is blocked in a ${phase}: every run comes to its end`, async () => {
    let kills = 0
    const observer = {
      runner: ({ kind }: { kind: string }): void => {
        if (kind === 'killed') kills++
      },
    }
    await using engine = await openEngine(FILES, {
      workers: 2,
      bindings: [echo],
      observer,
      policy: { version: 1, defaults: { allow: { echo: true }, limits: { cpu: '200ms', wall: '2s' } } },
    })
    await engine.emit('go', 0)
    const blocked = Promise.withResolvers<void>()
    schedule(() => {
      block()
      blocked.resolve()
    })
    const { outcomes } = await engine.emit('go', 1)
    await blocked.promise
    for (const outcome of outcomes) {
      // A call that the host itself leaves unanswered for longer than the run's wall clock is the one thing that cannot be in time.
      if (outcome.script === 'caller' && outcome.status === 'wall_exceeded') continue
      expectStatus(outcome, 'ok')
    }
    assert.is(kills, 0)
    for (const outcome of (await engine.emit('go', 1)).outcomes) expectStatus(outcome, 'ok')
  })
}

test('a host that blocks while runs are under way loses none of them', async () => {
  await using engine = await openEngine(FILES, {
    workers: 2,
    bindings: [echo],
    policy: { version: 1, defaults: { limits: { wall: '2s', cpu: '200ms' } } },
  })
  await engine.emit('go', 0)
  const under = Array.from({ length: 6 }, (_, i) => engine.emit('go', i))
  await new Promise((resolve) => setImmediate(resolve))
  block()
  for (const { outcomes } of await Promise.all(under)) {
    for (const outcome of outcomes) if (outcome.script !== 'caller') expectStatus(outcome, 'ok')
  }
})

test.run()
