// What it costs to make a sandbox brand new: the image is loaded into the cell again.
import { DEFAULT_LIMITS } from '../../engine/model/limits.ts'
import { createBundler } from '../../engine/pipeline/bundler.ts'
import type { ImageRef } from '../../engine/sandbox/image.ts'
import { ImageArena } from '../../engine/sandbox/image-arena.ts'
import { makeBase } from '../../engine/sandbox/quickjs/base.ts'
import { QuickJsCell } from '../../engine/sandbox/quickjs/cell.ts'
import { pagesFor } from '../../engine/sandbox/quickjs/machine.ts'
import { diskStore } from '../../engine/source/disk-store.ts'
import { memoryStore } from '../../engine/source/memory-store.ts'
import type { ScriptStore } from '../../engine/source/script-store.ts'
import { ORDER, SCRIPT } from '../event.ts'
import { pair } from '../measure.ts'
import { rawCall } from '../raw.ts'
import type { Row } from '../row.ts'
import { withDirectory } from '../temp-directory.ts'

const TURNS = 5_000
const ZOD_SCRIPT = `import * as z from 'zod'
const Order = z.object({ id: z.string(), items: z.array(z.object({ price: z.number(), quantity: z.number() })) })
export default { on: { 'order.created': (order: unknown) => Order.parse(order).items.length } }`

/** The event script. */
export const resetEventScript: Row = {
  what: 'image reset alone, the event script, against raw warm',
  must: { at: 'most', value: 0.12 },
  measure: () => measureReset(memoryStore({ 'order.ts': SCRIPT }), []),
}

/** A script that bundles zod. */
export const resetZodScript: Row = {
  what: 'image reset alone, a script that bundles zod, against raw warm',
  must: { at: 'most', value: 1.5 },
  measure: () => withDirectory({ 'order.ts': ZOD_SCRIPT }, (directory) => measureReset(diskStore(directory), ['zod'])),
}

async function measureReset(store: ScriptStore, packages: readonly string[]) {
  await using bundler = createBundler()
  const { code } = await bundler.bundle({ id: 'order', path: 'order.ts' }, { store, packages, limits: DEFAULT_LIMITS })
  const base = makeBase()
  const arena = new ImageArena()
  const marker = { enter: () => undefined, polled: () => undefined, leave: () => undefined, logged: () => undefined }
  const cell = new QuickJsCell(base, pagesFor(DEFAULT_LIMITS.memoryBytes, base.image.end), arena.memory, marker)
  cell.load({ code, touches: '', limits: DEFAULT_LIMITS, now: 0, seed: '0'.repeat(48) })
  const image: ImageRef = arena.place(cell.freeze('{"bindings":{},"log":true}'))
  cell.machine.restore(base.image, image)
  cell.machine.keep()
  const raw = await rawCall()
  const { subject, baseline, ratio } = await pair(
    TURNS,
    (turns) => {
      for (let i = 0; i < turns; i++) cell.machine.restoreKept()
    },
    (turns) => {
      for (let i = 0; i < turns; i++) raw(ORDER)
    },
  )
  return {
    value: ratio,
    unit: '×' as const,
    parts: {
      resetMicroseconds: subject,
      rawMicroseconds: baseline,
      imageKiB: image.length / 1024,
      memoryKiB: (base.image.bytes.length + cell.machine.break - base.image.end) / 1024,
    },
  }
}
