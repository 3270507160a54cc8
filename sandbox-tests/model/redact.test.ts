import { inspect } from 'node:util'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { REDACTED, redactValue } from '../../engine/model/redact.ts'

const redact = (text: string): string => text.replaceAll('hush', '***').replaceAll('4711', '#')
const shown = (value: unknown): unknown => redactValue(value, redact)

test('every text in plain data is redacted: values, keys, members, digits', () => {
  const value = {
    a: 'x hush y',
    hush: ['hush', { b: new Map([['hush', new Set(['hush'])]]) }],
    n: 4711,
    big: 14711n,
    none: null,
    no: undefined,
    yes: true,
  }
  assert.equal(shown(value), {
    a: 'x *** y',
    '***': ['***', { b: new Map([['***', new Set(['***'])]]) }],
    n: '#',
    big: '1#',
    none: null,
    no: undefined,
    yes: true,
  })
  assert.ok(inspect(value).includes('hush'), 'the value itself is as it was')
})

test('where nothing changes, the value itself comes back', () => {
  for (const value of [{ a: [1, { b: 'c' }] }, [], 'x', 5, null, new Map([[1, 2]]), new Date(0), new Uint8Array([1, 2])])
    assert.is(shown(value), value)
})

test('a cycle leads to the redacted copy, never back to the original', () => {
  const value: { text: string; self?: unknown; list: unknown[] } = { text: 'hush', list: [] }
  value.self = value
  value.list.push(value.list, value)
  assert.not.match(inspect(shown(value), { depth: 20 }), 'hush')
  const clean: { self?: unknown } = {}
  clean.self = clean
  assert.is(shown(clean), clean)
})

test('bytes that spell it, depths that nobody reads and lists that claim too much are not shown', () => {
  assert.equal(shown([Buffer.from('a hush b'), new Uint8Array([1])]), [REDACTED, new Uint8Array([1])])
  let deep: unknown = 'hush'
  for (let level = 0; level < 100_000; level++) deep = [deep]
  assert.not.match(inspect(shown(deep), { depth: 300 }), 'hush')
  const holes: unknown[] = ['hush']
  holes.length = 4_000_000_000
  assert.equal(shown({ holes }), { holes: REDACTED })
})

test('shared objects are looked at once', () => {
  let value: unknown = 'hush'
  for (let level = 0; level < 60; level++) value = [value, value]
  shown(value)
})

test('keys that pollute stay data', () => {
  const made = shown(JSON.parse('{"__proto__":{"polluted":"hush"},"constructor":"hush"}')) as object
  assert.is(Object.getPrototypeOf(made), Object.prototype)
  assert.is(({} as { polluted?: unknown }).polluted, undefined)
  assert.is(JSON.stringify(made), '{"__proto__":{"polluted":"***"},"constructor":"***"}')
})

test.run()
