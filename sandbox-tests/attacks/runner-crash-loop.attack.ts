// A script that brings its runner down whenever it runs. That no script can do it on purpose here does not matter: the test sends the signal that a broken engine
// would send itself.
import { findBusyChildRunner, send, untilChildRunnersRest } from '../harness/child-runners.ts'
import { type Attack, type Battlefield, script, ts } from './attack.ts'
import { NO_PROCESS } from './runner-skips.ts'

export const attack = {
  title: 'a script whose runner crashes again and again is quarantined, and nobody else is harmed',
  threat: 'runner',
  source: script(ts`() => { for (;;); }`),
  policy: { limits: { cpu: '30s' } },
  isAlone: true,
  noReturn: 'quarantined, as the design says',
  skip: NO_PROCESS,
  act: async (field) => {
    await field.write('bystander.ts', 'export default { on: { by: (event) => event.n * 2 } }')
    const outcomes = [await crash(field, 'SIGSEGV'), await crash(field, 'SIGABRT'), await crash(field, 'SIGILL'), await field.fire()]
    const { engine } = field
    if (engine.scripts().find(({ id }) => id === 'runner-crash-loop')?.status !== 'quarantined')
      throw new Error('it is not listed as quarantined')
    return outcomes
  },
  expect: [
    { status: 'runner_lost', code: 'RUNNER_LOST' },
    { status: 'runner_lost', code: 'RUNNER_LOST' },
    { status: 'runner_lost', code: 'RUNNER_LOST' },
    { status: 'quarantined', code: 'QUARANTINED' },
  ],
} satisfies Attack

/** Ends the runner in the midst of the attacker's run. Bystanders that are sent with it have their results. */
async function crash({ engine, fire }: Battlefield, signal: NodeJS.Signals) {
  await engine.emit('normal', { n: 1 }) // the runner for solitary scripts is there
  await untilChildRunnersRest()
  const attacked = fire()
  const bystanders = Promise.all(Array.from({ length: 10 }, (_, n) => engine.emit('by', { n })))
  send(await findBusyChildRunner(), signal)
  for (const [n, { outcomes }] of (await bystanders).entries()) if (outcomes[0]?.value !== n * 2) throw new Error(JSON.stringify(outcomes))
  return await attacked
}
