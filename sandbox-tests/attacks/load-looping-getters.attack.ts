// A default export that never lets itself be read.
import type { Attack } from './attack.ts'

export const attack = {
  title: 'a default export that loops when it is read fails the load',
  threat: 'load',
  source: `export default { get on() { for (;;); } }`,
  load: { code: 'LOAD_CPU_EXCEEDED' },
  expect: { status: 'load_failed' },
} satisfies Attack
