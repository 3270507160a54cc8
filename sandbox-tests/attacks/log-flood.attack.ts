// Log entries without end.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'logs over their limit are dropped, with one entry that says so',
  threat: 'log',
  source: script(
    ts`(_event: any, ctx: any) => { for (let i = 0; i < 5000; i++) { ctx.log.info('line ' + i, { i }); console.error(i) } return 'done' }`,
  ),
  policy: { limits: { cpu: '9s' } },
  expect: {
    status: 'ok',
    value: 'done',
    check: ({ logs, usage }) => {
      if (usage.logBytes > 64 * 1024 || logs.filter(({ truncated }) => truncated === true).length !== 1 || logs.at(-1)?.truncated !== true)
        throw new Error(String(usage.logBytes))
    },
  },
} satisfies Attack
