// Property names and symbols live in tables of the engine's own.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'names and symbols count as memory, and are gone with the run',
  threat: 'memory',
  source: script(
    ts`(event: any) => { const o: any = {}; for (let i = 0; ; i++) { o['name' + i + '_' + event.n] = 1; Symbol.for('symbol' + i) } }`,
  ),
  policy: { limits: { cpu: '9s' } },
  growthMiB: 120,
  otherwise: {
    v8: {
      reason: 'V8 aborts its process when such a table cannot grow; a third time would be quarantine',
      expect: [{ status: 'memory_exceeded' }, { status: 'memory_exceeded' }],
    },
  },
  expect: [{ status: 'memory_exceeded' }, { status: 'memory_exceeded' }, { status: 'memory_exceeded' }],
} satisfies Attack
