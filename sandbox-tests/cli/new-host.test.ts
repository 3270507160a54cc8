// `vivarium init` and `vivarium new` beside an application that says which events and bindings it has: what they write fits it.
// timeout: 600s
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { listTemplates } from '../../cli/script-templates.ts'
import { ROOT } from '../harness/source-files.ts'
import { tempDirectory } from '../harness/temp-directory.ts'
import { vivarium } from './vivarium.ts'

const IMPORTS = `
import { defineBinding, defineEvents } from ${JSON.stringify(join(ROOT, 'engine/index.ts'))}
import { z } from ${JSON.stringify(join(ROOT, 'node_modules/zod/index.js'))}
`
const ORDER = `z.object({ id: z.string(), email: z.email(), items: z.array(z.object({ sku: z.string().min(9), n: z.int().positive() })).min(1), at: z.iso.datetime(), state: z.enum(['new', 'paid']), note: z.string().optional() })`
const HOST = `${IMPORTS}
export const events = defineEvents({
  'order.price': { kind: 'filter', payload: z.number() },
  'login.allowed': { kind: 'decision', payload: z.object({ user: z.string() }), answer: z.boolean() },
  'order.created': { payload: ${ORDER}, description: 'An order came in.' },
  'order.shipped': { payload: z.object({ parcel: z.string().regex(/^P-\\d{4}$/) }) },
  ping: {},
})
`
const MANIFEST = '{ "type": "module" }'
const FILES = { 'package.json': MANIFEST, 'vivarium.config.ts': HOST }
const read = (...path: string[]): string => readFileSync(join(...path), 'utf8')

test('init beside an application writes what check, test and run pass with', async () => {
  using directory = tempDirectory(FILES)
  const { path: cwd } = directory
  const written = await vivarium(['init', 'fresh', '--yes'], { cwd })
  assert.is(written.code, 0, written.stderr)
  assert.match(written.stdout, 'hello handles order.created, as vivarium.config.ts has it.')
  assert.match(written.stdout, 'vivarium run order.created --data fresh/fixtures/order.created.json --dir fresh\n')
  assert.not.match(read(cwd, 'fresh', 'hello.ts'), 'interface')
  for (const [where, dir, data] of [
    [join(cwd, 'fresh'), [], 'fixtures/order.created.json'],
    [cwd, ['--dir', 'fresh'], 'fresh/fixtures/order.created.json'],
  ] as const) {
    for (const args of [['check'], ['test'], ['run', 'order.created', '--data', data]]) {
      const { code, stdout, stderr } = await vivarium([...args, ...dir], { cwd: where })
      assert.is(code, 0, `${args[0]}: ${stdout}${stderr}`)
      assert.not.match(stdout, 'warning')
    }
  }
})

test('new writes each template for an event of its kind', async () => {
  using directory = tempDirectory(FILES)
  const { path: cwd } = directory
  const templates = await listTemplates()
  for (const { name, kind } of templates) {
    const { code, stdout, stderr } = await vivarium(['new', name, name, '--dir', 'scripts', '--grant', '--json'], { cwd })
    assert.is(code, 0, stderr)
    const { event, left } = JSON.parse(stdout)
    assert.equal([event, left], [{ event: 'order.created', filter: 'order.price', decision: 'login.allowed' }[kind], null], name)
  }
  for (const command of ['types', 'check', 'test']) {
    const { code, stdout, stderr } = await vivarium([command], { cwd })
    assert.is(code, 0, `${command}: ${stdout}${stderr}`)
    if (command === 'test') assert.match(stdout, `${templates.length} passed, in ${templates.length} files`)
  }
})

test('an event that the application does not have, or that is of another kind, is refused', async () => {
  using directory = tempDirectory({ ...FILES, 'scripts/a.ts': 'export default { on: { ping: () => 1 } }' })
  const { path: cwd } = directory
  for (const [args, message] of [
    [['event', '--event', 'order.crated'], 'The application has no event "order.crated".'],
    [['event', '--event', 'order.crated'], 'Did you mean "order.created"? There are order.price (filter)'],
    [['event', '--event', 'order.price'], '"order.price" is a filter, and the template "event" is for an event.'],
    [['filter', '--event', 'constructor'], 'The application has no event "constructor".'],
  ] as const) {
    const { code, stderr } = await vivarium(['new', args[0], 'zz', ...args.slice(1)], { cwd })
    assert.is(code, 2)
    assert.match(stderr, message)
    assert.not.ok(existsSync(join(cwd, 'scripts', 'zz.ts')))
  }
})

test('where no example can be made that fits, what is left to do is said, and check and test pass', async () => {
  using directory = tempDirectory(FILES)
  const { path: cwd } = directory
  const args = ['new', 'event', 'parcels', '--event', 'order.shipped', '--dir', 'scripts']
  const { code, stdout } = await vivarium(args, { cwd })
  assert.is(code, 0)
  assert.match(
    stdout,
    /Left to do: fixtures\/order\.shipped\.json is no payload of order\.shipped yet \(payload\.parcel: .+\)\. Fill it in/,
  )
  assert.is((await vivarium(['check'], { cwd })).code, 0)
  const tested = await vivarium(['test'], { cwd })
  assert.is(tested.code, 0, tested.stdout)
  assert.match(tested.stdout, '1 skipped, 1 to do')
  const run = await vivarium(['run', 'order.shipped', '--data', 'scripts/fixtures/order.shipped.json'], { cwd })
  assert.match(run.stdout + run.stderr, 'parcel')
  directory.write('scripts/fixtures/order.shipped.json', '{ "parcel": "P-1234" }')
  const again = await vivarium(['new', 'event', 'others', '--event', 'order.shipped', '--json'], { cwd })
  assert.equal([JSON.parse(again.stdout).left, JSON.parse(again.stdout).kept], [null, ['fixtures/order.shipped.json']])
  assert.match((await vivarium(['test', 'others'], { cwd })).stdout, '1 passed')
})

test('an application with other bindings gets a script that needs none of those that are missing', async () => {
  const only = `${IMPORTS}
export const events = defineEvents({ ping: {} })
export const bindings = [defineBinding('mail', { send: { input: z.tuple([z.string()]), output: z.void(), handler: () => undefined } })]
`
  using directory = tempDirectory({ 'package.json': MANIFEST, 'vivarium.config.ts': only })
  const { path: cwd } = directory
  assert.is((await vivarium(['init', 'scripts', '--yes'], { cwd })).code, 0)
  const checked = await vivarium(['check'], { cwd })
  assert.is(checked.code, 0, checked.stdout + checked.stderr)
  assert.match(checked.stdout, 'order-size: ready (on ping)')
  assert.match(read(cwd, 'scripts', 'policy.schema.json'), '"mail"')
  const { code, stderr } = await vivarium(['new', 'counter'], { cwd })
  assert.is(code, 2)
  assert.match(stderr, 'The template "counter" needs ctx.kv, which the application does not have.')
})

test('an application without an event of the kind is told which it has', async () => {
  const host = `${IMPORTS}\nexport const events = defineEvents({ 'order.price': { kind: 'filter', payload: z.number() } })\n`
  using directory = tempDirectory({ 'package.json': MANIFEST, 'vivarium.config.ts': host })
  const { path: cwd } = directory
  const { code, stderr } = await vivarium(['init', 'scripts', '--yes'], { cwd })
  assert.is(code, 2)
  assert.match(stderr, 'vivarium.config.ts has order.price (filter).')
  assert.not.ok(existsSync(join(cwd, 'scripts')))
  assert.is((await vivarium(['init', 'scripts', '--yes', '--template', 'filter'], { cwd })).code, 0)
  assert.is((await vivarium(['test'], { cwd })).code, 0)
})

test.run()
