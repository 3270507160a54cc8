// Rejections while the run waits for the host.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'a rejection while a call is under way does not end the run',
  threat: 'rejection',
  source: script(
    ts`async (_event: any, ctx: any) => {
  const call = ctx.kv.get('k')
  void Promise.reject(new Error('meanwhile'))
  queueMicrotask(() => { throw new Error('micro') })
  await call
  return 'done'
}`,
    { needs: '{ kv: true }' },
  ),
  expect: {
    status: 'ok',
    value: 'done',
    check: ({ logs }) => {
      if (!logs.some(({ message }) => message.includes('micro'))) throw new Error(JSON.stringify(logs))
    },
  },
} satisfies Attack
