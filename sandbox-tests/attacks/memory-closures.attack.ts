// Closures, generators and promises that hold each other.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'whatever holds memory counts',
  threat: 'memory',
  source: script(
    ts`async () => { const all: any[] = []; for (;;) { const big = new Array(100).fill(all); all.push(() => big, (function* () { yield big })(), new Promise(() => big), async () => big) } }`,
  ),
  policy: { limits: { cpu: '5s' } },
  growthMiB: 120,
  expect: { status: 'memory_exceeded' },
} satisfies Attack
