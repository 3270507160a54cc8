// timeout: 300s
// A policy that changes while the engine runs, and the forms that a host can give it in.
import { renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { createEngine, defineBinding, type Engine, type EngineError, memoryStore, type ScriptInfo } from '../../engine/index.ts'
import { deferred, emitOne, expectStatus, openEngine, PLACEMENTS, until } from '../harness/engines.ts'
import { rejectionOf } from '../harness/rejection-of.ts'
import { tempDirectory } from '../harness/temp-directory.ts'

const PATIENT_LIMITS = 'cpu: 2s, wall: 60s, loadCpu: 5s'
const policyText = (defaults: string, limits = ''): string => `version: 1\ndefaults:\n  limits: { ${PATIENT_LIMITS}${limits} }\n${defaults}`
const settingOf = (engine: Engine, script: string, path: string) => engine.explain(script).find((setting) => setting.path === path)

interface Heard {
  readonly failed: EngineError[]
  readonly scripts: string[]
  loaded: number
}

function listen(engine: Engine): Heard {
  const heard: Heard = { failed: [], scripts: [], loaded: 0 }
  engine.on('policy-failed', (error) => heard.failed.push(error))
  engine.on('policy-loaded', () => void heard.loaded++)
  for (const what of ['script-loaded', 'script-failed', 'denied', 'script-removed'] as const)
    engine.on(what, ({ id }: ScriptInfo) => heard.scripts.push(`${what} ${id}`))
  return heard
}

const host = defineBinding(
  'host',
  { ask: { input: z.tuple([]), output: z.unknown(), handler: ({ grant }) => grant } },
  { grant: z.object({ level: z.int().default(1) }) },
)
const ASKS = 'export default { needs: { host: true }, on: { ask: (p, ctx) => ctx.host.ask(), plain: () => 1 } }'

for (const placement of PLACEMENTS) {
  test(`${placement}: limits change without a new load; a grant that is taken away denies the script, one that is given lets it run`, async () => {
    using directory = tempDirectory({
      'policy.yaml': policyText('  allow: { host: { level: 3 } }'),
      'scripts/a.ts': ASKS,
      'scripts/b.ts': 'export default { on: { out: (n) => "x".repeat(n) } }',
    })
    await using engine = await createEngine({
      scripts: join(directory.path, 'scripts'),
      policy: join(directory.path, 'policy.yaml'),
      watch: true,
      placement,
      workers: 1,
      bindings: [host],
    })
    const heard = listen(engine)
    const hashes = engine.scripts().map(({ hash }) => hash)
    assert.equal((await emitOne(engine, 'ask')).value, { level: 3 })
    expectStatus(await emitOne(engine, 'out', 2_000), 'ok')

    directory.write('policy.yaml', policyText('  allow: { host: { level: 3 } }', ', output: 1KiB'))
    await until(() => heard.loaded === 1, 'lower limits are in force')
    await until(() => settingOf(engine, 'b', 'limits.output')?.value === '1KiB', 'they are explained')
    await engine.reload()
    expectStatus(await emitOne(engine, 'out', 2_000), 'output_exceeded')
    assert.equal(heard.scripts, [], 'no script was loaded for that')

    directory.write('policy.yaml', policyText('  allow: { host: { level: 7 } }'))
    await until(() => heard.scripts.length > 0, 'another grant is in force')
    assert.equal(heard.scripts, ['script-loaded a'])
    assert.equal((await emitOne(engine, 'ask')).value, { level: 7 })

    heard.scripts.length = 0
    directory.write('policy.yaml', policyText('  onError: skip'))
    await until(() => heard.scripts.length > 0, 'the script is denied')
    assert.equal(heard.scripts, ['denied a'])
    expectStatus(await emitOne(engine, 'ask'), 'denied', 'PERMISSION_DENIED')
    expectStatus(await emitOne(engine, 'plain'), 'denied')
    const [denied] = engine.scripts()
    assert.is(denied?.status, 'denied')
    assert.match(denied?.denied[0]?.policyLine ?? '', 'allow: { host: true }')
    assert.match(denied?.error?.hint ?? '', 'allow: { host: true }')

    heard.scripts.length = 0
    directory.write('policy.yaml', policyText('  allow: { host: true }'))
    await until(() => heard.scripts.length > 0, 'the script may run again')
    assert.equal(heard.scripts, ['script-loaded a'])
    assert.is((await emitOne(engine, 'ask')).value, true)
    assert.equal(
      engine.scripts().map(({ hash }) => hash),
      hashes,
    )
    assert.is(heard.loaded, 4)
    assert.equal(heard.failed, [])
  })

  test(`${placement}: a run under way keeps the grant that it began with`, async () => {
    using directory = tempDirectory({ 'policy.yaml': policyText('  allow: { slow: true }') })
    const arrived = deferred()
    const gate = deferred()
    const slow = defineBinding('slow', {
      wait: {
        input: z.tuple([]),
        output: z.void(),
        handler() {
          arrived.resolve()
          return gate.promise
        },
      },
      now: { input: z.tuple([]), output: z.string(), handler: () => 'fine' },
    })
    const scripts = memoryStore({
      'a.ts': 'export default { needs: { slow: true }, on: { go: async (p, ctx) => { await ctx.slow.wait(); return ctx.slow.now() } } }',
    })
    await using engine = await createEngine({
      scripts,
      policy: join(directory.path, 'policy.yaml'),
      placement,
      workers: 1,
      bindings: [slow],
    })
    const running = emitOne(engine, 'go')
    await arrived.promise
    directory.write('policy.yaml', policyText('  onError: stop'))
    await engine.reload()
    expectStatus(await emitOne(engine, 'go'), 'denied')
    gate.resolve()
    const outcome = await running
    expectStatus(outcome, 'ok')
    assert.is(outcome.value, 'fine')
  })
}

test('an invalid new file keeps the old revision in force, says where it is wrong, and a valid one ends that', async () => {
  using directory = tempDirectory({ 'policy.yaml': policyText('  onError: stop') })
  const scripts = memoryStore({ 'a.ts': 'export default { on: { say: () => 1 } }' })
  const policy = join(directory.path, 'policy.yaml')
  await using engine = await createEngine({ scripts, policy, watch: true, workers: 1 })
  const heard = listen(engine)
  const invalid = [
    ['version: 1\ndefaults: { limits: { cpu: 50 } }', 'LIMIT_INVALID'],
    ['version: 1\ndefault: {}', 'POLICY_INVALID'],
    ['version: 1\n  defaults: [', 'POLICY_SYNTAX'],
    ['', 'POLICY_INVALID'],
  ] as const
  for (const [text, code] of invalid) {
    heard.failed.length = 0
    directory.write('policy.yaml', text)
    await until(() => heard.failed.length > 0, `${code} is announced`)
    assert.is(heard.failed[0]?.code, code)
    assert.ok((heard.failed[0]?.place?.line ?? 0) >= 1)
    assert.is(settingOf(engine, 'a', 'onError')?.value, 'stop')
    expectStatus(await emitOne(engine, 'say'), 'ok')
    await engine.reload()
    assert.is(heard.failed.length, 1, 'each bad state is told once')
  }
  heard.failed.length = 0
  rmSync(policy)
  await until(() => heard.failed.length > 0, 'a file that is gone is announced')
  assert.is(heard.failed[0]?.code, 'POLICY_UNREADABLE')
  assert.is(settingOf(engine, 'a', 'onError')?.value, 'stop')
  directory.write('next.yaml', policyText('  onError: skip'))
  renameSync(join(directory.path, 'next.yaml'), policy)
  await until(() => heard.loaded === 1, 'a valid file is in force')
  assert.is(settingOf(engine, 'a', 'onError')?.value, 'skip')
})

test('who runs first stays as it is when the policy changes', async () => {
  const source = 'export default { needs: { host: true }, on: { ask: () => 1 } }'
  const ids = Array.from({ length: 12 }, (_, index) => `s${String(index).padStart(2, '0')}`)
  // The first ones take longest to load.
  const scripts = memoryStore(
    Object.fromEntries(ids.map((id, index) => [`${id}.ts`, `for (let i = 0; i < ${(12 - index) * 30_000}; i++); ${source}`])),
  )
  using directory = tempDirectory({ 'policy.yaml': policyText('  allow: { host: true }') })
  await using engine = await createEngine({ scripts, policy: join(directory.path, 'policy.yaml'), workers: 1, bindings: [host] })
  const odd = ids.filter((_, index) => index % 2 === 1).join(',')
  directory.write('policy.yaml', `${policyText('  allow: { host: true }')}\nscripts: { '{${odd}}': { allow: { host: { level: 2 } } } }`)
  await engine.reload()
  assert.equal(
    engine.scripts().map(({ id }) => id),
    ids,
  )
  const { outcomes } = await engine.emit('ask', 1)
  assert.equal(
    outcomes.map(({ script }) => script),
    ids,
  )
})

test('every setting changes live: isolation, concurrency, onError, runtime', async () => {
  using directory = tempDirectory({ 'policy.yaml': policyText('  isolation: event') })
  const scripts = memoryStore({
    'a.ts':
      'let n = 0; export default { on: { count: () => ++n, wait: async () => { await new Promise((r) => setTimeout(r, 50)); return 1 }, price: () => { throw 1 } } }',
    'b.ts': 'export default { on: { price: (p) => p + 1 } }',
  })
  await using engine = await createEngine({ scripts, policy: join(directory.path, 'policy.yaml'), workers: 1 })
  const heard = listen(engine)
  const change = async (defaults: string): Promise<void> => {
    directory.write('policy.yaml', policyText(defaults))
    await engine.reload()
  }
  const count = async (): Promise<unknown> => (await emitOne(engine, 'count')).value
  assert.equal([await count(), await count()], [1, 1])
  await change('  isolation: script')
  assert.equal([await count(), await count()], [1, 2])
  await change('  isolation: event')
  assert.equal([await count(), await count()], [1, 1])
  assert.is((await engine.filter('price', 1)).value, 2)
  await change('  onError: stop')
  const stopped = await engine.filter('price', 1)
  assert.equal([stopped.value, stopped.stoppedBy], [1, 'a'])
  await change('  concurrency: { max: 1 }')
  const runs = await Promise.all([1, 2, 3].map(() => emitOne(engine, 'wait')))
  assert.ok(Math.max(...runs.map(({ usage }) => usage.wallMs)) >= 145, 'one after another')
  assert.equal(heard.scripts, [])
  await change('  runtime: v8')
  assert.equal(
    engine.scripts().map(({ status, runtime, placement }) => [status, runtime, placement]),
    [
      ['ready', 'v8', 'process'],
      ['ready', 'v8', 'process'],
    ],
  )
  assert.equal([await count(), await count()], [1, 1])
  await change('  runtime: quickjs')
  assert.equal(
    engine.scripts().map(({ status }) => status),
    ['ready', 'ready'],
  )
  assert.is(await count(), 1)
  assert.equal(heard.scripts.sort(), ['script-loaded a', 'script-loaded a', 'script-loaded b', 'script-loaded b'])
})

test('a file and an object with the same content decide the same; changing the object later changes nothing', async () => {
  using directory = tempDirectory({
    'policy.yaml': `version: 1
ceilings: { cpu: 1s }
defaults: { limits: { cpu: 20ms, memory: 8MiB }, onError: stop }
scripts: { 'reports/**': { limits: { cpu: 9s, wall: 2s }, isolation: script } }
`,
  })
  const scripts = { 'reports/a.ts': 'export default () => 1', 'b.ts': 'export default () => 1' }
  const object = {
    version: 1,
    ceilings: { cpu: '1s' },
    defaults: { limits: { cpu: '20ms', memory: '8MiB' }, onError: 'stop' },
    scripts: { 'reports/**': { limits: { cpu: '9s', wall: '2s' }, isolation: 'script' } },
  }
  await using byFile = await openEngine(scripts, { policy: join(directory.path, 'policy.yaml') })
  await using byObject = await openEngine(scripts, { policy: object })
  const values = (engine: Engine, script: string) => engine.explain(script).map(({ path, value, written }) => [path, value, written])
  for (const script of ['reports/a', 'b', 'evaluate']) assert.equal(values(byFile, script), values(byObject, script))
  assert.equal(settingOf(byObject, 'reports/a', 'limits.cpu')?.value, '1s')
  const explained = settingOf(byFile, 'reports/a', 'limits.wall')?.setBy
  assert.ok(typeof explained === 'object' && explained.line === 4 && explained.glob === 'reports/**', JSON.stringify(explained))
  object.defaults.limits.cpu = '77ms'
  await byObject.reload()
  assert.is(settingOf(byObject, 'b', 'limits.cpu')?.value, '20ms')
})

test('a policy that is wrong from the start throws, and leaves nothing behind', async () => {
  using directory = tempDirectory({ 'bad.yaml': 'version: 1\ndefaults:\n  limits: { cpuu: 5ms }\n' })
  let closed = 0
  const binding = defineBinding(
    'held',
    { take: { input: z.tuple([]), output: z.void(), handler: () => undefined } },
    { close: () => void closed++ },
  )
  for (const [policy, code] of [
    [join(directory.path, 'bad.yaml'), 'POLICY_INVALID'],
    [join(directory.path, 'missing.yaml'), 'POLICY_UNREADABLE'],
    [directory.path, 'POLICY_UNREADABLE'],
    [{}, 'POLICY_INVALID'],
    [{ version: 2 }, 'POLICY_INVALID'],
    [{ version: 1, defaults: { limits: { cpu: 5 } } }, 'LIMIT_INVALID'],
    [{ version: 1, defaults: { placement: 'inline' } }, 'POLICY_INVALID'],
    [{ version: 1, defaults: { allow: { nobody: true } } }, 'POLICY_INVALID'],
  ] as const) {
    closed = 0
    assert.is((await rejectionOf(createEngine({ policy, bindings: [binding] }))).code, code)
    assert.is(closed, 1, 'its bindings are closed')
  }
  closed = 0
  assert.is(
    (await rejectionOf(createEngine({ scripts: join(directory.path, 'none'), bindings: [binding] }))).code,
    'SCRIPTS_DIRECTORY_MISSING',
  )
  assert.is(closed, 1)
})

test.run()
