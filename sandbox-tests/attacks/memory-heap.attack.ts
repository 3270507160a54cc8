// Objects until there is no room.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'objects without end end the run at the first refused growth',
  threat: 'memory',
  source: script(ts`() => { const all: any[] = []; for (;;) all.push({ a: all.length, b: [1, 2, 3] }) }`),
  policy: { limits: { cpu: '5s' } },
  growthMiB: 120,
  expect: [{ status: 'memory_exceeded', code: 'MEMORY_EXCEEDED' }, { status: 'memory_exceeded' }, { status: 'memory_exceeded' }],
} satisfies Attack
