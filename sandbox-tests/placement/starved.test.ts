// timeout: 300s
// A machine that gives a runner no time must not make an innocent run guilty.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { emitOne, expectStatus, openEngine, skip } from '../harness/engines.ts'
import { runnersOf, TELLS } from './children.ts'

/** Longer than any CPU limit and its grace, shorter than what the supervisor waits for a child that no longer answers. */
const STOPPED_MS = 2_300

for (const runtime of ['quickjs', 'v8'] as const)
  test(`${runtime}: a run whose process was stopped for longer than its CPU limit has all of it`, async () => {
    if (!TELLS) return skip('stops from outside', 'only Linux tells which processes there are')
    // Some 60 ms of CPU time: V8 cuts by the clock on the wall and begins again, so on a busy machine that must be over in two seconds, too.
    const turns = runtime === 'v8' ? 2e7 : 1e6
    const policy = { version: 1, defaults: { runtime, placement: 'process', limits: { cpu: '2s', wall: '60s' } } }
    const files = { 'long.ts': `export default (n) => { let x = 0; for (let i = 0; i < n; i++) x = (x + i) % 1000; return 'done' }` }
    await using engine = await openEngine(files, { policy, workers: 1 })
    expectStatus(await emitOne(engine, 'go', 1), 'ok')
    const running = emitOne(engine, 'go', turns)
    await new Promise((resolve) => setTimeout(resolve, 30))
    const pids = runnersOf().map(({ pid }) => pid)
    for (const pid of pids) process.kill(pid, 'SIGSTOP')
    await new Promise((resolve) => setTimeout(resolve, STOPPED_MS))
    for (const pid of pids) process.kill(pid, 'SIGCONT')
    const outcome = await running
    expectStatus(outcome, 'ok')
    assert.is(outcome.value, 'done')
  })

test.run()
