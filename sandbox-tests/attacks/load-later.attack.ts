// Behaves at load, and lies in wait.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'what a script did at load does not reach its runs’ limits',
  threat: 'load',
  source: script('() => { for (;;); }', {
    top: ts`
  const now = Date.now
  Date.now = () => 0
  ;(globalThis as any).performance = { now: () => 0 }
  Promise.prototype.then = function () { return this } as any`,
  }),
  expect: { status: 'cpu_exceeded' },
} satisfies Attack
