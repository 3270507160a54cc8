// Examples made from the schemas of payloads: most are what the application takes, and of the others the schema says why not.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { makeExample } from '../../cli/new-example.ts'
import { shellWord } from '../../cli/shell-word.ts'

const tree = z.object({
  name: z.string(),
  get children() {
    return z.array(tree)
  },
})

test('an example fits what a schema can say of itself', async () => {
  const schemas: readonly z.ZodType[] = [
    z.object({ a: z.string(), b: z.number().optional(), c: z.boolean().default(true) }),
    z.object({ email: z.email(), url: z.url(), id: z.uuid(), at: z.iso.datetime(), day: z.iso.date(), ip: z.ipv4() }),
    z.object({
      n: z.int().min(40).max(50),
      m: z.number().positive(),
      k: z.number().negative(),
      s: z.number().multipleOf(7),
      z: z.number().max(0),
    }),
    z.object({ text: z.string().min(30), short: z.string().max(3) }),
    z.union([z.object({ kind: z.literal('a'), a: z.string() }), z.object({ kind: z.literal('b') })]),
    z.discriminatedUnion('kind', [z.object({ kind: z.literal('a'), n: z.number() }), z.object({ kind: z.literal('b') })]),
    z.intersection(z.object({ a: z.string() }), z.object({ b: z.number() })),
    z.tuple([z.string(), z.number()]),
    z.array(z.object({ sku: z.string() })).min(2),
    z.object({ state: z.enum(['new', 'paid']), none: z.null(), maybe: z.string().nullable() }),
    z.record(z.string(), z.number()),
    tree,
    z
      .string()
      .meta({ examples: ['from the schema'] })
      .regex(/^from/),
    z.coerce.date(),
    z.number(),
    z.unknown(),
  ]
  for (const payload of schemas) {
    const { value, fault } = await makeExample({ payload })
    assert.is(fault, undefined, `${JSON.stringify(value)}: ${fault}`)
    assert.equal(JSON.parse(JSON.stringify(value)), value)
  }
  assert.equal(await makeExample({}), { value: {}, fault: undefined })
})

test('where an example does not fit, it is told why; what a schema throws is a reason too', async () => {
  for (const payload of [z.string().regex(/^\d{7}$/), z.date(), z.map(z.string(), z.number()), z.object({ a: z.never() })])
    assert.type((await makeExample({ payload })).fault, 'string')
  const thrower = z.unknown().refine(() => {
    throw new Error('not today')
  })
  assert.is((await makeExample({ payload: thrower })).fault, 'not today')
  const silent = { '~standard': { version: 1, vendor: 'x', validate: () => ({ issues: [{ message: 'no' }] }) } } as const
  assert.equal(await makeExample({ payload: silent }), { value: {}, fault: 'payload: no' })
})

test('a word that a shell would take apart is quoted', () => {
  for (const plain of ['scripts', 'a/b.ts', 'order.created', 'x_1-y', 'a:b']) assert.is(shellWord(plain), plain)
  if (process.platform === 'win32') return assert.is(shellWord('my scripts'), '"my scripts"')
  for (const [text, word] of [
    ['my scripts', "'my scripts'"],
    ["it's", "'it'\\''s'"],
    ['$HOME', "'$HOME'"],
    ['a\\b', "'a\\b'"],
    ['', "''"],
  ] as const)
    assert.is(shellWord(text), word)
})

test.run()
