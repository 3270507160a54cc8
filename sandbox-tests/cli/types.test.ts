// `vivarium types` and the host module: where events and bindings come from, what is written, and what is said.
// timeout: 600s
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ROOT } from '../harness/source-files.ts'
import { tempDirectory } from '../harness/temp-directory.ts'
import { vivarium } from './vivarium.ts'

const HOST = `
import { defineBinding, defineEvents } from ${JSON.stringify(join(ROOT, 'engine/index.ts'))}
import { standardBindings } from ${JSON.stringify(join(ROOT, 'bindings/index.ts'))}
import { z } from ${JSON.stringify(join(ROOT, 'node_modules/zod/index.js'))}
export const events = defineEvents({ 'order.created': { payload: z.object({ total: z.number() }) } })
export const bindings = ({ kv }: { kv: string }) => [...standardBindings({ kv }), defineBinding('mail', { send: { input: z.tuple([z.string()]), output: z.void(), handler: () => undefined } })]
`
const MANIFEST = '{ "type": "module" }'
const SCRIPT = `import { defineScript } from 'vivarium/script'\nexport default defineScript({ needs: { mail: true }, on: { 'order.created': (order, ctx) => ctx.mail.send(String(order.total)) } })\n`
const POLICY = 'version: 1\ndefaults: { allow: { mail: true } }\n'
const PROJECT = { 'package.json': MANIFEST, 'vivarium.config.ts': HOST, 'scripts/a.ts': SCRIPT, 'scripts/policy.yaml': POLICY }

test('types are written for the events and bindings of the host module, once, and a tsconfig.json where there is none', async () => {
  using directory = tempDirectory(PROJECT)
  const first = await vivarium(['types'], { cwd: directory.path })
  assert.is(first.code, 0, first.stderr)
  assert.is(first.stdout, 'Wrote .vivarium/env.d.ts and tsconfig.json (the events and bindings of vivarium.config.ts).\n')
  const file = join(directory.path, 'scripts/.vivarium/env.d.ts')
  const text = readFileSync(file, 'utf8')
  assert.match(text, /^\/\/ vivarium api [\da-f]{16}\n/)
  assert.match(text, /'order\.created': \{/)
  assert.match(text, /mail: (?:\{|MailBinding)/)
  const { mtimeNs } = statSync(file, { bigint: true })
  const again = await vivarium(['types'], { cwd: directory.path })
  assert.match(again.stdout, 'scripts/.vivarium/env.d.ts is up to date')
  assert.is(statSync(file, { bigint: true }).mtimeNs, mtimeNs)
  const printed = await vivarium(['types', '--print'], { cwd: directory.path })
  assert.is(printed.stdout, text)
})

test('types --check ends with 1 where the file is missing or out of date, and check warns of it', async () => {
  using directory = tempDirectory(PROJECT)
  const { path: cwd } = directory
  assert.match((await vivarium(['types', '--check'], { cwd })).stdout, 'is missing')
  assert.is((await vivarium(['types', '--check'], { cwd })).code, 1)
  await vivarium(['types'], { cwd })
  assert.is((await vivarium(['types', '--check'], { cwd })).code, 0)
  directory.write('scripts/policy.yaml', `${POLICY}scripts: { a: { allow: { kv: true } } }\n`)
  const stale = await vivarium(['types', '--check', '--json'], { cwd })
  assert.is(stale.code, 1)
  assert.is(JSON.parse(stale.stdout).isStale, true)
  const check = await vivarium(['check'], { cwd })
  assert.is(check.code, 0, check.stdout)
  assert.match(check.stdout, 'scripts/.vivarium/env.d.ts is out of date')
})

test('the host module is found through package.json, from inside the scripts directory, and with --host', async () => {
  const { 'vivarium.config.ts': host, ...rest } = PROJECT
  using named = tempDirectory({
    ...rest,
    'package.json': '{ "type": "module", "vivarium": { "host": "./src/host.ts" } }',
    'src/host.ts': host,
  })
  for (const cwd of [named.path, join(named.path, 'scripts')]) {
    const { code, stdout } = await vivarium(['check'], { cwd })
    assert.is(code, 0, stdout)
    assert.match(stdout, '1 script: 1 ready.')
  }
  using other = tempDirectory({ ...rest, 'host.ts': host })
  assert.is((await vivarium(['check', '--host', 'host.ts'], { cwd: other.path })).code, 0)
  assert.is((await vivarium(['check'], { cwd: other.path })).code, 1)
})

test('the application’s own events and bindings are there when scripts are run', async () => {
  using directory = tempDirectory(PROJECT)
  const { code, stdout } = await vivarium(['run', 'order.created', '--json'], { cwd: directory.path, input: '{ "total": 5 }' })
  assert.is(code, 0, stdout)
  assert.is(JSON.parse(stdout).outcomes[0].status, 'ok')
  const wrong = await vivarium(['run', 'order.created', '--json'], { cwd: directory.path, input: '{ "total": "5" }' })
  assert.is(wrong.code, 2)
  assert.match(wrong.stderr, 'PAYLOAD_INVALID')
})

test('packs of the host module are loaded from where it lies', async () => {
  const pack = `
import { defineBinding, defineBindingPack } from ${JSON.stringify(join(ROOT, 'engine/index.ts'))}
import { z } from ${JSON.stringify(join(ROOT, 'node_modules/zod/index.js'))}
const send = { input: z.tuple([z.string()]), output: z.string(), handler: (_call: unknown, text: string) => text + '!' }
export default defineBindingPack({ name: 'mail-pack', version: '1.0.0', vivarium: '*', setup: () => [defineBinding('mail', { send })] })
`
  const { 'vivarium.config.ts': _, ...rest } = PROJECT
  using directory = tempDirectory({
    ...rest,
    'package.json': '{ "type": "module", "vivarium": { "host": "./src/host.ts" } }',
    'src/host.ts': `export const packs = ['./packs/mail.ts']`,
    'src/packs/mail.ts': pack,
  })
  const { code, stdout, stderr } = await vivarium(['run', 'order.created', '--json'], { cwd: directory.path, input: '{ "total": 5 }' })
  assert.is(code, 0, stderr)
  assert.is(JSON.parse(stdout).outcomes[0].value, '5!')
})

test('a host module that lies where users save scripts is not run', async () => {
  using directory = tempDirectory({
    'package.json': MANIFEST,
    'scripts/vivarium.config.ts': `throw new Error('it ran')`,
    'scripts/a.ts': 'export default () => 1',
  })
  for (const cwd of [directory.path, join(directory.path, 'scripts')]) {
    const { stdout, stderr } = await vivarium(['types', '--print'], { cwd })
    assert.not.match(stdout + stderr, 'it ran')
    assert.match(stdout, 'vivarium api')
  }
})

test('a host module that cannot be used is an error of the command line, in one sentence', async () => {
  const cases: readonly (readonly [text: string, message: string])[] = [
    [`throw new Error('no database')`, 'cannot be loaded: Error: no database'],
    ['export const evnts = {}', 'Did you mean "events"?'],
    ['export const events = 5', '"events" of the host module "vivarium.config.ts" must be what defineEvents returns, not number'],
    ['export const bindings = [1]', '"bindings" of the host module "vivarium.config.ts" must be a list'],
    ['export const bindings = () => 5', '"bindings" of the host module "vivarium.config.ts" must be a list'],
    ['export const packs = {}', '"packs" of the host module "vivarium.config.ts" must be an array of packs, not object'],
    [`export const packs = ['./gone.ts']`, '"packs" of the host module "vivarium.config.ts": '],
  ]
  for (const [text, message] of cases) {
    using directory = tempDirectory({ ...PROJECT, 'vivarium.config.ts': text })
    const { code, stderr } = await vivarium(['types'], { cwd: directory.path })
    assert.is(code, 2, text)
    assert.match(stderr, message)
  }
  using directory = tempDirectory({ 'scripts/a.ts': 'export default () => 1' })
  assert.match((await vivarium(['check', '--host', 'gone.ts'], { cwd: directory.path })).stderr, 'There is no host module "gone.ts".')
})

test('a policy that is invalid, and a directory that is missing, are told', async () => {
  using directory = tempDirectory({ ...PROJECT, 'scripts/policy.yaml': 'version: 2\n' })
  const { code, stderr } = await vivarium(['types'], { cwd: directory.path })
  assert.is(code, 3)
  assert.match(stderr, 'POLICY_INVALID')
  const missing = await vivarium(['types', '--dir', 'gone'], { cwd: directory.path })
  assert.is(missing.code, 2)
  assert.match(missing.stderr, 'There is no scripts directory "gone".')
})

test('what check refuses of a host module is refused with the same words and exit code, and nothing is written', async () => {
  const duplicate = `const mail = defineBinding('mail', { send: { input: z.tuple([]), output: z.void(), handler: () => undefined } })\nexport const bindings = [mail, mail]`
  const refused: readonly (readonly [string, RegExp])[] = [
    [`export const events = { go: 1 }`, /the event "go" must be an object such as \{ payload: … \}, not 1\./],
    [`export const events = { go: { kind: 'question' } }`, /the event "go" is of kind "question"/],
    [`export const events = { go: { payload: {} } }`, /the event "go" has a schema that is no Standard Schema/],
    [`export const events = { go: { kind: 'filter' } }`, /the filter "go" needs a "payload" schema/],
    [`export const events = { go: { kind: 'decision' } }`, /the decision "go" needs an "answer" schema/],
    [duplicate, /"mail"/],
  ]
  const imports = HOST.split('\n').slice(0, 4).join('\n')
  for (const [module, message] of refused) {
    using directory = tempDirectory({ 'package.json': MANIFEST, 'vivarium.config.ts': `${imports}\n${module}`, 'scripts/a.ts': SCRIPT })
    const { path: cwd } = directory
    const check = await vivarium(['check'], { cwd })
    assert.match(check.stderr, message)
    for (const args of [['types'], ['types', '--check'], ['types', '--print']]) {
      const types = await vivarium(args, { cwd })
      assert.equal([types.code, types.stdout, types.stderr], [check.code, '', check.stderr], module)
    }
    assert.not(existsSync(join(cwd, 'scripts', '.vivarium', 'env.d.ts')))
    const json = await Promise.all(['check', 'types'].map(async (command) => await vivarium([command, '--json'], { cwd })))
    assert.equal([json[1]?.code, json[1]?.stdout], [json[0]?.code, json[0]?.stdout])
  }
})

test.run()
