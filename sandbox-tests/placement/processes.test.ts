// timeout: 300s
// Scripts in child processes: what happens when one hangs, breaks down, is killed from outside; and that nothing is lost and nothing is left.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { defineBinding, type Engine } from '../../engine/index.ts'
import { findBusyChildRunner } from '../harness/child-runners.ts'
import { emitOne, expectStatus, type Files, openEngine, skip, until } from '../harness/engines.ts'
import { childrenOf, openFiles, runnersOf, TELLS, untilGone } from './children.ts'

type RuntimeName = 'quickjs' | 'v8'

/** For each runtime, native code that nothing can interrupt. */
const HANG: Readonly<Record<RuntimeName, string>> = { quickjs: '(2n ** 1000000n).toString().length', v8: 'new Array(1e9).fill(0).length' }

interface Change {
  readonly kind: string
  readonly role: string
  readonly reason?: string
  readonly detail?: string
}

function watchRunners() {
  const changes: Change[] = []
  const count = (kind: string): number => changes.filter((change) => change.kind === kind && change.role === 'runner').length
  return { changes, observer: { runner: (change: Change) => void changes.push(change) }, count }
}

function open(runtime: RuntimeName, files: Files, options: Parameters<typeof openEngine>[1] = {}, limits = {}): Promise<Engine> {
  const defaults = {
    runtime,
    placement: 'process',
    allow: options.bindings === undefined ? {} : { note: true },
    limits: { cpu: '300ms', wall: '60s', loadCpu: '5s', ...limits },
  }
  return openEngine(files, { policy: { version: 1, defaults }, ...options })
}

const WAIT = `export default { on: { wait: async (ms) => { await new Promise((r) => setTimeout(r, ms)); return ms } } }`

/** The runner that serves events: the loader was started first. */
async function servingPid(): Promise<number> {
  await until(() => runnersOf().length >= 1, 'a runner is there')
  return Math.max(...runnersOf().map(({ pid }) => pid))
}

for (const runtime of ['quickjs', 'v8'] as const) {
  test(`${runtime}: native code that nothing can interrupt is ended; its logs are kept, neighbours and the next event are well`, async () => {
    const runners = watchRunners()
    await using engine = await open(
      runtime,
      {
        'hang.ts': `export default { on: { hang: (n, ctx) => { ctx.log.info('before', { n }); return ${HANG[runtime]} } } }`,
        'wait.ts': WAIT,
        'ping.ts': `export default { on: { ping: () => 'pong' } }`,
      },
      { observer: runners.observer },
    )
    const neighbour = emitOne(engine, 'wait', 200)
    const outcome = await emitOne(engine, 'hang', 1)
    expectStatus(outcome, 'cpu_exceeded', 'CPU_EXCEEDED')
    assert.equal(outcome.logs, [{ level: 'info', message: 'before', data: { n: 1 } }])
    expectStatus(await neighbour, 'ok')
    expectStatus(await emitOne(engine, 'ping'), 'ok')
    assert.is(runners.count('killed'), 1)
    assert.is(runners.count('lost'), 0)
  })

  test(`${runtime}: results that were complete are not lost with a runner that hangs, and no host call is made twice`, async () => {
    const seen: string[] = []
    const note = defineBinding('note', {
      add: { input: z.tuple([z.string()]), output: z.void(), handler: (_call, text) => void seen.push(text) },
    })
    await using engine = await open(
      runtime,
      {
        'calls.ts': `export default { needs: { note: true }, on: { call: async (n, ctx) => { await ctx.note.add('call ' + n); return n } } }`,
        'sums.ts': `export default { on: { sum: (n) => n + 1 } }`,
        'hang.ts': `export default { on: { hang: () => ${HANG[runtime]} } }`,
      },
      { bindings: [note] },
    )
    await emitOne(engine, 'call', 0)
    for (let round = 1; round <= 2; round++) {
      const calls = Array.from({ length: 4 }, (_, i) => emitOne(engine, 'call', round * 10 + i))
      await until(() => seen.length >= round * 4 - 3 + (round - 1), 'the calls arrive')
      const sums = Array.from({ length: 20 }, (_, i) => emitOne(engine, 'sum', i))
      const hung = emitOne(engine, 'hang')
      for (const [i, outcome] of (await Promise.all(sums)).entries()) assert.is(outcome.value, i + 1)
      expectStatus(await hung, 'cpu_exceeded')
      await Promise.all(calls)
    }
    assert.is(new Set(seen).size, seen.length, 'each call once')
  })

  test(`${runtime}: a runner that is killed from outside costs nobody an event, and nobody is blamed`, async () => {
    if (!TELLS) return skip('kills from outside', 'only Linux tells which processes there are')
    const runners = watchRunners()
    await using engine = await open(
      runtime,
      {
        'busy.ts': `export default { on: { busy: (n) => { let x = 0; for (let i = 0; i < 3e4; i++) x += i; return n } } }`,
        'wait.ts': WAIT,
      },
      { observer: runners.observer },
    )
    await emitOne(engine, 'busy', 0)
    for (let kill = 1; kill <= 3; kill++) {
      const waiting = Array.from({ length: 5 }, () => emitOne(engine, 'wait', 100))
      const events = Array.from({ length: 200 }, (_, i) => emitOne(engine, 'busy', i))
      await events[20]
      process.kill(await servingPid(), 'SIGKILL')
      for (const [i, outcome] of (await Promise.all(events)).entries()) {
        expectStatus(outcome, 'ok')
        assert.is(outcome.value, i)
      }
      for (const outcome of await Promise.all(waiting)) expectStatus(outcome, 'ok')
      await until(() => runners.count('lost') === kill, 'the loss is told')
    }
    assert.match(runners.changes.find(({ kind }) => kind === 'lost')?.reason ?? '', /SIGKILL, which came from outside/)
    assert.equal(
      engine.scripts().map(({ status }) => status),
      ['ready', 'ready'],
    )
  })
}

test('a process that breaks down: what it computed is to blame, bystanders run again unseen', async () => {
  if (!TELLS) return skip('breakdowns', 'only Linux tells which processes there are')
  const runners = watchRunners()
  await using engine = await open(
    'v8',
    { 'spin.ts': `export default { on: { spin: (n, ctx) => { ctx.log.info('spinning'); for (;;); } } }`, 'wait.ts': WAIT },
    { observer: runners.observer },
    { cpu: '5s' },
  )
  const bystander = emitOne(engine, 'wait', 50)
  await bystander
  const other = emitOne(engine, 'wait', 1_000)
  const spinning = emitOne(engine, 'spin', 1)
  process.kill(await findBusyChildRunner(), 'SIGSEGV')
  const outcome = await spinning
  expectStatus(outcome, 'runner_lost', 'RUNNER_LOST')
  assert.match(outcome.error?.message ?? '', /broke down: the process was ended by SIGSEGV/)
  assert.is(outcome.logs.length, 1, 'what it had logged is there')
  expectStatus(await other, 'ok')
  assert.is(runners.count('lost'), 1)
})

test('a heap that fills up until V8 gives up is the run’s own: memory_exceeded, and neighbours go on', async () => {
  await using engine = await open(
    'v8',
    { 'map.ts': 'export default { on: { map: () => { const map = new Map(); for (let i = 0; ; i++) map.set(i, i) } } }', 'wait.ts': WAIT },
    {},
    { cpu: '10s', memory: '32MiB' },
  )
  const neighbour = emitOne(engine, 'wait', 100)
  expectStatus(await emitOne(engine, 'map'), 'memory_exceeded', 'MEMORY_EXCEEDED')
  expectStatus(await neighbour, 'ok')
})

test('without a compiler V8 comes to the same results', async () => {
  await using engine = await openEngine(
    { 'sum.ts': 'export default { on: { sum: (n) => { let x = 0; for (let i = 0; i <= n; i++) x += i; return x } } }' },
    { policy: { version: 1, defaults: { runtime: 'v8', jit: false, limits: { cpu: '5s', loadCpu: '5s' } } } },
  )
  assert.is((await emitOne(engine, 'sum', 100_000)).value, 5_000_050_000)
})

test('closing ends every child: those that work, those that are idle, those that are still being started', async () => {
  if (!TELLS) return skip('children that are left', 'only Linux tells which processes there are')
  const engine = await open(
    'quickjs',
    { 'wait.ts': WAIT, 'spin.ts': 'export default { on: { spin: () => { for (;;); } } }' },
    { workers: 2 },
    { cpu: '5s' },
  )
  const waiting = emitOne(engine, 'wait', 60_000)
  const spinning = emitOne(engine, 'spin')
  await until(() => runnersOf().length >= 2, 'children are there')
  const pids = childrenOf().map(({ pid }) => pid)
  await engine.close()
  expectStatus(await waiting, 'runner_lost')
  expectStatus(await spinning, 'runner_lost')
  await untilGone(pids)
  assert.equal(runnersOf(), [], 'no zombie either')

  const early = await open('v8', { 'wait.ts': WAIT }, { workers: 2 })
  const runs = [emitOne(early, 'wait', 60_000), emitOne(early, 'wait', 60_000)]
  await early.close() // the second runner has hardly begun to start
  for (const outcome of await Promise.all(runs)) expectStatus(outcome, 'runner_lost')
  await until(() => childrenOf().every(({ command }) => !/vivarium/.test(command)), 'nothing is left')
})

/** What keeps this process awake. */
function handles(): string {
  return process.getActiveResourcesInfo().sort().join()
}

test('engines that come and go leave no process, no descriptor and no listener behind', async () => {
  if (!TELLS) return skip('what is left', 'only Linux tells')
  const useOne = async (): Promise<void> => {
    await using engine = await open('quickjs', { 'wait.ts': WAIT })
    expectStatus(await emitOne(engine, 'wait', 1), 'ok')
  }
  await useOne()
  await until(() => childrenOf().every(({ command }) => !/vivarium/.test(command)), 'the first is gone')
  const files = openFiles()
  const resources = handles()
  for (let i = 0; i < 4; i++) await useOne()
  await until(() => childrenOf().every(({ command }) => !/vivarium/.test(command)), 'all are gone')
  await until(() => openFiles().length <= files.length, 'the descriptors are back')
  await until(() => handles() === resources, 'no handle is left')
})

test.run()
