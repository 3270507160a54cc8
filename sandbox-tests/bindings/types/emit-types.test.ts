// The text of env.d.ts: types of schemas, names and comments that a host or a policy could have, its hash, and that the compiler accepts it as a whole.
// timeout: 300s
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { standardBindings } from '../../../bindings/index.ts'
import { apiHash, emitTypes, type TypeTerms } from '../../../bindings/types/emit-types.ts'
import type { NamedTypes } from '../../../bindings/types/json-schema-type.ts'
import { typeOfSide } from '../../../bindings/types/schema-type.ts'
import { createEngine, defineBinding, type Engine, type EventDefinitions } from '../../../engine/index.ts'
import { COMPILER_OPTIONS } from '../../../engine/pipeline/type-check/compiler-options.ts'
import { ROOT } from '../../harness/source-files.ts'
import { tempDirectory } from '../../harness/temp-directory.ts'

const Tree = z.object({
  name: z.string(),
  get children() {
    return z.array(Tree)
  },
})

const flat = (text: string): string => text.replace(/\s*\n\s*/g, ' ')

function typeOf(schema: StandardSchemaV1 | undefined, side: 'input' | 'output' = 'output'): string {
  const named: NamedTypes = new Map()
  const type = typeOfSide(schema, side, { name: 'a b', named })
  return flat([type, ...[...named].map(([name, { text }]) => `${name} = ${text}`)].join('; '))
}

test('schemas become types', () => {
  const table: readonly (readonly [schema: StandardSchemaV1, type: string, input?: string])[] = [
    [z.string(), 'string'],
    [z.int(), 'number'],
    [z.boolean().nullable(), 'boolean | null'],
    [z.literal(['a', 2, null]), `'a' | 2 | null`],
    [z.enum(['it’s', "it's"]), `'it’s' | 'it\\'s'`],
    [z.date(), 'Date'],
    [z.bigint(), 'bigint'],
    [z.void(), 'void'],
    [z.undefined(), 'undefined'],
    [z.never(), 'never'],
    [z.any(), 'any'],
    [z.unknown(), 'unknown'],
    [z.instanceof(Uint8Array), 'Uint8Array'],
    [z.map(z.string(), z.date()), 'Map<string, Date>'],
    [z.set(z.int()), 'Set<number>'],
    [z.array(z.union([z.string(), z.int()])), '(string | number)[]'],
    [z.tuple([z.string(), z.int()], z.boolean()), '[string, number, ...boolean[]]'],
    [z.record(z.string(), z.int()), 'Record<string, number>'],
    [z.record(z.enum(['a', 'b']), z.int()), `{ [key in 'a' | 'b']: number }`],
    [z.partialRecord(z.enum(['a', 'b']), z.int()), `{ [key in 'a' | 'b']?: number }`],
    [z.object({ a: z.string(), 'b-c': z.int().optional() }), `{ a: string 'b-c'?: number }`],
    [z.looseObject({ a: z.string() }), '{ a: string [key: string]: unknown }'],
    [z.object({ a: z.int().default(1) }), '{ /** @default 1 */ a: number }', '{ /** @default 1 */ a?: number }'],
    [z.string().transform(Number), 'unknown', 'string'],
    [z.object({ a: z.string() }).and(z.object({ b: z.int() })), '{ a: string b: number }'],
    [Tree, '{ name: string children: AB[] }; AB = { name: string children: AB[] }'],
  ]
  for (const [schema, output, input = output] of table) {
    assert.is(typeOf(schema), output)
    assert.is(typeOf(schema, 'input'), input)
  }
})

test('schemas of other libraries tell their types where they can, and are anything where they cannot', () => {
  const standard = (jsonSchema?: unknown): StandardSchemaV1 =>
    ({ '~standard': { version: 1, vendor: 'other', validate: (value: unknown) => ({ value }), jsonSchema } }) as unknown as StandardSchemaV1
  assert.is(typeOf(standard()), 'any')
  assert.is(typeOf(undefined), 'any')
  assert.is(
    typeOf(standard({ output: () => ({ type: 'object', properties: { a: { type: ['string', 'null'] } }, required: ['a'] }) })),
    '{ a: string | null }',
  )
  const throwing = standard({
    output: () => {
      throw new TypeError('no')
    },
  })
  assert.is(typeOf(throwing), 'any')
  assert.is(typeOf(standard({ output: () => ({ $ref: 'https://example.com/schema' }) })), 'unknown')
  assert.is(typeOf(standard({ output: () => ({ $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/a' } } }) })), 'ABA; ABA = ABA')
})

const granted: TypeTerms['granted'] = new Map([['kv', ['**']]])
const bindings = standardBindings({ kv: ':memory:' })

test('the same terms make the same text, under the hash of it; other terms another one', () => {
  const terms: TypeTerms = { events: { ping: { payload: z.object({ a: z.string() }) } }, granted }
  const text = emitTypes(bindings, terms)
  assert.is(emitTypes(bindings.toReversed(), terms), text)
  const hash = apiHash(text) ?? ''
  assert.is(
    createHash('sha256')
      .update(text.slice(text.indexOf('\n') + 1))
      .digest('hex')
      .slice(0, 16),
    hash,
  )
  for (const other of [
    { ...terms, granted: new Map() },
    { ...terms, granted: new Map([['kv', ['a/**']]]) },
    { ...terms, events: { ping: { payload: z.object({ a: z.int() }) } } },
    { ...terms, events: undefined },
  ])
    assert.is.not(apiHash(emitTypes(bindings, other)), hash)
  assert.is(apiHash('export {}'), undefined)
})

test('what the host writes about events and bindings stands beside them; parameters have the names that schemas give them', () => {
  const mail = defineBinding(
    'mail',
    {
      send: {
        input: z.tuple([z.email().meta({ title: 'to' }), z.string()]).describe('Sends one mail.'),
        output: z.void(),
        handler: () => undefined,
      },
    },
    { description: 'Mail.' },
  )
  const text = emitTypes([mail], {
    events: { paid: { payload: z.object({ cents: z.int().describe('In cents.') }), description: 'Somebody paid.' } },
    granted: new Map([['mail', ['hooks/**']]]),
  })
  assert.match(text, /\/\*\* Somebody paid\. \*\/\n\s+paid: \{/)
  assert.match(text, /\/\*\* In cents\. \*\/\n\s+cents: number/)
  assert.match(text, /\* Mail\.\n\s+\* Granted to the scripts "hooks\/\*\*"\./)
  assert.match(text, /\/\*\* Sends one mail\. \*\/\n\s+send\(to: string, value2: string\): Promise<void>/)
})

function compile(text: string, others: { readonly [path: string]: string } = {}): string {
  const compilerOptions = { ...COMPILER_OPTIONS, skipLibCheck: false, allowImportingTsExtensions: true }
  using directory = tempDirectory({
    'env.d.ts': text,
    ...others,
    'tsconfig.json': JSON.stringify({ compilerOptions, files: ['env.d.ts', ...Object.keys(others)] }),
  })
  try {
    return execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', directory.path], { encoding: 'utf8' })
  } catch (error) {
    return String((error as { readonly stdout?: unknown }).stdout)
  }
}

test('the compiler accepts the whole text, without skipping anything in it, with every binding granted', () => {
  const all = new Map(bindings.map(({ surface }) => [surface.name, ['**']] as const))
  assert.is(compile(emitTypes(bindings, { events: undefined, granted: all })), '')
  assert.is(compile(emitTypes(bindings, { events: { a: { payload: Tree }, 'a ': { payload: Tree } }, granted: new Map() })), '')
})

test('descriptions of arguments stand beside a method by the names of its parameters, and no title makes a name that the language has taken', () => {
  const address = z.email().meta({ title: 'to', description: 'Who gets it.\nOne address.' })
  const odd = ['class', 'new', 'default', 'this', 'arguments', 'eval', 'yield', 'await', 'let', 'two words', 'of', 'to'].map((title) =>
    z.string().meta({ title }),
  )
  const output = z.void()
  const handler = (): undefined => undefined
  const mail = defineBinding('mail', {
    send: { input: z.tuple([address, z.string().describe('What it says. */')]).describe('Sends one mail.'), output, handler },
    drop: { input: z.tuple([z.int().describe('Which one.')]), output, handler },
    tag: { input: z.tuple([...odd] as [z.ZodString, ...z.ZodString[]]), output, handler },
  })
  const text = emitTypes([mail], { events: undefined, granted: new Map([['mail', ['**']]]) })
  assert.is(compile(text), '')
  assert.match(
    flat(text),
    String.raw`/** * Sends one mail. * @param to Who gets it. * One address. * @param value2 What it says. *\/ */ send(to: string, value2: string)`,
  )
  assert.match(text, /\/\*\* @param value1 Which one\. \*\/\n\s+drop\(value1: number\)/)
  assert.match(text, /tag\(value1: string, value2: string, [^)]*, of: string, to: string\)/)
})

test('bindings are interfaces of their own, where an interface can be what their types say', () => {
  const own = (name: string, types: string | undefined) =>
    defineBinding(name, { m: { input: z.tuple([]), output: z.int(), handler: () => 1 } }, types === undefined ? {} : { types })
  const made = [
    own('mail', undefined),
    own('Mail', undefined),
    own('plain', "{\n  /** } */ a(): '}'\n}"),
    own('both', '{ a(): 1 } & { b(): 2 }'),
    own('mapped', "{ readonly [key in 'a' | 'b']: () => 1 }"),
    own('named', 'Pick<Date, "getTime">'),
  ]
  const text = emitTypes(made, { events: undefined, granted: new Map(made.map(({ surface }) => [surface.name, ['**']] as const)) })
  assert.equal(
    [...text.matchAll(/export interface (\w+Binding) \{/g)].map(([, name]) => name),
    ['MailBinding', 'PlainBinding'],
  )
  assert.match(text, /\n {4}plain: PlainBinding\n/)
  assert.match(text, /\n {4}both: \{ a\(\): 1 \} & \{ b\(\): 2 \}\n/)
  assert.is(compile(text), '')
})

test('what is declared of vivarium/test is what it exports', () => {
  const real = JSON.stringify(join(ROOT, 'engine/testing/index.ts'))
  const same = `import * as told from 'vivarium/test'
import * as real from ${real}
export const there: Pick<typeof told, keyof typeof real> = real
export const back: Pick<typeof real, keyof typeof told> = told
export type Types = [told.Expectation, told.RunResult, told.Fixture, told.Fakes, told.Fake, told.RunOptions, told.DefineTest, told.RecordedCall, told.TestError, told.TestLog, told.TestUsage]
declare const one: told.RunResult
export const other: real.RunResult = one
`
  const text = emitTypes(bindings, { events: undefined, granted: new Map() })
  assert.is(compile(text, { 'same.ts': same }), '')
  assert.match(compile(text.replace('toBeNull(): void', ''), { 'same.ts': same }), /toBeNull/, 'a difference is seen')
})

test('whatever a host, an event or a glob is called, the text is one that the compiler accepts', () => {
  const nasty = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('*/ evil', "'", '\\', '`${x}', '__proto__', 'constructor', '\u2028', '\n// @ts-nocheck', '"})'),
  )
  const names = fc.uniqueArray(nasty, { maxLength: 8 })
  fc.assert(
    fc.property(names, names, (events, globs) => {
      const binding = defineBinding('b', { m: { input: z.tuple([]), output: z.any(), handler: () => 1 } }, { description: globs.join(' ') })
      const definitions: EventDefinitions = Object.fromEntries(
        events.map((name) => [name, { payload: z.object({ [name]: z.literal(name).describe(name) }), description: name }]),
      )
      assert.is(compile(emitTypes([binding], { events: definitions, granted: new Map([['b', globs]]) })), '')
    }),
    { numRuns: 6 },
  )
})

test('the globals that are declared are those of the sandbox', async () => {
  await using engine: Engine = await createEngine({ workers: 1 })
  const text = emitTypes([], { events: undefined, granted: new Map() })
  const declared = [...text.matchAll(/^declare (?:var|function) (\w+)/gm)].map(([, name]) => name as string)
  const outcome = await engine.evaluate(
    `export default () => Object.getOwnPropertyNames(globalThis).filter((name) => !(name in LANGUAGE))`.replace(
      'LANGUAGE',
      JSON.stringify(Object.fromEntries(LANGUAGE.map((name) => [name, 1]))),
    ),
  )
  assert.equal([...(outcome.value as string[])].sort(), declared.sort(), JSON.stringify(outcome.error))
})

/** What TypeScript's own library declares. */
const LANGUAGE =
  'Object Function Error EvalError RangeError ReferenceError SyntaxError TypeError URIError AggregateError Array Boolean Number String Symbol Promise Map Set WeakMap WeakSet WeakRef FinalizationRegistry Proxy Reflect JSON Math Date RegExp ArrayBuffer DataView BigInt Iterator Infinity NaN undefined eval parseInt parseFloat isNaN isFinite decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape globalThis Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float16Array Float32Array Float64Array BigInt64Array BigUint64Array'.split(
    ' ',
  )

test.run()
