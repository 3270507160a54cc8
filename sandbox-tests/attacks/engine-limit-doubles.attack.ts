// Arrays of numbers with fractions, until memory ends: in some engines the end of memory is the end of the process.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'arrays of doubles until memory ends end the run, and memory can be filled again',
  threat: 'engine-limit',
  source: script(
    ts`() => { const all: any[] = []; for (;;) { const part: number[] = []; for (let i = 0; i < 10000; i++) part.push(i + 0.5); all.push(part) } }`,
  ),
  policy: { limits: { memory: '32MiB', cpu: '5s' } },
  isMeasured: true,
  growthMiB: 120,
  expect: [{ status: 'memory_exceeded' }, { status: 'memory_exceeded' }],
} satisfies Attack
