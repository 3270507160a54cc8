// What loaded scripts cost in memory.
import { setTimeout as sleep } from 'node:timers/promises'
import { createEngine, type Engine, memoryStore, type ScriptStore } from '../../engine/index.ts'
import { diskStore } from '../../engine/source/disk-store.ts'
import { FORTY_LINES, numbered, ORDER } from '../event.ts'
import { expectOk } from '../expect-ok.ts'
import type { Row } from '../row.ts'
import { withDirectory } from '../temp-directory.ts'

const SCRIPTS = 1_000
const ZOD_SCRIPTS = 20

/** 1,000 scripts of forty lines, each of which has run. */
export const memoryOfScripts: Row = {
  what: '1,000 loaded 40-line scripts, 2 workers: memory above an empty engine, per script, after gc',
  must: { at: 'most', value: 150 },
  async measure() {
    const files = Object.fromEntries(Array.from({ length: SCRIPTS }, (_, i) => [`s${i}.ts`, numbered(FORTY_LINES, i)]))
    const perScript = await measureMemory(memoryStore(files), SCRIPTS, {})
    return { value: perScript, unit: 'KiB', parts: { scripts: SCRIPTS } }
  },
}

/** Scripts that bundle zod: reported. */
export const memoryOfZodScripts: Row = {
  what: 'a loaded script that bundles zod, 2 workers: memory above an empty engine, after gc',
  async measure() {
    const files = Object.fromEntries(
      Array.from({ length: ZOD_SCRIPTS }, (_, i) => [
        `z${i}.ts`,
        `import * as z from 'zod'\nconst salt = ${i}\nexport default { on: { 'order.created': (o: unknown) => z.object({ id: z.string() }).parse(o).id + salt } }`,
      ]),
    )
    const policy = { version: 1, defaults: { packages: ['zod'] } }
    const perScript = await withDirectory(files, (directory) => measureMemory(diskStore(directory), ZOD_SCRIPTS, { policy }))
    return { value: perScript, unit: 'KiB', parts: { scripts: ZOD_SCRIPTS } }
  },
}

/** KiB a script: resident memory of the process with the scripts, less that with one. */
async function measureMemory(store: ScriptStore, scripts: number, options: { policy?: object }): Promise<number> {
  const empty = memoryStore({ 'one.ts': FORTY_LINES })
  await using first = await createEngine({ scripts: empty, workers: 2, bundleCache: false })
  await use(first)
  const before = await resident()
  await using engine = await createEngine({ scripts: store, workers: 2, bundleCache: false, ...options })
  await use(engine)
  const full = await resident()
  await engine.close()
  await using again = await createEngine({ scripts: empty, workers: 2, bundleCache: false })
  await use(again)
  const second = await resident()
  // The engine itself is in both figures: what it costs empty is taken away.
  return (full - before - Math.max(0, second - before)) / 1024 / scripts
}

/** Every script runs on both workers. */
async function use(engine: Engine): Promise<void> {
  for (let i = 0; i < 3; i++) (await Promise.all([engine.emit('order.created', ORDER), engine.emit('order.created', ORDER)])).map(expectOk)
  // The bundler's workers end when they have had nothing to do.
  await sleep(6_000)
}

async function resident(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.()
    await sleep(200)
  }
  return process.memoryUsage().rss
}
