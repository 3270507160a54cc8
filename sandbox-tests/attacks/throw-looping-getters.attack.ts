// An error whose getters never return.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a getter that loops while the error is read is cut',
  threat: 'throw',
  source: script(ts`() => { throw { get message() { for (;;); }, get stack() { for (;;); } } }`),
  expect: { status: 'cpu_exceeded' },
} satisfies Attack
