// The gate for types at load: what policy says of a script whose types do not fit, and the types of scripts on the disk.
// timeout: 300s
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { kv } from '../../bindings/index.ts'
import { apiHash } from '../../bindings/types/emit-types.ts'
import { engineError } from '../../engine/errors/engine-error.ts'
import { createEngine, defineEvents, type Engine, type EngineLogger, memoryStore, type ScriptInfo } from '../../engine/index.ts'
import { checkTypes } from '../../engine/registry/check-types.ts'
import { PATIENT, until } from '../harness/engines.ts'
import { tempDirectory } from '../harness/temp-directory.ts'

const events = defineEvents({ 'order.created': { payload: z.object({ total: z.number() }) } })
const script = (field: string): string =>
  `import { defineScript } from 'vivarium/script'\nexport default defineScript({\n  needs: { kv: true },\n  on: { 'order.created': (order) => ({ version: '${field}', value: order.${field} }) },\n})\n`
const GOOD = script('total')
const BAD = script('totl')

const policyOf = (typeCheck: 'off' | 'warn' | 'enforce') => ({
  version: 1,
  defaults: { ...PATIENT.defaults, typeCheck, allow: { kv: true } },
})
const infoOf = (engine: Pick<Engine, 'scripts'>, id: string): ScriptInfo => engine.scripts().find((info) => info.id === id) as ScriptInfo
const bindings = () => [kv({ store: ':memory:' })]

test('off: nobody looks; warn: it loads, with a warning; enforce: it does not load, and says why, with the frame', async () => {
  for (const typeCheck of ['off', 'warn', 'enforce'] as const) {
    const scripts = memoryStore({ 'good.ts': GOOD, 'bad.ts': BAD })
    await using engine = await createEngine({ scripts, events, bindings: bindings(), policy: policyOf(typeCheck), workers: 1 })
    const good = infoOf(engine, 'good')
    assert.is(good.status, 'ready')
    assert.equal(good.warnings, [])
    const bad = infoOf(engine, 'bad')
    if (typeCheck === 'off') assert.equal([bad.status, bad.warnings], ['ready', []])
    if (typeCheck === 'warn') {
      assert.is(bad.status, 'ready')
      assert.equal(bad.warnings, [
        `bad.ts:4:70: Property 'totl' does not exist on type '{ total: number; }'. Did you mean 'total'? (TS2551)`,
      ])
    }
    if (typeCheck === 'enforce') {
      assert.is(bad.status, 'failed')
      assert.is(bad.error?.code, 'TYPE_ERROR')
      assert.equal(bad.error?.location, { file: 'bad.ts', line: 4, column: 70 })
      assert.match(bad.error?.frame ?? '', "> 4 |   on: { 'order.created': (order)")
      assert.match(bad.error?.message ?? '', `Did you mean 'total'? (TS2551)`)
      assert.is(bad.error?.docs, 'docs/errors.md#TYPE_ERROR')
    }
    const { outcomes } = await engine.emit('order.created', { total: 5 })
    assert.equal(
      outcomes.map(({ status }) => status),
      typeCheck === 'enforce' ? ['ok'] : ['ok', 'ok'],
    )
  }
})

test('enforce: a newer version with type errors does not take the place of a good one, and one without them does', async () => {
  const scripts = memoryStore({ 'a.ts': GOOD })
  await using engine = await createEngine({ scripts, events, bindings: bindings(), policy: policyOf('enforce'), workers: 1 })
  const failed: ScriptInfo[] = []
  engine.on('script-failed', (info) => failed.push(info))
  scripts.write('a.ts', BAD)
  await engine.reload()
  assert.is(infoOf(engine, 'a').status, 'ready')
  assert.is(infoOf(engine, 'a').error?.code, 'TYPE_ERROR')
  assert.is(failed.length, 1)
  const [outcome] = (await engine.emit('order.created', { total: 5 })).outcomes
  assert.equal(outcome?.value, { version: 'total', value: 5 })
  scripts.write('a.ts', GOOD.replace("version: 'total'", "version: 'next'"))
  await engine.reload()
  assert.is(infoOf(engine, 'a').error, undefined)
  assert.equal((await engine.emit('order.created', { total: 5 })).outcomes[0]?.value, { version: 'next', value: 5 })
})

test('a policy that begins to enforce takes scripts out whose types do not fit, and lets them in again when it ends', async () => {
  using directory = tempDirectory({ 'a.ts': BAD, 'policy.yaml': '' })
  const write = (typeCheck: string): string =>
    directory.write('policy.yaml', `version: 1\ndefaults: { typeCheck: ${typeCheck}, allow: { kv: true } }\n`)
  const policy = write('off')
  await using engine = await createEngine({ scripts: directory.path, events, bindings: bindings(), policy, workers: 1 })
  assert.is(infoOf(engine, 'a').status, 'ready')
  const reloaded = async (status: string): Promise<void> => {
    await engine.reload()
    await until(() => infoOf(engine, 'a').status === status, `it is ${status}`)
  }
  write('enforce')
  await reloaded('failed')
  assert.is(infoOf(engine, 'a').error?.code, 'TYPE_ERROR')
  write('warn')
  await reloaded('ready')
  assert.is(infoOf(engine, 'a').warnings.length, 1)
  assert.is(engine.explain('a').find(({ path }) => path === 'typeCheck')?.value, 'warn')
})

test('code that is evaluated is on the way of events: nobody looks at its types', async () => {
  await using engine = await createEngine({ policy: policyOf('enforce'), bindings: bindings(), workers: 1 })
  assert.is((await engine.evaluate('export default (e) => { const n: string = e.n; return n }', { event: { n: 1 } })).value, 1)
})

test('where nobody can look, warn lets in and enforce does not; events go on either way', async () => {
  const gone = { check: () => Promise.reject(engineError('TYPE_CHECK_UNAVAILABLE', ['it is not installed.'])) }
  const bundle = { inputs: ['a.ts'] }
  assert.equal(await checkTypes(bundle, { typeCheck: 'off' }, gone), [])
  const [warning] = await checkTypes(bundle, { typeCheck: 'warn' }, gone)
  assert.match(
    warning ?? '',
    /^Types cannot be checked here: .*npm install typescript@7\.0\.2.*, and it is not installed\. Everything else works without it\.$/,
  )
  try {
    await checkTypes(bundle, { typeCheck: 'enforce' }, gone)
    assert.unreachable()
  } catch (error) {
    assert.is((error as { readonly code?: string }).code, 'TYPE_CHECK_UNAVAILABLE')
  }
})

function recorder(): { readonly logger: EngineLogger; readonly lines: string[] } {
  const lines: string[] = []
  const add = (_fields: object, message: string): void => void lines.push(message)
  return { logger: { debug: add, info: add, warn: add, error: add }, lines }
}

test('types: true writes env.d.ts and a tsconfig.json where there is none, anew when the policy changes, and only when they differ', async () => {
  using directory = tempDirectory({ 'a.ts': GOOD, 'policy.yaml': 'version: 1\n' })
  const file = join(directory.path, '.vivarium/env.d.ts')
  const options = { scripts: directory.path, events, policy: join(directory.path, 'policy.yaml'), types: true, workers: 1 } as const
  {
    await using engine = await createEngine({ ...options, bindings: bindings() })
    const text = readFileSync(file, 'utf8')
    assert.is(text, engine.types())
    assert.match(apiHash(text) ?? '', /^[\da-f]{16}$/)
    assert.match(text, /kv: NotGranted</)
    directory.write('policy.yaml', 'version: 1\ndefaults: { allow: { kv: true } }\n')
    await engine.reload()
    await until(() => engine.types() !== text && readFileSync(file, 'utf8') === engine.types(), 'the file follows')
    assert.not.match(engine.types(), /kv: NotGranted</)
  }
  const { mtimeNs } = statSync(file, { bigint: true })
  directory.write('tsconfig.json', '{}')
  await using engine = await createEngine({ ...options, bindings: bindings() })
  assert.is(statSync(file, { bigint: true }).mtimeNs, mtimeNs)
  assert.is(readFileSync(join(directory.path, 'tsconfig.json'), 'utf8'), '{}')
  assert.ok(engine.types().length > 1_000)
})

test('without the option nothing is written, and a file that is out of date is a warning', async () => {
  using directory = tempDirectory({ 'a.ts': GOOD })
  const { logger, lines } = recorder()
  const start = async (): Promise<void> => {
    await using engine = await createEngine({ scripts: directory.path, events, bindings: bindings(), logger, workers: 1 })
    if (lines.length === 0) directory.write('.vivarium/env.d.ts', engine.types())
  }
  await start()
  assert.equal(
    lines.filter((line) => line.includes('types')),
    [],
  )
  await start()
  assert.equal(
    lines.filter((line) => line.includes('types')),
    [],
  )
  directory.write('.vivarium/env.d.ts', '// vivarium api 0123456789abcdef\n')
  await start()
  assert.equal(lines.filter((line) => line.includes('types')).length, 1)
  assert.not.ok(existsSync(join(directory.path, 'tsconfig.json')))
})

test('types: a path is where they are written; what cannot be written is a warning', async () => {
  using directory = tempDirectory({ 'a.ts': GOOD, taken: '' })
  const path = join(directory.path, 'types/env.d.ts')
  const { logger, lines } = recorder()
  {
    await using engine = await createEngine({ scripts: directory.path, types: path, logger, workers: 1 })
    assert.is(readFileSync(path, 'utf8'), engine.types())
  }
  await using engine = await createEngine({ scripts: directory.path, types: join(directory.path, 'taken/env.d.ts'), logger, workers: 1 })
  assert.ok(lines.some((line) => line.includes('could not be written')))
  assert.is(engine.scripts().length, 1)
})

test.run()
