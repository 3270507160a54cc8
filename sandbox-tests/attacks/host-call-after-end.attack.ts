// Work that is left for after the answer: jobs, calls, log entries.
import { type Attack, script, ts } from './attack.ts'

export const attack = {
  title: 'nothing runs once the handler has settled',
  threat: 'host-call',
  source: script(
    ts`async (event: any, ctx: any) => {
  if (event.look) return [await ctx.kv.get('late'), await ctx.kv.get('sent')]
  let later = Promise.resolve()
  for (let i = 0; i < 30; i++) later = later.then(() => undefined)
  void later.then(() => { ctx.log.info('late'); return ctx.kv.set('late', 'ran') })
  setTimeout(() => ctx.kv.set('late', 'timer'), 0)
  void ctx.kv.set('sent', 'yes')
  return 'done'
}`,
    { needs: '{ kv: true }' },
  ),
  act: async ({ fire }) => {
    const first = await fire({})
    await new Promise((resolve) => setTimeout(resolve, 50))
    return [first, await fire({ look: true })]
  },
  expect: [
    {
      status: 'ok',
      value: 'done',
      check: ({ logs }) => {
        if (logs.length > 0) throw new Error('a late entry')
      },
    },
    { status: 'ok', value: [undefined, 'yes'] },
  ],
} satisfies Attack
