// Packs of bindings: found as packages and as files, held against versions, set up once, refused with a reason. The guide's own example is one of them.
import { readFileSync } from 'node:fs'
import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { createEngine, defineBinding, defineBindingPack, memoryStore, type PackReference } from '../../engine/index.ts'
import { emitOne, PATIENT } from '../harness/engines.ts'
import { rejectionOf } from '../harness/rejection-of.ts'
import { ROOT } from '../harness/source-files.ts'
import { type TempDirectory, tempDirectory } from '../harness/temp-directory.ts'

const SCRIPT = { 'greet.ts': 'export default { needs: { greeter: true }, on: { go: (name, ctx) => ctx.greeter.greet(name) } }' }
const POLICY = { version: 1, defaults: { ...PATIENT.defaults, allow: { greeter: true } } }

function pack(fields: string): string {
  return `import { defineBinding, defineBindingPack } from 'vivarium'
import { z } from 'zod'
export default defineBindingPack({
  name: 'vivarium-greeter', version: '1.4.0', vivarium: '^0.1.0',
  setup: ({ options }) => [defineBinding('greeter', { greet: {
    input: z.tuple([z.string()]), output: z.string(), handler: (_call, name) => (options?.word ?? 'Hello') + ' ' + name } })],
  ${fields}
})`
}

async function directoryWith(files: { readonly [path: string]: string }): Promise<TempDirectory> {
  const directory = tempDirectory({ 'package.json': '{ "type": "module" }', 'node_modules/.keep': '', ...files })
  await symlink(ROOT, join(directory.path, 'node_modules/vivarium'))
  await symlink(join(ROOT, 'node_modules/zod'), join(directory.path, 'node_modules/zod'))
  return directory
}

async function greetWith(directory: string, reference: PackReference): Promise<unknown> {
  await using engine = await createEngine({
    scripts: memoryStore(SCRIPT),
    policy: POLICY,
    packs: [reference],
    packsDirectory: directory,
    workers: 1,
  })
  return (await emitOne(engine, 'go', 'Ada')).value
}

async function refusal(directory: string, reference: PackReference) {
  return await rejectionOf(createEngine({ packs: [reference], packsDirectory: directory }))
}

test('a file and an installed package are packs, with options or without', async () => {
  using directory = await directoryWith({
    'packs/greeter.ts': pack(''),
    'node_modules/vivarium-greeter/package.json': '{ "type": "module", "exports": { ".": { "import": "./main.js" } } }',
    'node_modules/vivarium-greeter/main.js': pack(''),
  })
  assert.is(await greetWith(directory.path, './packs/greeter.ts'), 'Hello Ada')
  assert.is(await greetWith(directory.path, { pack: 'vivarium-greeter', version: '^1.0.0', options: { word: 'Good day' } }), 'Good day Ada')
})

test('a pack can be passed as it is', async () => {
  const own = defineBindingPack<{ readonly word: string }>({
    name: 'own',
    version: '1.0.0',
    vivarium: '*',
    setup: ({ options }) => [
      defineBinding('greeter', {
        greet: { input: z.tuple([z.string()]), output: z.string(), handler: (_call, name) => `${options.word} ${name}` },
      }),
    ],
  })
  assert.is(await greetWith('.', { pack: own, options: { word: 'Hi' } }), 'Hi Ada')
})

test('a pack for another version of vivarium is refused before its setup has run', async () => {
  using directory = await directoryWith({ 'pack.ts': pack("vivarium: '^9.0.0', setup: () => { globalThis.wasSetUp = true; return [] }") })
  const error = await refusal(directory.path, './pack.ts')
  assert.is(error.code, 'PACK_MISMATCH')
  assert.match(error.message, /vivarium-greeter 1\.4\.0 fits vivarium \^9\.0\.0, but this is 0\.1\.0/)
  assert.not.ok('wasSetUp' in globalThis)
})

test('a host that asks for another version of a pack is told which one there is', async () => {
  using directory = await directoryWith({ 'pack.ts': pack('') })
  const error = await refusal(directory.path, { pack: './pack.ts', version: '^2.0.0' })
  assert.is(error.code, 'PACK_MISMATCH')
  assert.match(error.message, /vivarium-greeter \^2\.0\.0, but this is 1\.4\.0/)
})

test('what is no pack, and what cannot be found, is refused by name', async () => {
  using directory = await directoryWith({
    'none.ts': 'export default { setup: () => [] }',
    'throws.ts': "throw new Error('no key')",
    'breaks.ts': pack("setup: () => { throw new Error('bad options') }"),
    'odd.ts': pack('setup: () => [{}]'),
    'range.ts': pack("vivarium: 'newest'"),
  })
  const rows: readonly (readonly [PackReference, string, RegExp])[] = [
    ['./none.ts', 'PACK_INVALID', /"\.\/none\.ts" does not export a pack by default/],
    ['./throws.ts', 'PACK_FAILED', /no key/],
    ['./breaks.ts', 'PACK_FAILED', /"vivarium-greeter" could not be set up: bad options/],
    ['./odd.ts', 'PACK_INVALID', /array of bindings/],
    ['./range.ts', 'PACK_INVALID', /"newest", which is no range/],
    ['./missing.ts', 'PACK_NOT_FOUND', /"\.\/missing\.ts" was not found/],
    ['not-installed', 'PACK_NOT_FOUND', /Install the package/],
    [{ pack: './none.ts', version: 'two' }, 'PACK_INVALID', /"two", which is no range/],
    [{} as PackReference, 'PACK_INVALID', /neither the name/],
  ]
  for (const [reference, code, message] of rows) {
    const error = await refusal(directory.path, reference)
    assert.is(error.code, code, error.message)
    assert.match(error.message, message)
  }
})

test('bindings of packs are closed with the engine, and when a later pack is refused', async () => {
  let closed = 0
  const closing = defineBindingPack({
    name: 'closing',
    version: '1.0.0',
    vivarium: '*',
    setup: () => [
      defineBinding('sample', { f: { input: z.tuple([]), output: z.void(), handler: () => undefined } }, { close: () => void closed++ }),
    ],
  })
  await (await createEngine({ packs: [closing] })).close()
  assert.is(closed, 1)
  assert.is((await refusal('.', 'not-installed')).code, 'PACK_NOT_FOUND')
  assert.is((await rejectionOf(createEngine({ packs: [closing, 'not-installed'] }))).code, 'PACK_NOT_FOUND')
  assert.is(closed, 2)
  assert.is((await rejectionOf(createEngine({ packs: [closing, closing] }))).code, 'BINDING_DUPLICATE')
  assert.is(closed, 4)
})

test('what a refused pack has made is closed, as far as it can be', async () => {
  let closed = 0
  const make = () =>
    defineBinding('sample', { f: { input: z.tuple([]), output: z.void(), handler: () => undefined } }, { close: () => void closed++ })
  const odd = (made: unknown) => defineBindingPack({ name: 'odd', version: '1.0.0', vivarium: '*', setup: () => made as [] })
  for (const [made, closedThen] of [
    [[make(), {}, undefined, make()], 2],
    [make(), 3],
    [undefined, 3],
  ] as const) {
    assert.is((await rejectionOf(createEngine({ packs: [odd(made)] }))).code, 'PACK_INVALID')
    assert.is(closed, closedThen)
  }
})

test('the pack of docs/writing-bindings.md works as it is written there', async () => {
  const text = readFileSync(join(ROOT, 'docs/writing-bindings.md'), 'utf8')
  const files = Object.fromEntries(
    [...text.matchAll(/^```\w+ title="([^"]+)"\n([\s\S]*?)^```$/gm)].map(([, path = '', body = '']) => [path, body]),
  )
  assert.equal(Object.keys(files).sort(), [
    'host.ts',
    'package.json',
    'policy.yaml',
    'scripts/remind.ts',
    'vivarium-tickets/package.json',
    'vivarium-tickets/tickets.js',
  ])
  const { 'vivarium-tickets/package.json': manifest = '', 'vivarium-tickets/tickets.js': main = '', ...others } = files
  using directory = await directoryWith({
    ...others,
    'node_modules/vivarium-tickets/package.json': manifest,
    'node_modules/vivarium-tickets/tickets.js': main,
  })
  await symlink(join(ROOT, 'node_modules/@types'), join(directory.path, 'node_modules/@types'))
  const before = process.cwd()
  process.chdir(directory.path)
  try {
    const { outcomes } = (await import(join(directory.path, 'host.ts'))) as {
      readonly outcomes: readonly { readonly value: unknown; readonly error: unknown }[]
    }
    assert.equal(
      outcomes.map(({ error, value }) => [error, value]),
      [[undefined, { reminded: 7, refused: 'TICKET_CLOSED' }]],
    )
  } finally {
    process.chdir(before)
  }
})

test.run()
