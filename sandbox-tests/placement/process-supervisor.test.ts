// timeout: 300s
// A supervisor over processes that are of no use, too large or mute: no job hangs, and whoever watches is told.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ChildChannel, processPlacement } from '../../engine/placement/child-process.ts'
import { Guardian } from '../../engine/placement/guardian.ts'
import { Loader } from '../../engine/placement/loader.ts'
import type { Placement } from '../../engine/placement/placement.ts'
import { Supervisor } from '../../engine/placement/supervisor.ts'
import type { BaseFamily } from '../../engine/runner/base-family.ts'
import { type GoneRun, RunnerClient } from '../../engine/runner/runner-client.ts'
import type { ImageRef } from '../../engine/sandbox/image.ts'
import { ImageArena } from '../../engine/sandbox/image-arena.ts'
import { NOW_MS, PATIENT, SEED, SHAPE } from '../harness/cells.ts'
import { skip, until } from '../harness/engines.ts'
import { childrenOf, runnersOf, TELLS } from './children.ts'
import { makeJob } from './job.ts'

interface Change {
  readonly kind: string
  readonly reason?: string
  readonly detail?: string
}

const MiB = 1024 * 1024
const NO_IMAGE: ImageRef = { offset: 0, length: 0 }

function supervise(placement: Placement, family: BaseFamily = { baseHash: undefined }) {
  const changes: Change[] = []
  const observer = { runner: (change: Change) => void changes.push(change) }
  const supervisor = new Supervisor({ placement, runners: 1, family, clock: () => NOW_MS, observer })
  return { supervisor, changes, count: (kind: string): number => changes.filter((change) => change.kind === kind).length }
}

/** Children that are a program of the test's own. */
function programs(source: string): Placement {
  const guardian = new Guardian()
  const { memory: arena } = new ImageArena()
  const command = { file: process.execPath, args: ['--input-type=module', '-e', source] }
  return { name: 'process', startsSlowly: true, start: () => new ChildChannel({ build: '', arena, rssBytes: 1e12, command, guardian }) }
}

/** An image of a script whose handler has `body`, in an arena for the children of a placement. */
async function loadImage(placement: Placement, arena: ImageArena, family: BaseFamily, body: string): Promise<ImageRef> {
  const loader = new Loader(placement, family, {})
  const code = `(define) => { define(async (event, ctx) => { ${body} }) }`
  const { image, end } = await loader.load({ code, touches: '', limits: PATIENT, now: NOW_MS, seed: SEED }, () => SHAPE)
  await loader.close()
  if (image === undefined) throw new Error(JSON.stringify(end))
  return arena.place(image)
}

test('children that do not start: a few are tried, then jobs end with the reason, at once while the stop lasts', async () => {
  const { supervisor, changes, count } = supervise(programs(`process.stderr.write('no such file: /etc/secret'); process.exit(7)`))
  const jobs = [makeJob(NO_IMAGE), makeJob(NO_IMAGE), makeJob(NO_IMAGE)]
  for (const { job } of jobs) supervisor.run(job)
  for (const { end } of jobs) {
    const { how, reason = '' } = await end
    assert.is(how, 'lost')
    assert.match(reason, /5 runners in a row .*none is started for 10 s/)
    assert.not.match(reason, /secret/)
  }
  const before = performance.now()
  const late = makeJob(NO_IMAGE)
  supervisor.run(late.job)
  assert.is((await late.end).how, 'lost')
  assert.ok(performance.now() - before < 5_000)
  assert.is(count('stopped'), 1)
  const stop = changes.find(({ kind }) => kind === 'stopped')
  assert.match(stop?.detail ?? '', /no such file: \/etc\/secret/, 'who watches is told the rest')
  assert.is(count('lost'), 5)
  await supervisor.close()
})

test('what another start would not change is told at once', async () => {
  const failing = `
    const body = Buffer.from(JSON.stringify({ build: 'another' }))
    process.stdout.write(Buffer.concat([Buffer.from([1, body.length, 0, 0, 0]), body]))
    setTimeout(() => undefined, 60_000)`
  const { supervisor, count } = supervise(programs(failing))
  const { job, end } = makeJob(NO_IMAGE)
  supervisor.run(job)
  assert.match((await end).reason ?? '', /A runner is "another"/)
  assert.is(count('lost'), 1)
  assert.is(count('stopped'), 1)
  await supervisor.close()
  if (TELLS) await until(() => childrenOf().length === 0, 'nothing is left')
})

test('a job does not outwait its wall clock while nothing starts', async () => {
  const { supervisor } = supervise(programs('setTimeout(() => undefined, 60_000)'))
  const { job, end } = makeJob(NO_IMAGE, { wallMs: 200 })
  supervisor.run(job)
  const awake = setTimeout(() => undefined, 10_000)
  assert.is((await end).how, 'expired')
  clearTimeout(awake)
  await supervisor.close()
  if (TELLS) await until(() => childrenOf().length === 0, 'nothing is left')
})

test('a child that grows beyond all measure is ended; what it computes then has needed too much', async () => {
  if (!TELLS) return skip('the size of a child', 'only Linux tells')
  const arena = new ImageArena()
  const family: BaseFamily = { baseHash: undefined }
  const common = { runtime: 'quickjs', arena: arena.memory } as const
  const spin = await loadImage(
    processPlacement(common),
    arena,
    family,
    'const all = []; for (let i = 0; i < 250; i++) all.push(new Uint8Array(1 << 20).fill(1)); for (;;);',
  )
  const { supervisor } = supervise(processPlacement({ ...common, rssBytes: 50 * MiB }), family)
  const { job, end } = makeJob(spin, { cpuMs: 20_000, memoryBytes: 256 * MiB })
  supervisor.run(job)
  assert.is((await end).how, 'killed: memory_exceeded')
  await supervisor.close()
})

test('a run that began alone is charged at once, whichever runs of its script have come since', async () => {
  const arena = new ImageArena()
  const family: BaseFamily = { baseHash: undefined }
  const placement = processPlacement({ runtime: 'quickjs', arena: arena.memory })
  const hang = await loadImage(placement, arena, family, 'return [].includes.call({ length: 2 ** 53 - 1 }, 1)')
  const client = await RunnerClient.open(placement.start('runner'), 'process', family)
  const run = (): Promise<GoneRun> =>
    new Promise((resolve) => {
      const { job } = makeJob(hang)
      client.run({ message: (id) => job.message(id, 60_000, NOW_MS), onCall: () => undefined, onEnd: () => undefined, onGone: resolve })
    })
  const first = run()
  await until(() => client.activity?.see() !== undefined, 'it computes')
  const second = run()
  const sight = client.activity?.see()
  assert.ok(sight)
  await client.kill({ ...sight, status: 'cpu_exceeded' })
  const said = (await Promise.all([first, second])).map(({ culprit, suspicion }) => [culprit, suspicion])
  assert.equal(said, [
    ['cpu_exceeded', undefined],
    [undefined, undefined],
  ])
})

test('a child that is stopped is ended, and what was in it runs elsewhere', async () => {
  if (!TELLS) return skip('a child that is stopped', 'only Linux tells which processes there are')
  const arena = new ImageArena()
  const family: BaseFamily = { baseHash: undefined }
  const placement = processPlacement({ runtime: 'quickjs', arena: arena.memory })
  const wait = await loadImage(placement, arena, family, 'await new Promise((r) => setTimeout(r, 300)); return 1')
  const { supervisor, changes } = supervise(placement, family)
  const first = makeJob(wait)
  supervisor.run(first.job)
  assert.is((await first.end).how, 'ok')
  const second = makeJob(wait)
  supervisor.run(second.job)
  const [runner] = runnersOf()
  process.kill(runner?.pid ?? 0, 'SIGSTOP')
  assert.is((await second.end).how, 'ok')
  assert.equal(
    changes.map(({ kind }) => kind),
    ['started', 'killed', 'started'],
  )
  assert.match(changes[1]?.reason ?? '', /no longer answered/)
  await supervisor.close()
})

test('a child that answers late, but answers, is left alone', async () => {
  const arena = new ImageArena()
  const family: BaseFamily = { baseHash: undefined }
  const placement = processPlacement({ runtime: 'quickjs', arena: arena.memory })
  const wait = await loadImage(placement, arena, family, 'await new Promise((r) => setTimeout(r, 7000)); return 1')
  const { supervisor, changes } = supervise(placement, family)
  const { job, end } = makeJob(wait)
  supervisor.run(job)
  assert.is((await end).how, 'ok')
  assert.equal(
    changes.map(({ kind }) => kind),
    ['started'],
  )
  await supervisor.close()
})

test.run()
