// Native work without end, before anything runs.
import type { Attack } from './attack.ts'

export const attack = {
  title: 'a load that hangs natively is ended with the loader, and the next one works',
  threat: 'load',
  source: `Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)\nexport default () => 1`,
  isAlone: true,
  skip: { inline: 'nothing can end native work on the host’s own thread' },
  load: { code: 'LOAD_CPU_EXCEEDED' },
  expect: { status: 'load_failed' },
} satisfies Attack
