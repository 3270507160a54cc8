// Catches the out-of-memory error and goes on, as often as it likes.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'running out of memory cannot be caught',
  threat: 'memory',
  source: script(
    ts`() => { let caught = 0; for (;;) { try { const all: any[] = []; for (;;) all.push(new Array(1000)) } catch { caught++; if (caught > 3) return 'caught' } finally { if (caught > 5) return 'finally' } } }`,
  ),
  policy: { limits: { cpu: '5s' } },
  growthMiB: 120,
  expect: { status: 'memory_exceeded' },
} satisfies Attack
