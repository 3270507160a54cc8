// The quotas of kv: counted exactly whatever happens in whatever order, per namespace, and said in the refusal.
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createGate } from '../../bindings/gate.ts'
import { kv } from '../../bindings/kv.ts'
import type { HostReply } from '../../engine/model/host-call.ts'
import { answerOf, callThrough, codeOf, messageOf } from './call-through.ts'

const QUOTA = { bytes: 60, keys: 4 }

interface Modelled {
  readonly value: string | number
  readonly expires: number
}

/** What kv should do, in the plainest words: one map, counted anew each time. */
class Model {
  readonly entries = new Map<string, Modelled>()
  now = 0

  live(): [string, Modelled][] {
    return [...this.entries].filter(([, { expires }]) => expires > this.now)
  }

  get(key: string): string | number | undefined {
    return this.live().find(([name]) => name === key)?.[1].value
  }

  /** Whether it fits: if so, it is written. */
  put(key: string, entry: Modelled, quota: typeof QUOTA): boolean {
    const before = this.live()
    const others = before.filter(([name]) => name !== key)
    const isPresent = others.length < before.length
    const size = sizeOf([...others, [key, entry]])
    const fits = size <= quota.bytes && (isPresent || before.length < quota.keys)
    const shrinks = isPresent && size <= sizeOf(before)
    if (!fits && !shrinks) return false
    this.entries.set(key, entry)
    return true
  }
}

function sizeOf(entries: readonly (readonly [string, Modelled])[]): number {
  return entries.reduce((sum, [key, { value }]) => sum + Buffer.byteLength(key) + Buffer.byteLength(JSON.stringify(value)), 0)
}

const key = fc.constantFrom('a', 'b', 'c', 'd', 'é', 'longer-key')
const ttl = fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined })
const step = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), key, value: fc.string({ maxLength: 30, unit: 'grapheme' }), ttl }),
  fc.record({ kind: fc.constant('increment' as const), key, by: fc.integer({ min: -5, max: 100_000 }), ttl }),
  fc.record({ kind: fc.constant('delete' as const), key }),
  fc.record({ kind: fc.constant('swap' as const), key, value: fc.string({ maxLength: 30 }), guessesRight: fc.boolean() }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ kind: fc.constant('quota' as const), bytes: fc.integer({ min: 1, max: 80 }), keys: fc.integer({ min: 1, max: 6 }) }),
)

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never
type Call = (method: string, ...args: unknown[]) => Promise<HostReply>

/** Does one step on both; the code of the real one and the one that the model expects. */
async function doStep(
  call: Call,
  model: Model,
  quota: typeof QUOTA,
  one: Exclude<Step, { kind: 'wait' | 'quota' }>,
): Promise<[string, string]> {
  const until = (time: number | undefined) => (time === undefined ? Number.POSITIVE_INFINITY : model.now + time)
  const current = model.get(one.key)
  switch (one.kind) {
    case 'set':
      return [
        codeOr(await call('set', one.key, one.value, { ttl: one.ttl })),
        model.put(one.key, { value: one.value, expires: until(one.ttl) }, quota) ? 'ok' : 'KV_QUOTA_EXCEEDED',
      ]
    case 'increment': {
      const actual = codeOr(await call('increment', one.key, one.by, { ttl: one.ttl }))
      if (typeof current === 'string') return [actual, 'KV_VALUE_INVALID']
      const expires = current === undefined ? until(one.ttl) : (model.entries.get(one.key)?.expires ?? 0)
      return [actual, model.put(one.key, { value: (current ?? 0) + one.by, expires }, quota) ? 'ok' : 'KV_QUOTA_EXCEEDED']
    }
    case 'delete':
      model.entries.delete(one.key)
      return [String(answerOf(await call('delete', one.key))), String(current !== undefined)]
    case 'swap': {
      const reply = await call('compareAndSet', one.key, one.guessesRight ? current : { wrong: true }, one.value)
      if (!one.guessesRight) return [String(answerOf(reply)), 'false']
      return [
        codeOr(reply),
        model.put(one.key, { value: one.value, expires: Number.POSITIVE_INFINITY }, quota) ? 'ok' : 'KV_QUOTA_EXCEEDED',
      ]
    }
  }
}

function codeOr(reply: HostReply): string {
  return reply.ok ? 'ok' : reply.error.code
}

test('any order of writes, deletes, expiries and changes of the quota counts as the model does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const model = new Model()
      const gate = createGate({ bindings: [kv({ store: ':memory:', clock: () => model.now })] })
      let quota = QUOTA
      for (const one of steps) {
        if (one.kind === 'wait') model.now += one.ms
        if (one.kind === 'quota') quota = { bytes: one.bytes, keys: one.keys }
        if (one.kind === 'wait' || one.kind === 'quota') continue
        const through = callThrough(gate, { grant: { kv: quota } })
        const [actual, expected] = await doStep((method, ...args) => through(`kv.${method}`, ...args), model, quota, one)
        assert.is(actual, expected, JSON.stringify(one))
      }
      const { entries } = answerOf(await callThrough(gate, { grant: { kv: quota } })('kv.list')) as {
        entries: { key: string; value: unknown }[]
      }
      const left = model.live().map(([name, { value }]) => [name, value])
      assert.equal(new Map(entries.map((entry) => [entry.key, entry.value])), new Map(left as [string, unknown][]))
      await gate.close()
    }),
    { numRuns: 300 },
  )
})

test('a quota of bytes can be filled to the last byte, and the refusal says used and allowed', async () => {
  const gate = createGate({ bindings: [kv({ store: ':memory:' })] })
  const call = callThrough(gate, { grant: { kv: { bytes: 20, keys: 10 } } })
  assert.ok((await call('kv.set', 'abc', 'x'.repeat(15))).ok)
  const more = await call('kv.set', 'd', 1)
  assert.is(codeOf(more), 'KV_QUOTA_EXCEEDED')
  assert.match(messageOf(more), '20 of 20 bytes are used, and this entry would make it 22')
  assert.is(codeOf(await call('kv.set', 'abc', 'x'.repeat(16))), 'KV_QUOTA_EXCEEDED')
  assert.is(answerOf(await call('kv.get', 'abc')), 'x'.repeat(15))
  assert.ok((await call('kv.set', 'abc', 'x'.repeat(13))).ok)
  assert.ok((await call('kv.set', 'd', 1)).ok)
  await gate.close()
})

test('a quota of keys holds under parallel writes, and is each script’s own', async () => {
  const gate = createGate({ bindings: [kv({ store: ':memory:' })] })
  const grant = { kv: { bytes: 100_000, keys: 50 } }
  const call = callThrough(gate, { grant })
  const replies = await Promise.all(Array.from({ length: 200 }, (_, index) => call('kv.set', `k${index}`, index)))
  assert.is(replies.filter(({ ok }) => ok).length, 50)
  const refused = replies.find(({ ok }) => !ok)
  assert.match(refused === undefined ? '' : messageOf(refused), '50 of 50 keys are used')
  assert.ok((await callThrough(gate, { grant, script: 'other' })('kv.set', 'k', 1)).ok)
  assert.ok((await callThrough(gate, { grant, tenant: 'acme' })('kv.set', 'k', 1)).ok)
  await gate.close()
})

test('a quota of bytes holds under parallel writes of all kinds', async () => {
  const gate = createGate({ bindings: [kv({ store: ':memory:' })] })
  const call = callThrough(gate, { grant: { kv: { bytes: 1_000, keys: 1_000 } } })
  const writes = Array.from({ length: 300 }, (_, index) => [
    call('kv.set', `s${index}`, 'x'.repeat(index % 40)),
    call('kv.increment', `i${index}`, 10 ** (index % 9)),
    call('kv.compareAndSet', `c${index}`, undefined, index),
  ])
  await Promise.all(writes.flat())
  let bytes = 0
  for (let cursor: string | undefined; ; ) {
    const page = answerOf(await call('kv.list', { limit: 1_000, ...(cursor && { cursor }) })) as {
      entries: { key: string; value: unknown }[]
      cursor?: string
    }
    for (const entry of page.entries) bytes += entry.key.length + JSON.stringify(entry.value).length
    cursor = page.cursor
    if (cursor === undefined) break
  }
  assert.ok(bytes > 950 && bytes <= 1_000, String(bytes))
  await gate.close()
})

test('expired entries count for nothing, however many there are', async () => {
  let now = 0
  const gate = createGate({ bindings: [kv({ store: ':memory:', clock: () => now })] })
  const call = callThrough(gate, { grant: { kv: { bytes: 2_000, keys: 200 } } })
  for (let index = 100; index < 300; index++) answerOf(await call('kv.set', `k${index}`, 'xxxx', { ttl: 1_000 }))
  assert.is(codeOf(await call('kv.set', 'one more', 1)), 'KV_QUOTA_EXCEEDED')
  now = 1_000
  answerOf(await call('kv.set', 'all', 'x'.repeat(1_995)))
  assert.match(messageOf(await call('kv.set', 'one more', 1)), '2000 of 2000 bytes')
  await gate.close()
})

test('a grant of true comes to the default quota also at the gate', async () => {
  const gate = createGate({ bindings: [kv({ store: ':memory:' })] })
  const reply = await callThrough(gate, { grant: { kv: true } })('kv.set', 'a', 'x'.repeat(1024 ** 2))
  assert.match(messageOf(reply), 'of 1048576 bytes')
  await gate.close()
})

test.run()
