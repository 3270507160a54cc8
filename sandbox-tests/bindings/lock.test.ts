// The binding lock: who holds what, for how long, and that tokens grow whatever happens.
import { setTimeout as delay } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createGate } from '../../bindings/gate.ts'
import type { KvStore } from '../../bindings/kv-store.ts'
import { lock } from '../../bindings/lock.ts'
import { openSqliteKvStore } from '../../bindings/sqlite-kv-store.ts'
import { tempDirectory } from '../harness/temp-directory.ts'
import type { Caller } from './call-through.ts'
import { type BindingCaller, callerOf, grantOf } from './script-caller.ts'

interface Held {
  readonly name: string
  readonly token: number
  readonly until: number
}

let now = 1_000_000
let gate = createGate({ bindings: [] })
test.before.each(() => {
  gate = createGate({ bindings: [lock({ store: ':memory:', clock: () => now })] })
})
test.after.each(() => gate.close())

const script = (caller: Caller = {}): BindingCaller => callerOf(gate, 'lock', caller)
const acquire = (caller: BindingCaller, name: string, options?: object): Promise<Held | undefined> =>
  caller.answer('acquire', name, ...(options === undefined ? [] : [options]))

test('one holds a lock at a time, until it is released or its time is over', async () => {
  const own = script()
  const first = await acquire(own, 'a', { ttl: '1m' })
  const { token = 0, ...rest } = first ?? {}
  assert.equal(rest, { name: 'a', until: 1_060_000 })
  assert.is(await acquire(own, 'a'), undefined)
  assert.ok(await acquire(own, 'b'))
  assert.is(await own.answer('release', 'a', first?.token), true)
  assert.is(await own.answer('release', 'a', first?.token), false)
  const second = await acquire(own, 'a', { ttl: 1_000 })
  assert.ok((second?.token ?? 0) > token)
  now += 999
  assert.is(await acquire(own, 'a'), undefined)
  now += 1
  const third = await acquire(own, 'a')
  assert.ok(third !== undefined && third.token > (second?.token ?? 0))
  assert.is(await own.answer('release', 'a', second?.token), false, 'a late holder frees nobody else’s lock')
  assert.is(await acquire(own, 'a'), undefined)
})

test('tokens are exact numbers to the end of the century, and whoever knows the moment does not know them', async () => {
  now = Date.UTC(2099, 11, 31)
  const own = script()
  const tokens = new Set<number>()
  for (let i = 0; i < 50; i++) {
    const held = await acquire(own, `name ${i}`)
    assert.ok(Number.isSafeInteger(held?.token))
    tokens.add(held?.token ?? 0)
  }
  assert.ok(tokens.size > 40, `${tokens.size} tokens for 50 locks of one moment`)
})

test('tokens grow, however fast a lock changes hands and however long it rests', async () => {
  const own = script()
  let last = 0
  for (let i = 0; i < 50; i++) {
    const held = await acquire(own, 'a')
    assert.ok(held !== undefined && held.token > last, `${held?.token} after ${last}`)
    last = held.token
    await own.answer('release', 'a', last)
    if (i % 10 === 0) now += 11 * 60_000
  }
})

test('a holder extends its lock, and nobody else can', async () => {
  const own = script()
  const held = await acquire(own, 'a', { ttl: 1_000 })
  now += 900
  assert.is(await own.answer('extend', 'a', held?.token, '10s'), true)
  now += 9_000
  assert.is(await acquire(own, 'a'), undefined)
  assert.is(await own.answer('extend', 'a', (held?.token ?? 0) + 1, '10s'), false)
  now += 1_000
  assert.is(await own.answer('extend', 'a', held?.token, '10s'), false)
  assert.is(await own.answer('extend', 'never', 1, '10s'), false)
})

test('who waits gets the lock when it is released, in the order in which they came', async () => {
  const own = script()
  const held = await acquire(own, 'a')
  const order: number[] = []
  const waiting = [1, 2, 3].map(async (number) => {
    const mine = await acquire(own, 'a', { wait: '1m' })
    order.push(number)
    await own.answer('release', 'a', mine?.token)
  })
  await own.answer('release', 'a', held?.token)
  await Promise.all(waiting)
  assert.equal(order, [1, 2, 3])
})

test('the order of arrival holds however long they wait, and whoever gives up leaves it to the others', async () => {
  const own = script()
  const held = await acquire(own, 'a')
  const order: number[] = []
  const wait = async (number: number, caller: BindingCaller, longest: string | number): Promise<void> => {
    const mine = await acquire(caller, 'a', { wait: longest })
    if (mine === undefined) return
    order.push(number)
    await own.answer('release', 'a', mine.token)
  }
  const end = new AbortController()
  const waiting: Promise<void>[] = []
  for (const [number, caller, longest] of [
    [1, own, '1m'],
    [2, own, 60],
    [3, script({ signal: end.signal }), '1m'],
    [4, own, '1m'],
    [5, own, '1m'],
  ] as const) {
    waiting.push(wait(number, caller, longest))
    await delay(27)
    if (number === 2) await waiting[1] // it has given up
  }
  end.abort()
  assert.is(await acquire(own, 'a'), undefined, 'whoever does not wait hears at once that it is held')
  await own.answer('release', 'a', held?.token)
  await Promise.all(waiting)
  assert.equal(order, [1, 4, 5])
})

test('many who wait for one lock look no more often than one', async () => {
  const store = openSqliteKvStore(':memory:')
  let looks = 0
  const counting: KvStore = new Proxy(store, {
    get: (target, key) => {
      if (key === 'get') looks++
      const member: unknown = Reflect.get(target, key)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
  await gate.close()
  gate = createGate({ bindings: [lock({ store: counting })] })
  await acquire(script(), 'a')
  const before = looks
  const waiting = Array.from({ length: 50 }, () => acquire(script(), 'a', { wait: 500 }))
  assert.equal(new Set(await Promise.all(waiting)), new Set([undefined]))
  assert.ok(looks - before < 100, `${looks - before} looks`)
  store.close()
})

test('the first in line that fails does not hold up the others', async () => {
  const few = script({ grant: grantOf(gate, 'lock', { names: 1, shared: ['team-a'] }) })
  const many = script({ grant: grantOf(gate, 'lock', { names: 5, shared: ['team-a'] }) })
  const team = { namespace: 'team-a', wait: '1m' }
  assert.ok(await acquire(many, 'a', team))
  const refused = few.refusal('acquire', 'b', team)
  assert.ok(await acquire(many, 'b', team))
  assert.is(await refused, 'LOCK_QUOTA_EXCEEDED')
})

test('waiting ends with the lock’s own end, with the wait, and with the run', async () => {
  await gate.close()
  gate = createGate({ bindings: [lock({ store: ':memory:' })] })
  const own = script()
  await acquire(own, 'a', { ttl: 150 })
  const started = performance.now()
  assert.ok(await acquire(own, 'a', { wait: '1m' }))
  assert.ok(performance.now() - started < 20_000)
  assert.is(await acquire(own, 'a', { wait: 50 }), undefined)
  let isInTime = false
  for (let tries = 0; tries < 5 && !isInTime; tries++) {
    const budget = { wallDeadline: performance.now() + 300 }
    assert.is(await acquire(script({ budget }), 'a', { wait: '5m' }), undefined)
    isInTime = performance.now() < budget.wallDeadline // unless the machine paused right then
  }
  assert.ok(isInTime)
  const end = new AbortController()
  const waiting = acquire(script({ signal: end.signal }), 'a', { wait: '5m' })
  end.abort()
  assert.is(await waiting, undefined)
})

test('a lock is released with its run where that was asked for, and only then', async () => {
  const end = new AbortController()
  const run = script({ signal: end.signal })
  await acquire(run, 'kept')
  await acquire(run, 'released', { releaseAtEnd: true })
  assert.is(await acquire(script(), 'released'), undefined)
  const waiting = acquire(script(), 'released', { wait: '1m' })
  end.abort()
  assert.ok(await waiting)
  assert.is(await acquire(script(), 'kept'), undefined)
})

test('a run that is over takes no lock with it', async () => {
  const end = new AbortController()
  end.abort()
  assert.is(await acquire(script({ signal: end.signal }), 'a'), undefined)
  assert.ok(await acquire(script(), 'a'))
})

test('locks of other scripts, tenants and namespaces are other locks', async () => {
  const grant = grantOf(gate, 'lock', { shared: ['team-a'] })
  const callers: readonly [Caller, object][] = [
    [{ script: 'a' }, {}],
    [{ script: 'b' }, {}],
    [{ script: 'a', tenant: 'b' }, {}],
    [{ script: 'b', tenant: 'a' }, {}],
    [{ script: 'a', tenant: '' }, {}],
    [{ script: 'team-a' }, {}],
    [{ script: 'x', grant }, { namespace: 'team-a' }],
    [{ script: 'x', tenant: 'a', grant }, { namespace: 'team-a' }],
  ]
  for (const [caller, options] of callers) assert.ok(await acquire(script(caller), 'name', options), JSON.stringify(caller))
  assert.is(await acquire(script({ script: 'y', grant }), 'name', { namespace: 'team-a' }), undefined)
})

test('a namespace that was not granted is refused', async () => {
  const own = script({ grant: grantOf(gate, 'lock', { shared: ['team-a'] }) })
  for (const [method, ...args] of [
    ['acquire', 'a'],
    ['extend', 'a', 1, 1_000],
    ['release', 'a', 1],
  ] as const) {
    assert.is(await own.refusal(method, ...args, { namespace: 'team-b' }), 'NAMESPACE_DENIED')
    assert.is(await script().refusal(method, ...args, { namespace: 'team-a' }), 'NAMESPACE_DENIED')
  }
})

test('names in use are counted, and forgotten ten minutes after', async () => {
  const own = script({ grant: grantOf(gate, 'lock', { names: 2 }) })
  const first = await acquire(own, 'a')
  await acquire(own, 'b')
  await own.answer('release', 'a', first?.token)
  assert.is(await own.refusal('acquire', 'c'), 'LOCK_QUOTA_EXCEEDED')
  assert.ok(await acquire(own, 'a'), 'a known name can be taken again')
  now += 11 * 60_000
  assert.ok(await acquire(own, 'c'))
})

test('what is no name, time or token is refused', async () => {
  const own = script()
  for (const name of ['', 'a\0b', 'a\nb', '\ud800', 'x'.repeat(129), 5, null])
    assert.is(await own.refusal('acquire', name), 'ARGUMENT_INVALID', String(name))
  for (const options of [{ ttl: 0 }, { ttl: '2d' }, { wait: '1h' }, { wait: -1 }, { releaseAtEnd: 'yes' }, { forever: true }])
    assert.is(await own.refusal('acquire', 'a', options), 'ARGUMENT_INVALID', JSON.stringify(options))
  for (const token of ['1', 1.5, Number.NaN, 2 ** 60, undefined]) assert.is(await own.refusal('release', 'a', token), 'ARGUMENT_INVALID')
})

test('locks hold between all who use a file, and outlive them', async () => {
  using directory = tempDirectory()
  const file = `${directory.path}/state.sqlite`
  const gates = [file, file, openSqliteKvStore(file)].map((store) => createGate({ bindings: [lock({ store })] }))
  const [one, two, three] = gates.map((each) => callerOf(each, 'lock')) as [BindingCaller, BindingCaller, BindingCaller]
  const held = await acquire(one, 'a', { ttl: '1m' })
  assert.is(await acquire(two, 'a'), undefined)
  const waiting = acquire(two, 'a', { wait: '1m' })
  assert.is(await three.answer('release', 'a', held?.token), true)
  const next = await waiting
  assert.ok(next !== undefined && next.token > (held?.token ?? 0))
  for (const each of gates) await each.close()
  const again = createGate({ bindings: [lock({ store: file })] })
  assert.is(await acquire(callerOf(again, 'lock'), 'a'), undefined)
  await again.close()
})

test.run()
