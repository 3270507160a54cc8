// The same keys in log data and on errors, which loggers merge into records.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'dangerous keys in log data are data',
  threat: 'pollution',
  source: script(ts`(_event: any, ctx: any) => {
  ctx.log.info('x', JSON.parse('{"__proto__":{"polluted":1},"level":99,"err":{"stack":"x"},"toJSON":1}'))
  ctx.log.info('x', { when: new Date(0), ['__proto__']: { polluted: 2 } })
  throw Object.assign(new Error('x'), JSON.parse('{"__proto__":{"polluted":1},"code":"__proto__","name":"__proto__"}'))
}`),
  expect: {
    status: 'exception',
    code: '__proto__',
    check: ({ logs }) => {
      if (logs.length !== 2 || 'polluted' in {} || Object.getPrototypeOf(logs[0]?.data as object) !== Object.prototype)
        throw new Error('polluted')
    },
  },
} satisfies Attack
