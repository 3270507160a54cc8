// A gigabyte in pieces that no engine's own count of memory sees.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a thousand buffers of a mebibyte end at the limit of memory',
  threat: 'engine-limit',
  source: script(ts`() => { const all: any[] = []; for (let i = 0; i < 1000; i++) all.push(new ArrayBuffer(1 << 20)); return all.length }`),
  policy: { limits: { memory: '32MiB', cpu: '5s' } },
  isMeasured: true,
  growthMiB: 120,
  expect: [
    { status: 'memory_exceeded', code: 'MEMORY_EXCEEDED' },
    { status: 'memory_exceeded', code: 'MEMORY_EXCEEDED' },
  ],
} satisfies Attack
