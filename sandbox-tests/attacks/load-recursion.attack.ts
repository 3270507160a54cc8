// Depth at the top level.
import type { Attack } from './attack.ts'

export const attack = {
  title: 'recursion at the top level fails the load',
  threat: 'load',
  source: `const dive = (): any => dive()\ndive()\nexport default () => 1`,
  skip: { inline: 'a deep stack of the host’s own thread is the host’s' },
  load: { code: 'STACK_EXCEEDED' },
  expect: { status: 'load_failed' },
} satisfies Attack
