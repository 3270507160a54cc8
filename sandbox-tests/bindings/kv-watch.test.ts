// Watching kv: what has changed since a point, waiting for what comes, and that no waiting outlives its run.
import { setTimeout as delay } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createGate } from '../../bindings/gate.ts'
import { kv } from '../../bindings/kv.ts'
import { openSqliteKvStore } from '../../bindings/sqlite-kv-store.ts'
import { tempDirectory } from '../harness/temp-directory.ts'
import type { Caller } from './call-through.ts'
import { type BindingCaller, callerOf, grantOf } from './script-caller.ts'

interface Watched {
  readonly changes: readonly { readonly key: string; readonly value: unknown }[]
  readonly cursor: string
  readonly missed?: true
}

let now = 1_000_000
let gate = createGate({ bindings: [] })
test.before.each(() => {
  gate = createGate({ bindings: [kv({ store: ':memory:', clock: () => now })] })
})
test.after.each(() => gate.close())

const script = (caller: Caller = {}): BindingCaller => callerOf(gate, 'kv', caller)
const look = (caller: BindingCaller, since?: string, prefix = ''): Promise<Watched> => caller.answer('watch', { since, prefix, timeout: 0 })

test('each key that has changed is told once, in order, with what is there now', async () => {
  const own = script()
  await own.answer('set', 'before', 1)
  const start = await look(own)
  assert.equal(start, { changes: [], cursor: '0' })
  await own.answer('set', 'b', 1)
  await own.answer('increment', 'a')
  await own.answer('set', 'c', { when: new Date(5) })
  await own.answer('delete', 'before')
  await own.answer('delete', 'never there')
  await own.answer('compareAndSet', 'b', 1, 2)
  await own.answer('compareAndSet', 'b', 1, 3)
  const found = await look(own, start.cursor)
  assert.equal(found.changes, [
    { key: 'a', value: 1 },
    { key: 'c', value: { when: new Date(5) } },
    { key: 'before', value: undefined },
    { key: 'b', value: 2 },
  ])
  assert.equal(await look(own, found.cursor), { changes: [], cursor: found.cursor })
  assert.equal((await look(own, start.cursor)).changes, found.changes, 'a cursor can be used again')
})

test('a prefix is taken literally, and what does not begin with it is passed over for good', async () => {
  const own = script()
  const { cursor } = await look(own)
  for (const key of ['jobs/1', 'job', 'jobs%', 'jobs0', 'x']) await own.answer('set', key, key)
  const found = await look(own, cursor, 'jobs/')
  assert.equal(
    found.changes.map(({ key }) => key),
    ['jobs/1'],
  )
  assert.equal((await look(own, found.cursor)).changes, [])
})

test('somebody who waits is told at once, with and without a point since when', async () => {
  const own = script()
  const { cursor } = await look(own)
  const waiting = [own.answer<Watched>('watch', {}), own.answer<Watched>('watch', { since: cursor, prefix: 'a' })]
  await own.answer('set', 'a', 1)
  // Whoever looks for itself does so after half a second: timers that are due before that come first, also after a pause.
  const looked = delay(400, 'looked', { ref: false })
  for (const each of waiting) {
    const told = await Promise.race([each, looked])
    assert.equal(typeof told === 'object' && told.changes, [{ key: 'a', value: 1 }], 'nobody had to look for it')
  }
})

test('who waits for something else is not answered, and who waits in vain is answered in time', async () => {
  const own = script()
  const started = performance.now()
  const waiting = own.answer<Watched>('watch', { prefix: 'b', timeout: 150 })
  await own.answer('set', 'a', 1)
  const { changes, cursor } = await waiting
  assert.equal(changes, [])
  assert.is(cursor, '1')
  assert.ok(performance.now() - started >= 140)
})

test('nobody waits beyond the run: it is answered while there is time left', async () => {
  let isInTime = false
  for (let tries = 0; tries < 5 && !isInTime; tries++) {
    const budget = { wallDeadline: performance.now() + 400 }
    const { changes } = await script({ budget }).answer<Watched>('watch', { timeout: '5m' })
    assert.equal(changes, [])
    isInTime = performance.now() < budget.wallDeadline // unless the machine paused right then
  }
  assert.ok(isInTime, 'the answer came too late')
  await script({ budget: { wallDeadline: performance.now() - 5 } }).answer('watch', {})
})

test('a run that ends takes its watchers with it', async () => {
  const end = new AbortController()
  const waiting = Array.from({ length: 30 }, () => script({ signal: end.signal }).answer<Watched>('watch', {}))
  await script().answer('get', 'a')
  end.abort()
  for (const each of waiting) assert.equal((await each).changes, [])
})

test('of more changes than are kept nothing is told but that', async () => {
  const own = script()
  const { cursor } = await look(own)
  for (let i = 0; i < 1_000; i++) await own.answer('set', `k${i % 200}`, i)
  const page = await look(own, cursor)
  assert.is(page.changes.length, 100, 'a page is bounded')
  assert.is(page.missed, undefined)
  assert.is((await look(own, page.cursor)).changes.length, 100)
  await own.answer('set', 'one more', 1)
  const late = await look(own, cursor)
  assert.equal(late, { changes: [], cursor: '1001', missed: true })
  assert.equal(await look(own, late.cursor), { changes: [], cursor: '1001' })
})

test('a page ends where values are long, and the next one goes on there', async () => {
  const own = callerOf(gate, 'kv', { grant: grantOf(gate, 'kv', { bytes: '4MiB' }) })
  let { cursor } = await look(own)
  for (let i = 0; i < 10; i++) await own.answer('set', `k${i}`, 'x'.repeat(100_000))
  const seen: string[] = []
  for (;;) {
    const page = await look(own, cursor)
    if (page.changes.length === 0) break
    assert.ok(page.changes.length <= 3)
    seen.push(...page.changes.map(({ key }) => key))
    cursor = page.cursor
  }
  assert.is(seen.join(), 'k0,k1,k2,k3,k4,k5,k6,k7,k8,k9')
})

test('a cursor that is none is refused, one from elsewhere tells that something was missed', async () => {
  const own = script()
  for (const since of ['', '-1', '1.5', 'x', '9'.repeat(20), 5, null])
    assert.is(await own.refusal('watch', { since, timeout: 0 }), 'ARGUMENT_INVALID')
  assert.is((await look(own, '7')).missed, true)
  await own.answer('set', 'a', 1)
  assert.is((await look(own, '999999')).missed, true)
  for (const timeout of [-1, '6m', 'soon', Number.NaN]) assert.is(await own.refusal('watch', { timeout }), 'ARGUMENT_INVALID')
})

test('an entry whose time is over shows as gone, and is no change of its own', async () => {
  const own = script()
  const { cursor } = await look(own)
  await own.answer('set', 'a', 1, { ttl: 50 })
  const first = await look(own, cursor)
  assert.equal(first.changes, [{ key: 'a', value: 1 }])
  now += 100
  await own.answer('set', 'b', 1)
  assert.equal(
    (await look(own, first.cursor)).changes.map(({ key }) => key),
    ['b'],
  )
  assert.equal((await look(own, cursor)).changes[0], { key: 'a', value: undefined })
})

test('nobody is told of what others write under their own names', async () => {
  const own = script()
  const { cursor } = await look(own)
  await script({ script: 'other' }).answer('set', 'a', 1)
  await script({ tenant: 'acme' }).answer('set', 'a', 1)
  assert.equal(await look(own, cursor), { changes: [], cursor })
})

test('what another process writes is found within a second, and the history survives a restart', async () => {
  using directory = tempDirectory()
  const file = `${directory.path}/state.sqlite`
  const first = createGate({ bindings: [kv({ store: file })] })
  const own = callerOf(first, 'kv')
  const { cursor } = await look(own)
  const other = createGate({ bindings: [kv({ store: openSqliteKvStore(file) })] })
  const waiting = own.answer<Watched>('watch', { since: cursor })
  await callerOf(other, 'kv').answer('set', 'a', 1)
  assert.equal((await waiting).changes, [{ key: 'a', value: 1 }])
  await first.close()
  await other.close()
  const again = createGate({ bindings: [kv({ store: file })] })
  assert.equal((await look(callerOf(again, 'kv'), cursor)).changes, [{ key: 'a', value: 1 }])
  await again.close()
})

test.run()
