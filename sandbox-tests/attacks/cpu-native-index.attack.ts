// Native loops over lengths that are only claimed: no engine polls in there.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'native work without end is ended with its runner, and after three times the script is quarantined',
  threat: 'cpu-native',
  source: script(ts`() => Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)`),
  isAlone: true,
  noReturn: 'quarantined, as the design says',
  act: async ({ fire, engine }) => {
    const outcomes = [await fire(), await fire(), await fire(), await fire()]
    if (engine.scripts().find(({ id }) => id !== 'neighbour')?.status !== 'quarantined') throw new Error('it is not listed as quarantined')
    return outcomes
  },
  skip: { inline: 'nothing can end native work on the host’s own thread' },
  expect: [
    { status: 'cpu_exceeded' },
    { status: 'cpu_exceeded' },
    { status: 'cpu_exceeded' },
    { status: 'quarantined', code: 'QUARANTINED' },
  ],
} satisfies Attack
