// How long a user waits: for the first outcome of a fresh process, and for a saved file to be in force.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createEngine } from '../../engine/index.ts'
import { FORTY_LINES, numbered } from '../event.ts'
import { median, pair } from '../measure.ts'
import type { Row } from '../row.ts'
import { withDirectory } from '../temp-directory.ts'

const SAVES = 15

/** A saved file → the new version in force. */
export const saveToForce: Row = {
  what: 'save of a file → new version in force, median',
  measure: () =>
    withDirectory({ 'order.ts': FORTY_LINES }, async (directory) => {
      await using engine = await createEngine({ scripts: directory, watch: true })
      const all: number[] = []
      for (let i = 0; i < SAVES; i++) {
        const loaded = new Promise<void>((resolve) => {
          const stop = engine.on('script-loaded', () => {
            stop()
            resolve()
          })
        })
        const before = performance.now()
        writeFileSync(join(directory, 'order.ts'), numbered(FORTY_LINES, i))
        await loaded
        all.push(performance.now() - before)
        await sleep(50)
      }
      const reloads: number[] = []
      for (let i = 0; i < SAVES; i++) {
        writeFileSync(join(directory, 'order.ts'), numbered(FORTY_LINES, -i - 1))
        const before = performance.now()
        await engine.reload()
        reloads.push(performance.now() - before)
        await sleep(150)
      }
      return {
        value: median(all),
        unit: 'ms',
        parts: { bundleLoadSwapMs: median(reloads), noticeAndSettleMs: median(all) - median(reloads) },
      }
    }),
}

/** A fresh process → its first outcome. */
export const freshProcess: Row = {
  what: 'fresh process → first outcome, against `node -e 0`',
  measure: () =>
    withDirectory({ 'scripts/order.ts': FORTY_LINES }, async (directory) => {
      const index = JSON.stringify(join(import.meta.dirname, '..', '..', 'engine', 'index.ts'))
      const program = join(directory, 'program.mjs')
      writeFileSync(
        program,
        `import { createEngine } from ${index}
await using engine = await createEngine({ scripts: ${JSON.stringify(join(directory, 'scripts'))} })
const { outcomes } = await engine.emit('order.created', { id: 'a', currency: 'EUR', items: [] })
if (outcomes[0]?.status !== 'ok') process.exitCode = 1`,
      )
      const run = (args: string[]) => () => {
        const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
        if (status !== 0) throw new Error(stderr)
      }
      const { subject, baseline, ratio } = await pair(1, run([program]), run(['-e', '0']), 7)
      return { value: ratio, unit: '×', parts: { firstOutcomeMs: subject / 1000, emptyProcessMs: baseline / 1000 } }
    }),
}
