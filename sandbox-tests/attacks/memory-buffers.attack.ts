// Buffers lie outside the engine's own count of memory.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'buffers count as memory, resizable ones too',
  threat: 'memory',
  source: script(ts`(event: any) => {
  const all: any[] = []
  if (event.kind === 'one') return new ArrayBuffer(1e9).byteLength
  if (event.kind === 'resize') { const b: any = new ArrayBuffer(1, { maxByteLength: 1e8 } as any); b.resize(9e7); return b.byteLength }
  for (let i = 0; i < 1000; i++) all.push(new Float64Array(1 << 17).fill(1))
  return all.length
}`),
  policy: { limits: { cpu: '5s' } },
  growthMiB: 120,
  act: async ({ fire }) => [await fire({ kind: 'many' }), await fire({ kind: 'one' }), await fire({ kind: 'resize' })],
  expect: [{ status: 'memory_exceeded' }, { status: 'memory_exceeded' }, { status: 'memory_exceeded' }],
} satisfies Attack
