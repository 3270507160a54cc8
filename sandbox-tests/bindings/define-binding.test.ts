// What defineBinding accepts, what it infers, and how a binding reads what policy allows.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { defineBinding } from '../../bindings/define-binding.ts'
import { kv } from '../../bindings/kv.ts'

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false
/** Fails to compile unless both types are the same. */
function expectSame<_T extends true>(): void {}

const go = { input: z.tuple([]), output: z.void(), handler: () => {} }

function codeOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    return (error as { code: string }).code
  }
  return 'nothing was thrown'
}

test('handlers are typed from their schemas', () => {
  defineBinding('mail', {
    send: {
      input: z.tuple([z.email(), z.string()]),
      output: z.void(),
      cost: 5,
      handler: (call, to, text) => {
        expectSame<Same<typeof to, string>>()
        expectSame<Same<typeof text, string>>()
        expectSame<Same<typeof call.grant, true>>()
        expectSame<Same<typeof call.tenant, string | undefined>>()
      },
    },
    count: {
      input: z.tuple([z.string().transform(Number), z.boolean().optional()], z.date()),
      output: z.number(),
      handler: async (_call, n, flag, ...rest) => {
        expectSame<Same<typeof n, number>>()
        expectSame<Same<typeof flag, boolean | undefined>>()
        expectSame<Same<typeof rest, Date[]>>()
        return n
      },
    },
  })
  defineBinding('mail', {
    // @ts-expect-error the reply must be a string
    text: { input: z.tuple([]), output: z.string(), handler: () => 7 },
  })
})

test('the grant is typed from its schema: true only where the schema has no default', () => {
  const withDefault = z.strictObject({ bytes: z.number().default(5) }).prefault({})
  const type = { input: z.tuple([]), output: z.void() }
  defineBinding(
    'one',
    { go: { ...type, handler: (call) => expectSame<Same<typeof call.grant, { bytes: number }>>() } },
    { grant: withDefault },
  )
  defineBinding(
    'two',
    { go: { ...type, handler: (call) => expectSame<Same<typeof call.grant, true | string[]>>() } },
    { grant: z.array(z.string()) },
  )
})

test('a binding is frozen and states its surface', () => {
  const binding = defineBinding('mail', { send: go, list: go }, { description: 'Mail.', types: '{ send(): void }' })
  assert.ok(Object.isFrozen(binding) && Object.isFrozen(binding.surface))
  assert.equal([binding.surface.name, binding.surface.description, binding.surface.methods], ['mail', 'Mail.', ['send', 'list']])
  assert.is(binding.types, '{ send(): void }')
})

test('names that cannot stand on ctx are refused', () => {
  const names = [
    '',
    'event',
    'runId',
    'log',
    'signal',
    '__proto__',
    'constructor',
    'then',
    'toString',
    'toJSON',
    'prototype',
    'hasOwnProperty',
    'a b',
    'a-b',
    '1a',
    'é',
    '_x',
    'x'.repeat(65),
  ]
  for (const name of [...names, 7 as unknown as string])
    assert.is(
      codeOf(() => defineBinding(name, { go })),
      'BINDING_INVALID',
      name,
    )
  for (const name of ['mail', 'Mail2', 'my_mail', 'delete']) assert.is(defineBinding(name, { go }).surface.name, name)
})

test('methods that cannot work are refused, with the method in the message', () => {
  const wrong: unknown[] = [
    {},
    JSON.parse('{"then":{}}'),
    { constructor: go },
    { 'a b': go },
    { go: null },
    { go: {} },
    { go: { ...go, input: undefined } },
    { go: { ...go, output: (value: unknown) => value } },
    { go: { ...go, handler: 'x' } },
    { go: { ...go, cost: 0 } },
    { go: { ...go, cost: 1.5 } },
    { go: { ...go, cost: '5' } },
  ]
  for (const methods of wrong)
    assert.is(
      codeOf(() => defineBinding('mail', methods as { go: typeof go })),
      'BINDING_INVALID',
      JSON.stringify(methods),
    )
  assert.throws(
    () => defineBinding('mail', { go: { ...go, cost: -1 } }),
    /"mail" has a method "go" whose cost is not a positive integer but -1/,
  )
  assert.is(
    codeOf(() => defineBinding('mail', { go }, { grant: {} as z.ZodString })),
    'BINDING_INVALID',
  )
})

test('without a grant schema policy can only write true', () => {
  const { readAllow } = defineBinding('mail', { go }).surface
  assert.equal(readAllow(true), { ok: true, value: true })
  for (const written of [{}, [], 'yes', 1, null]) assert.is(readAllow(written).ok, false)
})

test('true is the default of the grant schema, or stays true', () => {
  const hosts = defineBinding('mail', { go }, { grant: z.array(z.string()) }).surface
  assert.equal(hosts.readAllow(true), { ok: true, value: true })
  assert.equal(hosts.readAllow(['a']), { ok: true, value: ['a'] })
  const wrong = hosts.readAllow(['a', 7])
  assert.ok(!wrong.ok)
  assert.equal(wrong.path, [1])
})

test('all that is wrong with a grant is told, and for keys that are not known which one may be meant', () => {
  const grant = z.strictObject({
    to: z.array(z.string()),
    most: z.number().optional(),
    of: z.strictObject({ size: z.number() }).optional(),
  })
  const reading = defineBinding('mail', { go }, { grant }).surface.readAllow({ to: [1], mots: 5, of: { size: 1, colour: 'red' } })
  assert.ok(!reading.ok)
  assert.equal(
    [reading, ...(reading.others ?? [])].map(({ path, message, isKey }) => [path.join('.'), message, isKey === true]),
    [
      ['to.0', 'expected string, received number', false],
      ['of.colour', 'is not known here. Known are "to", "most", "of", "size".', true],
      ['mots', 'is not known here. Did you mean "most"?', true],
    ],
  )
  assert.is(defineBinding('mail', { go }, { grant }).surface.readAllow({ to: [] }).ok, true)
})

test('a grant schema that answers later cannot be used, and says so', () => {
  const grant = z.string().refine(async () => true)
  const reading = defineBinding('mail', { go }, { grant }).surface.readAllow('x')
  assert.match(reading.ok ? '' : reading.message, 'asynchronously')
})

test('the grant of kv has defaults, takes sizes with units, and knows no other keys', () => {
  const { readAllow } = kv({ store: ':memory:' }).surface
  assert.equal(readAllow(true), { ok: true, value: { bytes: 1_048_576, keys: 1_000 } })
  assert.equal(readAllow({ bytes: '2KiB' }), { ok: true, value: { bytes: 2_048, keys: 1_000 } })
  assert.equal(readAllow({ bytes: 100, keys: 5 }), { ok: true, value: { bytes: 100, keys: 5 } })
  for (const written of [
    { bytes: '1MB' },
    { bytes: '1' },
    { bytes: -1 },
    { bytes: 0.5 },
    { keys: 0 },
    { keys: '5' },
    { byte: 5 },
    [],
    'all',
    null,
    { bytes: '1constructor' },
  ]) {
    assert.is(readAllow(written).ok, false, JSON.stringify(written))
  }
})

test.run()
