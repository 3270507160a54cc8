// Fills memory at load and leaves nothing for the run.
import { type Attack, script } from './attack.ts'

export const attack = {
  title: 'a script that leaves no room for its runs has runs without room',
  threat: 'load',
  source: script('(event: any) => all.push(new Uint8Array(3000000)) + event.n', {
    top: `const all: any[] = []\nfor (let i = 0; i < 155; i++) all.push(new Uint8Array(100000))`,
  }),
  policy: { limits: { loadCpu: '2s', cpu: '1s' } },
  growthMiB: 160,
  expect: [{ status: 'memory_exceeded' }, { status: 'memory_exceeded' }],
} satisfies Attack
