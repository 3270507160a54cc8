// The same with generators: return and throw are overridden by finally.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'generators that refuse to end are ended',
  threat: 'cpu-async',
  source: script(ts`async () => {
  async function* stubborn(): any { for (;;) { try { yield 1 } finally { yield* stubborn() } } }
  function* deaf(): any { for (;;) { try { yield 1 } finally { continue } } }
  const it = deaf()
  it.next(); it.return!(1); it.return!(1)
  for await (const _ of stubborn()) for (const _ of deaf());
}`),
  expect: { status: 'cpu_exceeded', code: 'CPU_EXCEEDED' },
} satisfies Attack
