// A process that hostile snippets run in: reads a list of them from its arguments, and prints a line of JSON for each: what came of it, and of a harmless
// run afterwards. What does not come back prints nothing.
import { createV8Sandbox } from '../../../engine/sandbox/v8/v8-sandbox.ts'
import { loadImage, PATIENT, terms } from '../../harness/cells.ts'

const marker = { enter: () => undefined, polled: () => undefined, leave: () => undefined, logged: () => undefined }
const [bodies, changes] = process.argv.slice(2, 4).map((text) => JSON.parse(text) as unknown) as [string[], object]
const limits = { ...PATIENT, ...changes }
const cell = createV8Sandbox({}, marker).createCell(limits.memoryBytes)

for (const body of bodies) {
  const end = cell.start(loadImage(cell, body), terms(null, { limits }), false)
  const after = cell.start(loadImage(cell, 'return [1].map((n) => n + 1)'), terms(), false)
  process.stdout.write(`${JSON.stringify({ status: end?.status ?? 'waits', after: after?.status, rss: process.memoryUsage.rss() })}\n`)
}
