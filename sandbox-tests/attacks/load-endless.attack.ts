// A top level that never ends, in code and in jobs.
import type { Attack } from './attack.ts'

export const attack = {
  title: 'an endless top level fails its own load only',
  threat: 'load',
  source: `for (;;);\nexport default () => 1`,
  load: { code: 'LOAD_CPU_EXCEEDED' },
  expect: { status: 'load_failed' },
} satisfies Attack
