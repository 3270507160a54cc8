// Fresh buffers must not hold what lay in memory before.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'new buffers are zero, whatever ran in the cell before',
  threat: 'info-leak',
  source: script(ts`() => {
  let dirty = 0
  for (let i = 0; i < 40; i++) {
    const bytes = new Uint8Array(100000)
    for (let j = 0; j < bytes.length; j += 97) if (bytes[j] !== 0) dirty++
    const view = new Float64Array(new ArrayBuffer(8000, { maxByteLength: 80000 } as any))
    ;(view.buffer as any).resize(80000)
    for (let j = 0; j < 10000; j += 97) if (view[j] !== 0) dirty++
    bytes.fill(170)
  }
  return dirty
}`),
  policy: { limits: { cpu: '5s' } },
  expect: [
    { status: 'ok', value: 0 },
    { status: 'ok', value: 0 },
  ],
} satisfies Attack
