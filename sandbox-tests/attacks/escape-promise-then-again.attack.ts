// Thenables that resolve to thenables, without end.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a chain of thenables without end is cut',
  threat: 'escape-promise',
  source: script(ts`() => { const next = (): any => ({ then: (yes: any) => yes(next()) }); return next() }`),
  expect: { status: 'cpu_exceeded', code: 'CPU_EXCEEDED' },
} satisfies Attack
