// A number of millions of digits, in decimals.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'big integers that take seconds to print are ended',
  threat: 'cpu-native',
  source: script(ts`() => (2n ** 1000000n).toString().length`),
  isAlone: true,
  skip: { inline: 'nothing can end native work on the host’s own thread' },
  expect: { status: 'cpu_exceeded' },
} satisfies Attack
