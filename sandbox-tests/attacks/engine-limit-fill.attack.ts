// An array of a thousand million elements, filled by native code.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'filling an array of a thousand million elements ends at a limit',
  threat: 'engine-limit',
  source: script(ts`() => new Array(1e9).fill(0).length`),
  policy: { limits: { memory: '32MiB', cpu: '1s' } },
  isAlone: true,
  isMeasured: true,
  growthMiB: 120,
  expect: [{ status: 'memory_exceeded' }, { status: 'memory_exceeded' }],
  otherwise: {
    v8: {
      reason: 'V8 fills such an array in native code that looks at no limit: it is ended with its runner, at the limit of CPU time',
      expect: [{ status: 'cpu_exceeded' }, { status: 'cpu_exceeded' }],
    },
  },
} satisfies Attack
