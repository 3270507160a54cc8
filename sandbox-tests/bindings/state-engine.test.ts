// timeout: 300s
// What scripts keep, share and wait for, through real engines: runs that wait for each other, that are cut while they hold something, engines that close meanwhile.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { standardBindings } from '../../bindings/index.ts'
import { createEngine, type Engine, memoryStore } from '../../engine/index.ts'
import { COMBINATIONS, type Combination, inCombination } from '../harness/combinations.ts'
import { emitOne, expectStatus } from '../harness/engines.ts'

const TEAM = `{ namespace: 'team' }`
const FILES = {
  'writer.ts': `export default { needs: { kv: { shared: { team: 'read-write' } } }, on: {
    write: (value, ctx) => ctx.kv.set('key', value, ${TEAM}),
  } }`,
  'reader.ts': `export default { needs: { kv: true }, on: {
    watch: async (options, ctx) => (await ctx.kv.watch({ namespace: 'team', ...options })),
    overwrite: async (_, ctx) => ctx.kv.set('key', 'mine', ${TEAM}),
    forbidden: async (_, ctx) => { try { await ctx.kv.get('key', { namespace: 'other' }) } catch (error) { return [error.code, error.name, error.message] } },
  } }`,
  'locker.ts': `export default { needs: { lock: true }, on: {
    hold: async ({ cut, ...options }, ctx) => { const held = await ctx.lock.acquire('job', options); if (cut) for (;;); return held },
    fail: async (options, ctx) => { await ctx.lock.acquire('job', options); throw new Error('oh') },
    both: (_, ctx) => Promise.all([ctx.lock.acquire('two'), ctx.lock.acquire('two')]),
  } }`,
  'cacher.ts': `let runs = 0
  export default { needs: { cache: true }, on: {
    count: async (_, ctx) => { const seen = (await ctx.cache.get('seen')) ?? 0; await ctx.cache.set('seen', seen + 1); return [++runs, seen] },
  } }`,
}

async function open(combination: Combination): Promise<Engine> {
  const share = (team: string) => ({ kv: { shared: { team } } })
  const policy = {
    version: 1,
    defaults: { limits: { cpu: '300ms', wall: '60s' }, allow: { lock: true, cache: true } },
    scripts: { writer: { allow: share('read-write') }, reader: { allow: share('read') } },
  }
  const options = { scripts: memoryStore(FILES), workers: 1, policy, bindings: standardBindings({ kv: ':memory:' }) }
  return await createEngine(inCombination(combination, options))
}

for (const combination of COMBINATIONS.filter(({ name }) => name === 'quickjs-thread' || name === 'v8-process')) {
  const of = (title: string) => `${title} (${combination.name})`

  test(of('a run that watches is told of what another script writes, and passes on from there'), async () => {
    await using engine = await open(combination)
    const waiting = emitOne(engine, 'watch', {})
    const first = await emitUntil(engine, waiting, { n: 1 })
    expectStatus(first, 'ok')
    const { changes, cursor } = first.value as { changes: unknown; cursor: string }
    assert.equal(changes, [{ key: 'key', value: { n: 1 } }])
    await emitOne(engine, 'write', { n: 2 })
    const second = await emitOne(engine, 'watch', { since: cursor })
    assert.equal((second.value as { changes: unknown }).changes, [{ key: 'key', value: { n: 2 } }])
  })

  test(of('a run that watches in vain is answered before its wall clock ends'), async () => {
    await using engine = await open(combination)
    let outcome = await emitOne(engine, 'watch', {}, { limits: { wall: '900ms' } })
    // A machine that pauses takes the last quarter of a second from it.
    for (let tries = 1; tries < 4 && outcome.status === 'wall_exceeded'; tries++)
      outcome = await emitOne(engine, 'watch', {}, { limits: { wall: `${tries + 1}s` } })
    expectStatus(outcome, 'ok')
    assert.equal((outcome.value as { changes: unknown }).changes, [])
    assert.ok(outcome.usage.wallMs > 500, `${outcome.usage.wallMs}`)
  })

  test(of('what is not granted is refused with a code that the script can catch'), async () => {
    await using engine = await open(combination)
    expectStatus(await emitOne(engine, 'overwrite'), 'exception', 'NAMESPACE_DENIED')
    const { value } = await emitOne(engine, 'forbidden')
    assert.is((value as string[])[0], 'NAMESPACE_DENIED')
    assert.match((value as string[])[2] ?? '', /"other" is not granted/)
  })

  test(of('a lock that is to end with its run does, whether the run is cut, fails or returns; others stay'), async () => {
    await using engine = await open(combination)
    expectStatus(await emitOne(engine, 'hold', { releaseAtEnd: true, cut: true }), 'cpu_exceeded')
    expectStatus(await emitOne(engine, 'fail', { releaseAtEnd: true, wait: '30s' }), 'exception')
    assert.ok((await emitOne(engine, 'hold', { releaseAtEnd: true, wait: '30s' })).value !== undefined)
    assert.ok((await emitOne(engine, 'hold', { ttl: '1m', wait: '30s' })).value !== undefined)
    const { value, status } = await emitOne(engine, 'hold', {})
    assert.equal([status, value], ['ok', undefined])
    const both = (await emitOne(engine, 'both')).value as unknown[]
    assert.is(both.filter((held) => held !== undefined).length, 1)
  })

  test(of('a cache outlives the sandboxes of its script'), async () => {
    await using engine = await open(combination)
    const seen: unknown[] = []
    for (let i = 0; i < 3; i++) seen.push((await emitOne(engine, 'count')).value)
    assert.equal(seen, [
      [1, 0],
      [1, 1],
      [1, 2],
    ])
  })

  test(of('an engine closes while runs wait for changes and locks'), async () => {
    const engine = await open(combination)
    await emitOne(engine, 'hold', { ttl: '1m' })
    const waiting = [emitOne(engine, 'watch', {}), emitOne(engine, 'hold', { wait: '50s' })]
    await emitOne(engine, 'count')
    const started = performance.now()
    await engine.close()
    assert.ok(performance.now() - started < 40_000)
    for (const each of waiting) assert.is.not((await each).status, 'ok')
  })
}

/** Writes until the run that waits has been told: it may not have begun to watch yet. */
async function emitUntil(engine: Engine, waiting: ReturnType<typeof emitOne>, value: unknown): ReturnType<typeof emitOne> {
  for (;;) {
    await emitOne(engine, 'write', value)
    const told = await Promise.race([waiting, Promise.resolve(undefined)])
    if (told !== undefined) return told
  }
}

test.run()
