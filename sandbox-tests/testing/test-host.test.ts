// The host of a test believes nothing that comes out of the test's sandbox: whatever it is asked, it answers with a refusal, and goes on.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { standardBindings } from '../../bindings/index.ts'
import { openParts } from '../../cli/open-parts.ts'
import { TestHost } from '../../cli/test/test-host.ts'
import { firstCause } from '../../engine/model/event.ts'
import type { HostCall } from '../../engine/model/host-call.ts'
import { DEFAULT_LIMITS } from '../../engine/model/limits.ts'
import { PATIENT } from '../harness/engines.ts'
import { tempDirectory } from '../harness/temp-directory.ts'

const SCRIPT = `export default { needs: { kv: true }, on: { add: (by, ctx) => ctx.kv.increment('n', by), wait: (_, ctx) => ctx.kv.get('n') } }`
const ORDER = { script: './counter', event: 'add', payload: 2, fakes: [], now: 0, seed: 'x' }

function callOf(method: string, args: readonly unknown[]): HostCall {
  const budget = { limits: DEFAULT_LIMITS, cpuMs: 0, wallMs: 0, hostCalls: 1, wallDeadline: performance.now() + 60_000 }
  const { signal } = new AbortController()
  const identity = { script: 'x.test', tenant: undefined, runId: 'x', event: 'run', cause: firstCause('run') }
  return { ...identity, grant: { test: true }, binding: 'test', method, args, signal, budget }
}

/** A host with one script, and what asks it. */
async function opened(work: (ask: (method: string, ...args: unknown[]) => ReturnType<TestHost['handle']>) => Promise<void>): Promise<void> {
  using directory = tempDirectory({ 'counter.js': SCRIPT, 'fixtures/add.json': '3' })
  const bindings = standardBindings({ kv: ':memory:' })
  const policy = { version: 1, defaults: { ...PATIENT.defaults, allow: { kv: true } } }
  await using scripts = await openParts({ scripts: directory.path, policy, bundleCache: false }, bindings, {})
  await using host = new TestHost('x.test.ts', 0, {
    directory: directory.path,
    scripts,
    bindings,
    events: undefined,
    onRun: () => undefined,
  })
  await work((method, ...args) => host.handle(callOf(method, args)))
}

test('a run is started, followed and answered', () =>
  opened(async (ask) => {
    assert.equal(await ask('fixture', 'add'), { ok: true, value: { event: 'add', payload: 3 } })
    const started = await ask('start', ORDER)
    assert.ok(started.ok)
    const end = (await ask('next', started.value)) as { value: { kind: string; result: { value: unknown } } }
    assert.is(end.value.kind, 'end')
    assert.is(end.value.result.value, 2)
    assert.not((await ask('next', started.value)).ok, 'its end is told once')
  }))

test('an answer that comes when its run is over is taken quietly; one for a run that never was is refused', () =>
  opened(async (ask) => {
    const started = await ask('start', { ...ORDER, event: 'wait', fakes: ['kv.get'], limits: { wall: '2s' } })
    assert.ok(started.ok)
    const run = started.value as number
    const { value: call } = (await ask('next', run)) as { value: { kind: string; call: number } }
    const { value: end } = (await ask('next', run)) as { value: { kind: string } }
    assert.equal([call.kind, end.kind], ['call', 'end'])
    assert.ok((await ask('answer', { run, call: call.call, ok: true, value: 1, now: 0 })).ok)
    for (const other of [run + 1, 0, -1, 0.5, 'x']) assert.not((await ask('answer', { run: other, call: 0, ok: true, now: 0 })).ok)
  }))

test('nonsense is refused', () =>
  opened(async (ask) => {
    const odd: readonly unknown[] = [
      undefined,
      null,
      0,
      -1,
      1e9,
      Number.NaN,
      '',
      'x',
      '../policy',
      '__proto__',
      [],
      {},
      { run: 1 },
      { toString: null },
      new Map(),
      1n,
    ]
    const orders = odd.flatMap((value) => Object.keys(ORDER).map((key) => ({ ...ORDER, [key]: value })))
    const settings = odd.flatMap((value) => [
      { ...ORDER, limits: value },
      { ...ORDER, kv: value },
      { ...ORDER, tenant: value },
      { ...ORDER, fakes: [value] },
    ])
    for (const method of ['start', 'next', 'answer', 'fixture', 'constructor', '__proto__'])
      for (const value of odd) assert.type((await ask(method, value)).ok, 'boolean')
    for (const order of [...orders, ...settings]) {
      const { ok, ...reply } = await ask('start', order)
      if (ok) await ask('next', (reply as { value: number }).value)
      else assert.type((reply as { error: { message: string } }).error.message, 'string')
    }
  }))

test('no more runs are under way than a test may have', () =>
  opened(async (ask) => {
    const order = { ...ORDER, event: 'wait', payload: null, fakes: ['kv.get'] }
    const started = await Promise.all(Array.from({ length: 120 }, () => ask('start', order)))
    const refused = started.filter(({ ok }) => !ok)
    assert.ok(refused.length >= 20, String(refused.length))
    assert.match(JSON.stringify(refused[0]), 'at most 100 runs at once')
  }))

test.run()
