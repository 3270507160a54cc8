// The host's end of a channel, with a far end that says and does the wrong things.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { DEFAULT_LIMITS } from '../../engine/model/limits.ts'
import { NO_USAGE } from '../../engine/model/usage.ts'
import { Activity, type ActivitySight } from '../../engine/runner/activity.ts'
import type { BaseFamily } from '../../engine/runner/base-family.ts'
import { PROTOCOL_VERSION, type RequestId, type RunMessage } from '../../engine/runner/protocol.ts'
import { type ClientRun, type GoneRun, RunnerClient } from '../../engine/runner/runner-client.ts'
import type { RunEnd } from '../../engine/sandbox/sandbox.ts'
import { rejectionOf } from '../harness/rejection-of.ts'
import { FakeChannel } from './fake-channel.ts'

const BASE = 'a'.repeat(64)
const OTHER_BASE = 'b'.repeat(64)
const END: RunEnd = { status: 'ok', value: '1', usage: NO_USAGE, logs: [] }
const STATE = { isFresh: true, isKept: false }
const LOAD = { code: '0', touches: '', limits: DEFAULT_LIMITS, now: 0, seed: '' }

function hello(channel: FakeChannel, version = PROTOCOL_VERSION, baseHash = BASE): void {
  channel.say({ kind: 'hello', version, runtime: 'quickjs', baseHash })
}

async function open(channel = new FakeChannel(), family: BaseFamily = { baseHash: undefined }): Promise<RunnerClient> {
  const opening = RunnerClient.open(channel, 'thread', family)
  hello(channel)
  return await opening
}

/** The activity of a runner that does not tell siblings apart. */
class SiblingActivity extends Activity {
  override see(): ActivitySight | undefined {
    const sight = super.see()
    return sight === undefined ? undefined : { ...sight, orSibling: true }
  }
}

/** A run that writes down what it is told. */
class NotedRun implements ClientRun {
  readonly ends: RunEnd[] = []
  readonly calls: string[] = []
  readonly gone: GoneRun[] = []
  readonly #key: string
  readonly #cpuMs: number

  constructor(key = 'k', cpuMs = 100) {
    this.#key = key
    this.#cpuMs = cpuMs
  }

  message(id: RequestId): RunMessage {
    const image = { offset: 0, length: 4 }
    const terms = { limits: { ...DEFAULT_LIMITS, cpuMs: this.#cpuMs }, roomBytes: 1, wallMs: 50, now: 0, seed: '', state: '' }
    return { kind: 'run', id, key: this.#key, image, event: 'e', runId: 'r', payload: '1', ...terms }
  }

  onCall({ name }: { readonly name: string }): void {
    this.calls.push(name)
  }

  onEnd(end: RunEnd): void {
    this.ends.push(end)
  }

  onGone(gone: GoneRun): void {
    this.gone.push(gone)
  }
}

test('a runner of another protocol version is refused and ended', async () => {
  for (const version of [-1, PROTOCOL_VERSION - 1, PROTOCOL_VERSION + 1]) {
    const channel = new FakeChannel()
    const opening = RunnerClient.open(channel, 'thread', { baseHash: undefined })
    hello(channel, version)
    const error = await rejectionOf(opening)
    assert.is(error.code, 'RUNNER_MISMATCH')
    assert.match(error.message, `protocol ${version}, the engine ${PROTOCOL_VERSION}`)
    assert.is(channel.kills, 1)
  }
})

test('a runner of another version says nothing about the base of the others', async () => {
  const family: BaseFamily = { baseHash: undefined }
  const old = new FakeChannel()
  const opening = RunnerClient.open(old, 'thread', family)
  hello(old, PROTOCOL_VERSION + 1, OTHER_BASE)
  await rejectionOf(opening)
  await open(new FakeChannel(), family)
  assert.is(family.baseHash, BASE)
})

test('the first runner says which base is right; one with another base is refused and ended', async () => {
  const family: BaseFamily = { baseHash: undefined }
  await open(new FakeChannel(), family)
  assert.is(family.baseHash, BASE)
  const channel = new FakeChannel()
  const opening = RunnerClient.open(channel, 'thread', family)
  hello(channel, PROTOCOL_VERSION, OTHER_BASE)
  const error = await rejectionOf(opening)
  assert.is(error.code, 'RUNNER_BASE_MISMATCH')
  assert.match(error.message, BASE.slice(0, 12))
  assert.match(error.message, OTHER_BASE.slice(0, 12))
  assert.is(channel.kills, 1)
  await open(new FakeChannel(), family)
})

test('a runner that ends before its hello could not start', async () => {
  const channel = new FakeChannel()
  const opening = RunnerClient.open(channel, 'thread', { baseHash: undefined })
  channel.die('out of threads')
  const error = await rejectionOf(opening)
  assert.is(error.code, 'RUNNER_START_FAILED')
  assert.match(error.message, /"thread".*out of threads/)
})

test('a second hello changes nothing', async () => {
  const channel = new FakeChannel()
  const client = await open(channel)
  const run = new NotedRun()
  const id = client.run(run)
  hello(channel)
  channel.say({ kind: 'ended', id, end: END, state: STATE })
  assert.equal(run.ends, [END])
})

test('a run is told of its calls and of one end; what comes after or for nobody is dropped', async () => {
  const channel = new FakeChannel()
  const client = await open(channel)
  const run = new NotedRun()
  const id = client.run(run)
  channel.say({ kind: 'call', id, call: 1, name: 'kv.get', args: '[]', cpuMs: 0 })
  channel.say({ kind: 'call', id: 99, call: 1, name: 'kv.steal', args: '[]', cpuMs: 0 })
  client.reply({ id, call: 1, ok: true, text: '1', now: 1 })
  channel.say({ kind: 'ended', id: 99, end: END, state: STATE })
  channel.say({ kind: 'ended', id, end: END, state: STATE })
  channel.say({ kind: 'ended', id, end: END, state: STATE })
  channel.say({ kind: 'call', id, call: 2, name: 'kv.late', args: '[]', cpuMs: 0 })
  client.reply({ id, call: 2, ok: true, text: '1', now: 1 })
  client.cancel(id, 'late', 2)
  channel.die('gone')
  assert.equal(run.calls, ['kv.get'])
  assert.is(run.ends.length, 1)
  assert.is(run.gone.length, 0)
  assert.equal(
    channel.sent.map(({ kind }) => kind),
    ['run', 'reply'],
  )
})

test('when a runner dies, each run is told once, with its host calls, and who was computing', async () => {
  const activity = new Activity()
  const channel = new FakeChannel(activity)
  const client = await open(channel)
  const kinds: unknown[] = []
  client.onClose((kind, { reason }) => kinds.push([kind, reason]))
  const [quiet, computing] = [new NotedRun(), new NotedRun()]
  const first = client.run(quiet)
  const second = client.run(computing)
  channel.say({ kind: 'call', id: first, call: 1, name: 'kv.get', args: '[]', cpuMs: 0 })
  activity.subject(second, [])
  activity.enter()
  channel.die('crashed')
  channel.die('again')
  assert.equal(quiet.gone, [{ reason: 'crashed', culprit: undefined, suspicion: undefined, hostCalls: 1, logs: [] }])
  assert.equal(computing.gone, [{ reason: 'crashed', culprit: undefined, suspicion: 'computing', hostCalls: 0, logs: [] }])
  assert.equal(kinds, [['lost', 'crashed']])
  assert.ok(client.isClosed)
  assert.is(client.runCount, 0)
})

test('a runner that is killed for a run gives that run its status and its logs, and the others the reason', async () => {
  const activity = new Activity()
  const client = await open(new FakeChannel(activity))
  const [culprit, bystander] = [new NotedRun(), new NotedRun()]
  const id = client.run(culprit)
  client.run(bystander)
  activity.subject(id, ['1"a"'])
  activity.enter()
  activity.logged('1"b"')
  await client.kill({ id, status: 'cpu_exceeded' })
  assert.is(culprit.gone[0]?.culprit, 'cpu_exceeded')
  assert.equal(culprit.gone[0]?.logs, ['1"a"', '1"b"'])
  assert.is(bystander.gone[0]?.culprit, undefined)
  assert.is(bystander.gone[0]?.suspicion, undefined)
  assert.equal(bystander.gone[0]?.logs, [])
})

test('where it may be a sibling, each of which the host has heard nothing is suspected, and nobody is said to be to blame', async () => {
  for (const end of ['killed', 'died', 'ended'] as const) {
    const activity = new SiblingActivity()
    const channel = new FakeChannel(activity)
    const client = await open(channel)
    const facts: unknown[] = []
    client.onClose((_kind, { hasCulprit }) => facts.push(hasCulprit))
    const [first, over, called, waiting, other] = [new NotedRun(), new NotedRun(), new NotedRun(), new NotedRun(), new NotedRun('other')]
    const [firstId, overId, calledId] = [first, over, called, waiting, other].map((run) => client.run(run))
    channel.say({ kind: 'ended', id: overId ?? 0, end: END, state: STATE })
    channel.say({ kind: 'call', id: calledId ?? 0, call: 1, name: 'kv.get', args: '[]', cpuMs: 0 })
    activity.subject(firstId ?? 0, [])
    activity.enter()
    if (end === 'killed') await client.kill({ id: firstId ?? 0, orSibling: true, status: 'cpu_exceeded' })
    else channel.die('crashed', end === 'died' ? { blame: 'runner_lost' } : {})
    assert.equal(
      [first, called, waiting, other].map(({ gone }) => [gone[0]?.culprit, gone[0]?.suspicion]),
      [
        [undefined, 'sibling'],
        [undefined, undefined],
        [undefined, 'sibling'],
        [undefined, undefined],
      ],
    )
    assert.is(over.gone.length, 0)
    assert.equal(facts, [end !== 'ended'])
  }
})

test('where only one is left that it can be, that one is to blame; it is none of which the host has heard', async () => {
  for (const isHeard of [false, true]) {
    const channel = new FakeChannel(new SiblingActivity())
    const client = await open(channel)
    const run = new NotedRun()
    const id = client.run(run)
    if (isHeard) channel.say({ kind: 'call', id, call: 1, name: 'kv.get', args: '[]', cpuMs: 0 })
    await client.kill({ id, orSibling: true, status: 'cpu_exceeded' })
    assert.equal([run.gone[0]?.culprit, run.gone[0]?.suspicion], [isHeard ? undefined : 'cpu_exceeded', undefined])
  }
})

test('siblings may compute for the same time, and until the last of their walls; a run with more time is none', async () => {
  const channel = new FakeChannel()
  const client = await open(channel)
  const [short, sibling, long] = [new NotedRun('k', 10), new NotedRun('k', 10), new NotedRun('k', 5_000)]
  const id = client.run(short)
  await new Promise((resolve) => setTimeout(resolve, 5))
  client.run(sibling)
  client.run(long)
  const [alone, both] = [client.deadlines({ id }), client.deadlines({ id, orSibling: true })]
  assert.equal([alone?.cpuMs, both?.cpuMs], [10, 10])
  assert.ok((both?.wallDeadline ?? 0) > (alone?.wallDeadline ?? 0))
  assert.is(client.deadlines({ id: 98, orSibling: true }), undefined)
  await client.kill({ id, orSibling: true, status: 'cpu_exceeded' })
  assert.equal(
    [short, sibling, long].map(({ gone }) => gone[0]?.suspicion),
    ['sibling', 'sibling', undefined],
  )
})

test('loads and freezes are answered by id; those under way when the loader dies are rejected, later ones at once', async () => {
  const channel = new FakeChannel()
  const client = await open(channel)
  const first = client.load(LOAD)
  const second = client.load(LOAD)
  channel.say({ kind: 'loaded', id: second.id, end: { ok: true, descriptor: '{}', logs: [] } })
  assert.equal(await second.end, { ok: true, descriptor: '{}', logs: [] })
  const freezing = client.freeze(second.id, '{}', 10)
  const image = { bytes: new Uint8Array(4) }
  channel.say({ kind: 'frozen', id: second.id, image })
  assert.is(await freezing, image)
  channel.die('crashed')
  assert.is((await rejectionOf(first.end)).code, 'LOAD_RUNNER_LOST')
  assert.is((await rejectionOf(client.load(LOAD).end)).code, 'LOAD_RUNNER_LOST')
})

test('a load that its loader is killed for ends with its status and its logs', async () => {
  const activity = new Activity()
  const client = await open(new FakeChannel(activity))
  const { id, end } = client.load(LOAD)
  activity.subject(id, ['1"loading"'])
  await client.kill({ id, status: 'cpu_exceeded' })
  assert.equal(await end, { ok: false, status: 'cpu_exceeded', logs: ['1"loading"'] })
})

test('a run that is sent to a runner that is gone already is told so', async () => {
  const channel = new FakeChannel()
  const client = await open(channel)
  channel.die('crashed')
  const run = new NotedRun()
  client.run(run)
  await Promise.resolve()
  assert.equal(run.gone, [{ reason: 'it is gone', culprit: undefined, suspicion: undefined, hostCalls: 0, logs: [] }])
})

test('a runner that asks for more host calls than a run may make is ended, and the host does not answer', async () => {
  const channel = new FakeChannel()
  const client = await open(channel)
  const run = new NotedRun()
  const id = client.run(run)
  for (let call = 1; call <= DEFAULT_LIMITS.hostCalls + 5; call++)
    channel.say({ kind: 'call', id, call, name: 'kv.get', args: '[]', cpuMs: 0 })
  assert.is(run.calls.length, DEFAULT_LIMITS.hostCalls)
  assert.is(channel.kills, 1)
  assert.match(run.gone[0]?.reason ?? '', /more host calls/)
})

test.run()
