// node: --expose-gc
// timeout: 600s
// Two hundred engines, opened and closed: handles, threads and memory are back where they were.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { emitOne, expectStatus, openEngine, type PlacementName, skip } from '../harness/engines.ts'

const SCRIPTS = {
  'a.ts': 'export default { on: { go: async (n, ctx) => { await new Promise((r) => setTimeout(r, 1)); return n + 1 } } }',
  'b.ts': 'export default { on: { hang: () => new Promise((r) => setTimeout(r, 60_000)) } }',
}
/** What the process may have grown by, after all of them. */
const MOST_GROWTH_BYTES = 48 * 1024 * 1024

function countThreads(): number | undefined {
  if (process.platform !== 'linux') return undefined
  return Number(/^Threads:\s+(\d+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1])
}

async function openUseClose(placement: PlacementName, n: number): Promise<void> {
  const engine = await openEngine(SCRIPTS, { placement })
  for (const { status, error } of engine.scripts()) assert.is(status, 'ready', JSON.stringify(error))
  const hanging = emitOne(engine, 'hang')
  const outcome = await emitOne(engine, 'go', n)
  expectStatus(outcome, 'ok')
  await engine.close()
  expectStatus(await hanging, 'runner_lost')
}

async function inBatches(count: number, atOnce: number, run: (n: number) => Promise<void>): Promise<void> {
  let next = 0
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < count) await run(next++)
    }),
  )
}

async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) {
    globalThis.gc?.()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

for (const [placement, engines, atOnce] of [
  ['thread', 60, 4],
  ['inline', 140, 4],
] as const) {
  test(`${engines} engines (${placement}) leave no handle, no thread and no memory behind`, async () => {
    await inBatches(12, atOnce, (n) => openUseClose(placement, n))
    await settle()
    const resources = process.getActiveResourcesInfo().sort()
    const threads = countThreads()
    const memory = process.memoryUsage()
    await inBatches(engines, atOnce, (n) => openUseClose(placement, n))
    await settle()
    assert.equal(process.getActiveResourcesInfo().sort(), resources)
    if (threads === undefined) skip('the count of threads', 'only Linux tells it')
    else assert.ok((countThreads() ?? 0) <= threads, `threads: ${threads} before, ${countThreads()} after`)
    const after = process.memoryUsage()
    const heap = after.heapUsed - memory.heapUsed
    const external = after.external - memory.external
    console.log(
      `# ${placement}: heap ${(heap / 1e6).toFixed(1)} MB, external ${(external / 1e6).toFixed(1)} MB, RSS ${((after.rss - memory.rss) / 1e6).toFixed(1)} MB after ${engines} engines`,
    )
    assert.ok(heap < MOST_GROWTH_BYTES / 4, `the heap grew by ${heap} bytes`)
    assert.ok(external < MOST_GROWTH_BYTES, `memory outside the heap grew by ${external} bytes`)
  })
}

test('a host that forgets to close its engine can still end', async () => {
  const program = `
    import { createEngine, memoryStore } from ${JSON.stringify(new URL('../../engine/index.ts', import.meta.url).href)}
    const engine = await createEngine({ scripts: memoryStore({ 'a.ts': 'export default (n) => n + 1' }) })
    if (process.argv[1] === 'used') console.log((await engine.emit('x', 1)).outcomes[0].value)
    else console.log('idle')
  `
  const run = promisify(execFile)
  for (const how of ['idle', 'used']) {
    const { stdout } = await run(process.execPath, ['--input-type=module-typescript', '-e', program, '--', how], { timeout: 100_000 })
    assert.is(stdout.trim(), how === 'used' ? '2' : 'idle')
  }
})

test.run()
