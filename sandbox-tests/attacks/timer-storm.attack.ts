// Intervals without delay and timers that set themselves again: the run is never idle.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a storm of timers ends at the wall',
  threat: 'timer',
  source: script(
    ts`() => new Promise(() => { const again = () => { setTimeout(again, 0) }; for (let i = 0; i < 10; i++) { again(); setInterval(() => 1, 0) } })`,
  ),
  policy: { limits: { wall: '300ms', cpu: '2s' } },
  expect: { status: 'wall_exceeded', code: 'WALL_EXCEEDED' },
} satisfies Attack
