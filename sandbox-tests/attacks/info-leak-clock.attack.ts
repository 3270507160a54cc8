// A clock that moves while code runs is what timing attacks need.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'time stands still while a script computes',
  threat: 'info-leak',
  source: script(ts`() => {
  const start = [Date.now(), performance.now(), new Date().getTime()]
  for (let i = 0; i < 200000; i++);
  const end = [Date.now(), performance.now(), new Date().getTime()]
  return [start.join() === end.join(), performance.now(), Number.isInteger(Date.now()), new Date().getTimezoneOffset(), new Date(0).toString(), (0.5).toLocaleString(), typeof Intl]
}`),
  policy: { limits: { cpu: '2s' } },
  expect: {
    status: 'ok',
    value: [true, 0, true, 0, 'Thu Jan 01 1970 00:00:00 GMT+0000', '0.5', 'undefined'],
    check: ({ value }) => {
      if (!Array.isArray(value)) throw new Error('no list')
    },
  },
} satisfies Attack
