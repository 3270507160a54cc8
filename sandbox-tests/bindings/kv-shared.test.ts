// Namespaces that scripts share by grant: who may read, who may write, whose quota counts, and how a need meets what policy says.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createGate } from '../../bindings/gate.ts'
import { kv } from '../../bindings/kv.ts'
import type { Json } from '../../engine/model/json.ts'
import { grantPermissions } from '../../engine/pipeline/grant-permissions.ts'
import type { Caller } from './call-through.ts'
import { callerOf, grantOf } from './script-caller.ts'

let gate = createGate({ bindings: [] })
test.before.each(() => {
  gate = createGate({ bindings: [kv({ store: ':memory:' })] })
})
test.after.each(() => gate.close())

function script(name: string, allow: unknown, more: Caller = {}) {
  return callerOf(gate, 'kv', { script: name, grant: grantOf(gate, 'kv', allow), ...more })
}

const TEAM = { namespace: 'team-a' }

test('what one script writes another reads, and its own entries stay its own', async () => {
  const writer = script('writer', { shared: { 'team-a': 'read-write' } })
  const reader = script('reader', { shared: { 'team-a': 'read' } })
  await writer.answer('set', 'a', 1, TEAM)
  await writer.answer('set', 'a', 'own')
  assert.is(await reader.answer('get', 'a', TEAM), 1)
  assert.is(await reader.answer('get', 'a'), undefined)
  assert.is(await writer.answer('get', 'a'), 'own')
  assert.equal(await reader.answer('list', TEAM), { entries: [{ key: 'a', value: 1 }] })
})

test('reading is all that "read" gives, with every method that writes', async () => {
  const reader = script('reader', { shared: { 'team-a': 'read' } })
  for (const [method, ...args] of [
    ['set', 'a', 1, TEAM],
    ['delete', 'a', TEAM],
    ['increment', 'a', 1, TEAM],
    ['compareAndSet', 'a', undefined, 1, TEAM],
  ] as const)
    assert.is(await reader.refusal(method, ...args), 'NAMESPACE_DENIED', method)
  for (const method of ['list', 'watch']) await reader.answer(method, { ...TEAM, ...(method === 'watch' && { timeout: 0 }) })
})

test('a namespace that was not granted is refused to every method, whatever it is called', async () => {
  const names = ['team-b', 'constructor', 'toString', 'hasOwnProperty', 'team-A', 'a:b', 'null']
  const callers = [script('plain', true), script('other', { shared: { 'team-a': 'read-write' } }), script('none', { shared: {} })]
  for (const caller of callers)
    for (const namespace of names) assert.is(await caller.refusal('get', 'a', { namespace }), 'NAMESPACE_DENIED', namespace)
  for (const namespace of ['', '__proto__', ' team-a', 'team-a\0', 'team-a/..', '["x"]', 'x'.repeat(65), 5, null, ['team-a']])
    assert.is(await callers[1]?.refusal('get', 'a', { namespace }), 'ARGUMENT_INVALID', String(namespace))
})

test('a shared namespace is nobody’s own, and each tenant has its own', async () => {
  const allow = { shared: { 'team-a': 'read-write', acme: 'read-write' } }
  await script('greet', allow, { tenant: 'acme' }).answer('set', 'a', 1, TEAM)
  for (const [name, tenant] of [
    ['team-a', 'acme'],
    ['greet', undefined],
    ['acme', 'team-a'],
    ['{"shared":["acme","team-a"]}', undefined],
  ] as const) {
    assert.is(await script(name, allow, { tenant }).answer('get', 'a'), undefined)
    if (tenant !== 'acme') assert.is(await script(name, allow, { tenant }).answer('get', 'a', TEAM), undefined)
  }
  assert.is(await script('other', allow, { tenant: 'acme' }).answer('get', 'a', TEAM), 1)
})

test('writes are held against the quota that the writer has there, and not against its own', async () => {
  const small = script('small', { keys: 1, shared: { 'team-a': { access: 'read-write', keys: 2 } } })
  const large = script('large', { shared: { 'team-a': 'read-write' } })
  await small.answer('set', 'own', 1)
  await small.answer('set', 'a', 1, TEAM)
  await small.answer('set', 'b', 1, TEAM)
  assert.is(await small.refusal('set', 'c', 1, TEAM), 'KV_QUOTA_EXCEEDED')
  await large.answer('set', 'c', 1, TEAM)
  assert.is(await small.refusal('set', 'd', 1, TEAM), 'KV_QUOTA_EXCEEDED')
  await small.answer('set', 'c', 2, TEAM)
})

test('policy that cannot be is refused with what it should be', () => {
  const [surface] = gate.surfaces
  for (const [written, message] of [
    [{ shared: { 'team-a': 'write' } }, /read, read-write or/],
    [{ shared: { 'team-a': true } }, /read, read-write or/],
    [{ shared: { 'team-a': { access: 'read', bites: 5 } } }, /bites/],
    [{ shared: { 'te am': 'read' } }, /letter or digit/],
    [{ shared: ['team-a'] }, /table: name → read/],
  ] as const) {
    const reading = surface?.readAllow(written)
    assert.ok(reading?.ok === false, JSON.stringify(written))
    assert.match(`${reading.path?.join('.')}: ${reading.message}`, message)
  }
})

test('a script is given of what it asks for what policy gives, and no namespace that it does not name', () => {
  const all = { bytes: 2048, keys: 10, shared: { a: { may: ['read', 'write'] }, b: { may: ['read'], bytes: 99 } } }
  for (const [need, value, lost] of [
    [true, all, []],
    [{ shared: { a: 'read-write' } }, { ...all, shared: { a: { may: ['read', 'write'] } } }, []],
    [{ shared: { a: 'read' } }, { ...all, shared: { a: { may: ['read'] } } }, []],
    [{ shared: { b: 'read-write' } }, { ...all, shared: { b: { may: ['read'], bytes: 99 } } }, ['shared.b: read-write']],
    [{ shared: { a: 'read', c: 'read' } }, { ...all, shared: { a: { may: ['read'] } } }, ['shared.c: read']],
    [{ bytes: '1KiB' }, { bytes: 1024, keys: 10 }, []],
    [{ bytes: '9KiB', keys: 5 }, { bytes: 2048, keys: 5 }, ['bytes 9216']],
  ] as const) {
    const { grant, warnings, denied } = meet(need as Json)
    assert.equal(denied, [], JSON.stringify(need))
    assert.equal(grant['kv'], value)
    for (const each of lost) assert.ok(warnings.join().includes(each), `${warnings} should tell of ${each}`)
    assert.is(warnings.length, lost.length > 0 ? 1 : 0)
  }
  for (const need of [
    { shared: { c: 'read' } },
    { shared: { constructor: 'read' } },
    { shared: { a: 'own' } },
    { bites: 5 },
    [],
    'team-a',
    5,
    null,
  ])
    assert.is(meet(need as Json).denied.length, 1, JSON.stringify(need))

  function meet(need: Json) {
    const reading = gate.surfaces[0]?.readAllow({ bytes: '2KiB', keys: 10, shared: { a: 'read-write', b: { access: 'read', bytes: 99 } } })
    if (reading?.ok !== true) throw new TypeError('the policy of this test is wrong')
    return grantPermissions({ script: 's', needs: { kv: need }, allow: { kv: reading.value }, surfaces: gate.surfaces })
  }
})

test.run()
