// Memory without end at the top level.
import type { Attack } from './attack.ts'

export const attack = {
  title: 'memory at the top level has the limit of a run',
  threat: 'load',
  source: `const all: any[] = []\nfor (;;) { try { for (;;) all.push(new Uint8Array(100000)) } catch {} }\nexport default () => all`,
  growthMiB: 120,
  otherwise: {
    v8: {
      reason: 'V8 refuses a buffer with an error that can be caught, and memory is looked at when an entry is over: this one never is',
      load: { code: 'LOAD_CPU_EXCEEDED' },
    },
  },
  load: { code: 'LOAD_MEMORY_EXCEEDED' },
  expect: { status: 'load_failed' },
} satisfies Attack
