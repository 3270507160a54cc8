// The far end of a channel, spoken to in the protocol: what it answers, whatever becomes of its cells.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { EndedMessage, FromRunner, LoadedMessage, RunMessage } from '../../engine/runner/protocol.ts'
import { PROTOCOL_VERSION } from '../../engine/runner/protocol.ts'
import { Runner } from '../../engine/runner/runner.ts'
import { ImageArena } from '../../engine/sandbox/image-arena.ts'
import { createQuickJsSandbox } from '../../engine/sandbox/quickjs/quickjs-sandbox.ts'
import type { Sandbox } from '../../engine/sandbox/sandbox.ts'
import { loadImage, NOW_MS, PATIENT, SEED, SHAPE, terms, valueOf, wire } from '../harness/cells.ts'
import { until } from '../harness/engines.ts'

const marker = { enter: () => undefined, polled: () => undefined, leave: () => undefined, logged: () => undefined }
const arena = new ImageArena()
const sandbox = createQuickJsSandbox({ arena: arena.memory }, marker)

function newRunner(of: Sandbox = sandbox) {
  const said: FromRunner[] = []
  const runner = new Runner(of, { send: (message) => void said.push(message), flush: () => undefined }, undefined)
  const ended = (id: number): EndedMessage | undefined =>
    said.find((message): message is EndedMessage => message.kind === 'ended' && message.id === id)
  return { runner, said, ended }
}

function runOf(id: number, body: string, changes: Partial<RunMessage> = {}): RunMessage {
  const image = arena.place(loadImage(sandbox.createCell(PATIENT.memoryBytes), body))
  const { event, payload, limits, roomBytes } = terms()
  return {
    kind: 'run',
    id,
    key: body,
    image,
    event,
    runId: 'r',
    payload,
    limits,
    wallMs: 60_000,
    now: NOW_MS,
    seed: SEED,
    roomBytes,
    state: '',
    ...changes,
  }
}

test('it says hello first', () => {
  assert.equal(newRunner().said, [{ kind: 'hello', version: PROTOCOL_VERSION, runtime: 'quickjs', baseHash: sandbox.baseHash }])
})

test('it loads, freezes, runs, and passes calls on and answers back', () => {
  const { runner, said, ended } = newRunner()
  const code = '(define) => define(async (event, ctx) => [event, await ctx.host.ask(1)])'
  runner.handle({ kind: 'load', id: 1, code, touches: '', limits: PATIENT, now: NOW_MS, seed: SEED })
  runner.handle({ kind: 'freeze', id: 1, shape: SHAPE })
  const frozen = said.find((message) => message.kind === 'frozen')
  assert.ok(frozen?.kind === 'frozen')
  runner.handle(runOf(2, '', { image: arena.place(frozen.image), payload: wire('hi') }))
  const asked = said.at(-1)
  assert.ok(asked?.kind === 'call' && asked.cpuMs > 0)
  assert.equal({ ...asked, cpuMs: 0 }, { kind: 'call', id: 2, call: 1, name: 'host.ask', args: wire([1]), cpuMs: 0 })
  runner.handle({ kind: 'reply', id: 2, call: 1, ok: true, text: wire('there'), now: NOW_MS + 1 })
  assert.equal(valueOf(ended(2)?.end), ['hi', 'there'])
})

test('what is said to a run or a load that is over, or never was, is dropped', () => {
  const { runner, said } = newRunner()
  runner.handle(runOf(1, 'return 1'))
  const before = said.length
  for (const id of [1, 99]) {
    runner.handle({ kind: 'reply', id, call: 1, ok: true, text: '1', now: NOW_MS })
    runner.handle({ kind: 'cancel', id, reason: 'late', now: NOW_MS })
    runner.handle({ kind: 'freeze', id, shape: SHAPE })
    runner.handle({ kind: 'unload', id })
  }
  assert.is(said.length, before)
})

test('a run that waits is ended at its deadline; one that was closed away says nothing', async () => {
  const { runner, ended } = newRunner()
  runner.handle(runOf(1, 'await new Promise((resolve) => setTimeout(resolve, 5_000))', { wallMs: 30 }))
  await until(() => ended(1) !== undefined, 'the deadline')
  assert.is(ended(1)?.end.status, 'wall_exceeded')
  runner.handle(runOf(2, 'await new Promise((resolve) => setTimeout(resolve, 20))'))
  runner.close()
  await new Promise((resolve) => setTimeout(resolve, 60))
  assert.is(ended(2), undefined)
})

test('a machine without memory for another cell ends the run or the load, and nothing else', () => {
  const full: Sandbox = {
    ...sandbox,
    createCell: () => {
      throw new RangeError('WebAssembly.Memory(): could not allocate memory')
    },
  }
  const { runner, said, ended } = newRunner(full)
  runner.handle(runOf(1, 'return 1'))
  runner.handle(runOf(2, 'return 1', { state: 'a' }))
  for (const id of [1, 2]) {
    assert.is(ended(id)?.end.status, 'exception')
    assert.not(ended(id)?.state.isKept)
  }
  runner.handle({ kind: 'load', id: 3, code: '(define) => define(() => 1)', touches: '', limits: PATIENT, now: NOW_MS, seed: SEED })
  assert.is((said.at(-1) as LoadedMessage).end.ok, false)
})

test.run()
