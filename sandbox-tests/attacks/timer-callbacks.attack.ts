// Timers that throw, loop, or end the run from within.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'what a timer throws is logged, and one that loops is cut',
  threat: 'timer',
  source: script(ts`(event: any) => new Promise(() => {
  setTimeout(() => { throw { get message() { throw 1 } } }, 0)
  setTimeout(() => { if (event.n === 1) for (;;); }, 1)
})`),
  policy: { limits: { wall: '1s' } },
  expect: {
    status: 'cpu_exceeded',
    check: ({ logs }) => {
      if (logs.length !== 1 || !logs[0]?.message.startsWith('Uncaught')) throw new Error(JSON.stringify(logs))
    },
  },
} satisfies Attack
