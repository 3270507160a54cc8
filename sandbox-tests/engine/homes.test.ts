// timeout: 300s
// Scripts of one engine in several homes: each runs where policy puts it, moves when policy changes, and leaves nothing behind.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createGate } from '../../bindings/gate.ts'
import { openEngine as openInside } from '../../engine/engine.ts'
import { createEngine, type Engine, memoryStore, type ScriptInfo } from '../../engine/index.ts'
import { normaliseOptions } from '../../engine/options.ts'
import { emitOne, expectStatus, openEngine, PATIENT, until } from '../harness/engines.ts'
import { rejectionOf } from '../harness/rejection-of.ts'
import { tempDirectory } from '../harness/temp-directory.ts'

const COUNTS =
  'let n = 0\nexport default { on: { count: () => ++n, who: () => 1, go: () => "here", fail: () => { throw new TypeError("no") } } }'
const { limits } = PATIENT.defaults
const NOT_INSTALLED = 'the package "isolated-vm" is not installed. Install it.'

const homesOf = (engine: Engine): object =>
  Object.fromEntries(engine.scripts().map(({ id, runtime, placement }) => [id, `${runtime} ${placement}`]))
const settingOf = (engine: Engine, script: string, path: string) => engine.explain(script).find((setting) => setting.path === path)

/** Children of this process that are alive. */
function children(): string[] {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && parentOf(pid) === process.pid)
}

function parentOf(pid: string): number | undefined {
  try {
    const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return state === 'Z' ? undefined : Number(parent)
  } catch {
    return undefined // it has ended
  }
}

/** An engine on a machine without isolated-vm. */
function openWithoutV8(policy: object | string): Promise<Engine> {
  const gate = createGate({ bindings: [], audit: undefined, clock: Date.now, onCall: () => undefined })
  const { handle, surfaces, close } = gate
  const options = normaliseOptions({ scripts: memoryStore({ 'a.ts': COUNTS, 'b.ts': COUNTS }), policy, workers: 1 })
  return openInside(options, { handle, surfaces, observers: [], attach: async () => undefined, close }, () => NOT_INSTALLED)
}

for (const [runtime, placement] of [
  ['quickjs', 'process'],
  ['v8', 'process'],
] as const)
  test(`scripts on quickjs in a thread and on ${runtime} in a ${placement} hear the same event, side by side`, async () => {
    const policy = { version: 1, defaults: { limits }, scripts: { b: { runtime, placement } } }
    await using engine = await openEngine({ 'a.ts': COUNTS, 'b.ts': COUNTS }, { policy })
    assert.equal(homesOf(engine), { a: 'quickjs thread', b: `${runtime} ${placement}` })
    for (const event of ['go', 'count', 'count']) {
      const { outcomes } = await engine.emit(event, 1)
      for (const outcome of outcomes) expectStatus(outcome, 'ok')
      assert.equal(outcomes[0]?.value, outcomes[1]?.value)
    }
    const [a, b] = (await engine.emit('fail', 1)).outcomes
    assert.equal([a?.status, b?.status], ['exception', 'exception'])
    assert.equal([a?.error?.message, a?.error?.location?.line], [b?.error?.message, b?.error?.location?.line])
  })

test('the option puts scripts into processes that policy leaves in threads', async () => {
  await using engine = await openEngine({ 'a.ts': COUNTS }, { placement: 'process' })
  assert.equal(homesOf(engine), { a: 'quickjs process' })
  assert.equal(settingOf(engine, 'a', 'placement'), { path: 'placement', value: 'process', setBy: 'host' })
  assert.is((await emitOne(engine, 'go', 1)).value, 'here')
  assert.is((await engine.evaluate('export default () => 7')).value, 7)
})

test('a script moves with the policy, from home to home; what it was told before is answered where it was', async () => {
  const slow = 'export default { on: { go: async (ms) => { await new Promise((done) => setTimeout(done, ms)); return "done" } } }'
  using directory = tempDirectory({ 'policy.yaml': 'version: 1\n', 'scripts/a.ts': slow })
  const policy = join(directory.path, 'policy.yaml')
  const before = children().length
  await using engine = await createEngine({ scripts: join(directory.path, 'scripts'), policy, workers: 1 })
  const told: string[] = []
  engine.on('script-loaded', ({ runtime, placement }: ScriptInfo) => told.push(`${runtime} ${placement}`))
  const move = async (settings: string): Promise<void> => {
    const underWay = emitOne(engine, 'go', 300)
    directory.write('policy.yaml', `version: 1\ndefaults: { limits: { cpu: 2s, wall: 60s, loadCpu: 5s }, ${settings} }\n`)
    await engine.reload()
    expectStatus(await underWay, 'ok')
    expectStatus(await emitOne(engine, 'go', 1), 'ok')
  }
  await move('placement: process')
  await move('runtime: v8')
  await move('runtime: v8, jit: false')
  await move('runtime: quickjs')
  assert.equal(told, ['quickjs process', 'v8 process', 'v8 process', 'quickjs thread'])
  const [script] = engine.scripts()
  assert.equal([script?.status, script?.error], ['ready', undefined])
  // Fewer, when one of an earlier test was still on its way out.
  await until(() => children().length <= before, 'the processes of homes where nobody lives any more end')
  expectStatus(await engine.evaluate('export default () => 1'), 'ok')
})

test('without V8, its scripts fail and say what to install; the others run', async () => {
  await using engine = await openWithoutV8({ version: 1, scripts: { b: { runtime: 'v8' } } })
  const [a, b] = engine.scripts()
  assert.equal([a?.status, b?.status, b?.runtime, b?.error?.code], ['ready', 'failed', 'v8', 'V8_UNAVAILABLE'])
  assert.match(b?.error?.message ?? '', NOT_INSTALLED)
  assert.match(b?.error?.message ?? '', 'fallback: quickjs')
  assert.is((await emitOne(engine, 'go')).value, 'here')
  assert.is(settingOf(engine, 'b', 'runtime')?.value, 'v8')
})

test('moved to v8 where there is none, a script runs no more, rather than elsewhere than policy says; moved back, it does', async () => {
  using directory = tempDirectory({ 'policy.yaml': 'version: 1\n' })
  await using engine = await openWithoutV8(join(directory.path, 'policy.yaml'))
  const told: string[] = []
  engine.on('script-failed', ({ id, error }) => told.push(`${id} ${error?.code}`))
  engine.on('script-loaded', ({ id }) => told.push(`${id} loaded`))
  directory.write('policy.yaml', 'version: 1\nscripts: { b: { runtime: v8 } }\n')
  await engine.reload()
  assert.equal((await engine.emit('go', 1)).outcomes.length, 1)
  directory.write('policy.yaml', 'version: 1\nscripts: { b: { isolation: script } }\n')
  await engine.reload()
  assert.equal((await engine.emit('go', 1)).outcomes.length, 2)
  assert.equal([...new Set(told)], ['b V8_UNAVAILABLE', 'b loaded'])
})

test("on the host's own thread are only those scripts that need not be in processes", async () => {
  const policy = {
    version: 1,
    defaults: { limits },
    scripts: { b: { runtime: 'v8' }, c: { placement: 'process' }, d: { placement: 'thread' } },
  }
  const files = { 'a.ts': COUNTS, 'b.ts': COUNTS, 'c.ts': COUNTS, 'd.ts': COUNTS }
  await using engine = await openEngine(files, { policy, placement: 'inline' })
  assert.equal(homesOf(engine), { a: 'quickjs inline', b: 'v8 process', c: 'quickjs process', d: 'quickjs inline' })
  for (const { status, value } of (await engine.emit('go', 1)).outcomes) assert.equal([status, value], ['ok', 'here'])
})

test('a hostile top level is loaded where its handlers would run, and takes nobody there or elsewhere with it', async () => {
  const files = {
    'a.ts': COUNTS,
    'b.ts': 'new Array(1e9).fill(0)\nexport default { on: { go: () => 1 } }',
    'c.ts': 'while (true) {}\nexport default { on: { go: () => 1 } }',
    'd.ts': COUNTS,
  }
  const policy = { version: 1, defaults: { limits: { ...limits, loadCpu: '200ms' } }, scripts: { '[bcd]': { runtime: 'v8' } } }
  await using engine = await openEngine(files, { policy })
  assert.equal(
    engine.scripts().map(({ status }) => status),
    ['ready', 'failed', 'failed', 'ready'],
  )
  assert.is(engine.scripts()[2]?.error?.code, 'LOAD_CPU_EXCEEDED')
  for (const outcome of (await engine.emit('go', 1)).outcomes) expectStatus(outcome, 'ok')
})

test('images that do not fit the cache are made again, each in its home', async () => {
  const policy = { version: 1, defaults: { limits }, scripts: { b: { runtime: 'v8' }, c: { placement: 'process' } } }
  await using engine = await openEngine({ 'a.ts': COUNTS, 'b.ts': COUNTS, 'c.ts': COUNTS }, { policy, imageCache: 0 })
  for (let round = 0; round < 3; round++) {
    const { outcomes } = await engine.emit('count', 1)
    for (const outcome of outcomes) expectStatus(outcome, 'ok')
    assert.equal(
      outcomes.map(({ value }) => value),
      [1, 1, 1],
    )
  }
})

test('with a fallback they run on quickjs, which their warnings, the list and explain say', async () => {
  await using engine = await openWithoutV8({ version: 1, defaults: { runtime: 'v8', fallback: 'quickjs', limits } })
  assert.equal(homesOf(engine), { a: 'quickjs process', b: 'quickjs process' })
  const { warnings = [] } = engine.scripts()[0] ?? {}
  assert.is(warnings.length, 1)
  assert.match(
    warnings[0] ?? '',
    /^It runs on quickjs, as the policy's "fallback" says, and not on v8: the package "isolated-vm" is not installed\./,
  )
  assert.equal(settingOf(engine, 'a', 'runtime'), {
    path: 'runtime',
    value: 'quickjs',
    setBy: { file: 'object' },
    written: 'v8',
    because: NOT_INSTALLED,
  })
  const { outcomes } = await engine.emit('go', 1)
  assert.equal(
    outcomes.map(({ status, value }) => [status, value]),
    [
      ['ok', 'here'],
      ['ok', 'here'],
    ],
  )
  expectStatus(await engine.evaluate('export default () => 7'), 'ok')
})

test('entries that put v8 into a thread only where they meet are the fault of that script alone', async () => {
  using directory = tempDirectory({
    'policy.yaml': 'version: 1\nscripts:\n  b: { runtime: v8 }\n  "{b,c}": { placement: thread }\n',
    'scripts/a.ts': COUNTS,
    'scripts/b.ts': COUNTS,
  })
  await using engine = await createEngine({
    scripts: join(directory.path, 'scripts'),
    policy: join(directory.path, 'policy.yaml'),
    workers: 1,
  })
  const [a, b] = engine.scripts()
  assert.equal([a?.status, b?.status, b?.error?.code], ['ready', 'failed', 'POLICY_INVALID'])
  assert.is(b?.error?.location?.line, 4)
  assert.match(b?.error?.frame ?? '', /> 4 \|/)
})

test('entries of the policy that match no script are told at the start, after a change, and when asked', async () => {
  using directory = tempDirectory({ 'policy.yaml': 'version: 1\nscripts: { aa: {}, evaluate: {} }\n', 'scripts/a.ts': COUNTS })
  const policy = join(directory.path, 'policy.yaml')
  const logged: string[] = []
  const warn = (fields: object): void => void logged.push((fields as { warning: string }).warning)
  const silent = (): void => undefined
  const logger = { debug: silent, info: silent, warn, error: silent }
  await using engine = await createEngine({ scripts: join(directory.path, 'scripts'), policy, workers: 1, logger })
  const first = `${policy}:2: the entry "aa" matches no script.`
  assert.equal([engine.policyWarnings(), logged], [[first], [first]])
  await engine.reload()
  assert.is(logged.length, 1, 'said once')
  let announced: readonly string[] = []
  engine.on('policy-loaded', ({ warnings }) => (announced = warnings))
  directory.write('policy.yaml', 'version: 1\nscripts: { a: {}, "b/*": {} }\n')
  await engine.reload()
  assert.equal(announced, [`${policy}:2: the entry "b/*" matches no script.`])
  assert.equal([engine.policyWarnings(), logged.slice(1)], [announced, announced])
})

test('a script that there is not cannot be explained', async () => {
  await using engine = await openEngine({ 'greet.ts': COUNTS })
  const error = await rejectionOf((async () => engine.explain('gret'))())
  assert.equal([error.code, error.message], ['SCRIPT_UNKNOWN', 'There is no script "gret". Did you mean "greet"?'])
  assert.ok(engine.explain('evaluate').length > 0)
})

test('two snippets that must be killed in turn are both quarantined; a third is not', async () => {
  const stuck = (name: string): string => `export default () => { const ${name} = (2n ** 1000000n).toString(); return ${name}.length }`
  await using engine = await openEngine({}, { policy: { version: 1, defaults: { limits: { cpu: '50ms', wall: '60s' } } } })
  const statuses: string[] = []
  for (let round = 0; round < 4; round++) for (const name of ['a', 'b']) statuses.push((await engine.evaluate(stuck(name))).status)
  assert.equal(
    statuses.slice(0, 6),
    Array.from({ length: 6 }, () => 'cpu_exceeded'),
  )
  assert.equal(statuses.slice(6), ['quarantined', 'quarantined'])
  expectStatus(await engine.evaluate('export default () => 1'), 'ok')
  await engine.reload()
  expectStatus(await engine.evaluate(stuck('a')), 'cpu_exceeded')
})

test('close ends the runners of every home', async () => {
  const before = new Set(children())
  const own = (): string[] => children().filter((pid) => !before.has(pid))
  const policy = {
    version: 1,
    defaults: { limits },
    scripts: { b: { placement: 'process' }, c: { runtime: 'v8' }, d: { runtime: 'v8', jit: false } },
  }
  const engine = await openEngine({ 'a.ts': COUNTS, 'b.ts': COUNTS, 'c.ts': COUNTS, 'd.ts': COUNTS }, { policy })
  for (const outcome of (await engine.emit('go', 1)).outcomes) expectStatus(outcome, 'ok')
  assert.ok(own().length >= 3, 'each home has processes of its own')
  await engine.close()
  await until(() => own().length === 0, 'the end of all processes')
})

test.run()
