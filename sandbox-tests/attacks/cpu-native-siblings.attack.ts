// Attacks other runs of its own: many events at once, of which two hang where no engine can interrupt. Runs that begin right after one another are told from each
// other all the same.
import { type Attack, script, ts } from './attack.ts'

const HANGING = [5, 11]
const EVENTS = Array.from({ length: 24 }, (_, n) => n)

export const attack = {
  title: 'of many runs of one script, those that hang are told from those that do not',
  threat: 'cpu-native',
  source: script(
    ts`(event: any) => ${JSON.stringify(HANGING)}.includes(event.n) ? Array.prototype.includes.call({ length: 2 ** 53 - 1 }, 1) : event.n * 2`,
  ),
  isAlone: true,
  skip: { inline: 'nothing can end native work on the host’s own thread' },
  act: async ({ engine, fire }) => {
    const outcomes = await Promise.all(EVENTS.map((n) => fire({ n })))
    if (engine.scripts().find(({ id }) => id === 'cpu-native-siblings')?.status === 'quarantined')
      throw new Error('two kills are counted as more')
    return outcomes
  },
  expect: EVENTS.map((n) => (HANGING.includes(n) ? { status: 'cpu_exceeded' } : { status: 'ok', value: n * 2 })),
} satisfies Attack
