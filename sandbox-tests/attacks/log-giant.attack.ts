// Entries that are each larger than everything allowed, again and again.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'giant entries are dropped and leave no trace in memory',
  threat: 'log',
  source: script(
    ts`(_event: any, ctx: any) => { const text = 'x'.repeat(300000); for (let i = 0; i < 80; i++) { ctx.log.info(text, { i }); console.log(text, i) } ctx.log.info('small'); return 'done' }`,
  ),
  policy: { limits: { cpu: '9s', wall: '20s' } },
  expect: {
    status: 'ok',
    value: 'done',
    check: ({ logs }) => {
      if (logs.length !== 1 || logs[0]?.truncated !== true) throw new Error(JSON.stringify(logs).slice(0, 300))
    },
  },
} satisfies Attack
