// A thenable that never answers.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a promise that nobody can settle ends at once',
  threat: 'escape-promise',
  source: script(ts`() => ({ then() {} })`),
  expect: { status: 'wall_exceeded', code: 'RUN_STALLED' },
} satisfies Attack
