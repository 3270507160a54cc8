// Attacks whoever shares the runner: many native hangs at once.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'bystanders of a hang are run again, unseen',
  threat: 'cpu-native',
  source: script(ts`() => Array.prototype.includes.call({ length: 2 ** 53 - 1 }, 1)`),
  isAlone: true,
  noReturn: 'it may be quarantined',
  skip: { inline: 'nothing can end native work on the host’s own thread' },
  act: async ({ engine, fire, write }) => {
    await write('bystander.ts', 'export default { on: { by: (event) => event.n * 2 } }')
    const hang = fire()
    const bystanders = await Promise.all(Array.from({ length: 20 }, (_, n) => engine.emit('by', { n })))
    for (const [n, { outcomes }] of bystanders.entries()) if (outcomes[0]?.value !== n * 2) throw new Error(JSON.stringify(outcomes))
    return [await hang]
  },
  expect: { status: 'cpu_exceeded' },
} satisfies Attack
